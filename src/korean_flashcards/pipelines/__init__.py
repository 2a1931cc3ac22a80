"""The pipelines, each a folder with ``nodes`` (pure functions over frames) and ``pipeline`` (the flow)."""
