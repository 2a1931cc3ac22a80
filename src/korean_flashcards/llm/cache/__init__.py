"""Store every paid reply on disk, once, and never evict it."""
