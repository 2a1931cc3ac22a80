"""``kedro review``: reviews of cards and analyses."""
