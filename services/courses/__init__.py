"""Courses decides what is taught when, who was there, and who has completed."""
