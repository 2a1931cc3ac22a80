"""``kedro cache``: manage the cached replies."""
