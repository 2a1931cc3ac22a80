"""Define the pipelines, each in a folder with ``nodes`` (functions over frames) and ``pipeline`` (how they connect)."""
