"""``kedro korean``: show the pronunciation and the hanja of words."""
