"""``kedro errors``: what failed, how often, and what to do about it."""
