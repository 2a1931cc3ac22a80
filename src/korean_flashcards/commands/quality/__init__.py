"""Show scores, verdicts and findings of cards (`kedro quality`)."""
