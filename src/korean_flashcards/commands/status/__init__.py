"""Show the state of the project (`kedro status`)."""
