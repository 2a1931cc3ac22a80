"""Store each paid reply on disk exactly once, and never evict it."""
