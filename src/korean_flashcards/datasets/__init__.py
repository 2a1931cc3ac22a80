"""Define the Kedro datasets that the catalog uses to read and write the project's files."""
