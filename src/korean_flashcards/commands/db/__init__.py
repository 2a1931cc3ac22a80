"""``kedro db``: check, back up, restore, migrate, and verify the ledger file."""
