"""What people do here: verbs, one transaction each, never committed here."""
