"""Show the cards' scores, verdicts, and findings (`kedro quality`)."""
