"""How fast the house is: each operation through its real door beside the same work without us, in one run."""
