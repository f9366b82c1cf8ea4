"""What is told to others, and what is heard from them."""
