"""What finance tells the others: what happened here, as contracts."""
