"""Show everything that the ledger and the last run know about a word (`kedro word`)."""
