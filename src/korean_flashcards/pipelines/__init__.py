"""Define the pipelines, each in a folder with ``nodes`` (functions on frames) and ``pipeline`` (how they connect)."""
