"""Look up the prices of models and count tokens."""
