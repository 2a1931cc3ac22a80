"""``kedro korean``: pronunciation and hanja of words."""
