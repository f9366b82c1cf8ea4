"""The five services of Linghang; each imports itself and shared, never another service."""
