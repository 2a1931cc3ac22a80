"""``kedro ingress``: import word lists as batches, list them, and roll them back."""
