"""The rules of finance that can be broken, by name: none yet, since finance only counts; the period close will bring the first (R32)."""
