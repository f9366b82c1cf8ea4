"""Where certificates keep their rows, their files and their keys."""
