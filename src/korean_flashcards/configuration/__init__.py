"""Plain words for errors about the configuration and the catalog, for commands and notebooks."""
