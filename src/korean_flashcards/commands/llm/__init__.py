"""``kedro llm``: show and check the models and their providers."""
