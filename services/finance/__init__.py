"""Decides what took part and what it may cost: participation totals, ready for the period close."""
