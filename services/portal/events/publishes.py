"""What portal tells the others: what happened here, as contracts."""
