"""What courses tells the others: what happened here, as contracts."""
