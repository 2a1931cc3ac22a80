"""Define the Kedro datasets with which the catalog reads and writes the project's files."""
