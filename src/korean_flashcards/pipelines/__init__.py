"""Define the pipelines. Each folder has ``nodes`` (functions on data frames) and ``pipeline`` (their connections)."""
