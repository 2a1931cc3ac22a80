"""Read the data of an earlier system, check it with the current checks, and import it as words with replies."""
