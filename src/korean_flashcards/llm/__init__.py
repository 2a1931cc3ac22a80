"""The model client: cached, budgeted, many requests at a time."""
