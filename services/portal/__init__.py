"""Decides who comes in by the front door: accounts, roles, sign-in, language, home pages, operations."""
