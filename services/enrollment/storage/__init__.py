"""Tables, and one file per aggregate."""
