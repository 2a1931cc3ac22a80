"""Review cards and analyses (`kedro review`)."""
