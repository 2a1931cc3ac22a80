"""``kedro cache``: the paid replies."""
