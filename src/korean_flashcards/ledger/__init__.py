"""The ledger: one SQLite database for what changes row by row. Imports, words, tasks, calls, reviews, exports."""
