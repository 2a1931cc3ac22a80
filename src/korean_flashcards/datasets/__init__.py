"""Kedro datasets of our own: the only modules beside the client that read or write the project's files."""
