"""``kedro ingress``: word lists as batches."""
