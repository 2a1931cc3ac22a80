"""One module a command; the edge where errors become messages and exit codes."""
