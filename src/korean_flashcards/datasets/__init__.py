"""Define the Kedro datasets that read and write the project's files."""
