"""Show everything that the ledger and the last run recorded about a word (`kedro word`)."""
