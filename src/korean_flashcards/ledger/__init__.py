"""Store imports, words, tasks, model calls, reviews, and exports in the ledger, a single SQLite file."""
