"""``kedro word``: everything that the ledger and the last run have about one word."""
