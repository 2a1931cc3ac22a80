"""``kedro runs``: list recorded runs, and show one run with its figures by stage."""
