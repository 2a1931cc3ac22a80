"""Look up model prices and count tokens."""
