"""Read an earlier system's data, run the current checks on it, and import it as words with replies."""
