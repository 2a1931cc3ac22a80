"""Write files atomically, and explain why a file cannot be written."""
