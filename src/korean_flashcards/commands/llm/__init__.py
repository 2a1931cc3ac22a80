"""``kedro llm``: the models and their providers."""
