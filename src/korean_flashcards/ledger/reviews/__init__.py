"""Store reviews, edits, and versions of analyses and cards."""
