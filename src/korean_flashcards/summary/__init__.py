"""Summarize a run: counts from its layers, and their text for the terminal. No I/O."""
