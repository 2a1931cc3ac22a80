"""``kedro quality``: the score, verdict and findings of cards."""
