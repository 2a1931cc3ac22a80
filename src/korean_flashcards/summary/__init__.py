"""Summarize a run: count the rows in its layers, and format the counts for the terminal. No I/O."""
