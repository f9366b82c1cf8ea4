"""What people look up here: nouns, read only."""
