"""Data of an earlier system: read, checked by today's contracts, brought in as words with analysis and cards."""
