"""``kedro errors``: list failures with their counts, examples, and remedies."""
