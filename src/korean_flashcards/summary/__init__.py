"""The summary of a run, counted from the artifacts, and its text for the terminal. Pure."""
