"""Word lists and the words that they bring: import, identity, edits, rollback."""
