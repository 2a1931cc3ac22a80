"""Run functions in a separate process."""
