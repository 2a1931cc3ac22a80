"""Reviews, edits and versions of analyses and cards."""
