"""The reply cache: every paid reply, written once and never evicted."""
