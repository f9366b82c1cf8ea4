"""What enrollment tells the others: what happened here, as contracts."""
