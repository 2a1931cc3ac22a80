"""List the columns of every layer, and the command that rebuilds it."""
