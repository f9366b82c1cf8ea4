"""Declares what the broker holds for Linghang, and says where a broker differs from it."""
