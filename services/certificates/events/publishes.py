"""What certificates tells the others: what happened here, as contracts."""
