"""Write files atomically, and explain files that cannot be written."""
