"""The history of this service's own database."""
