"""Manage the task queue: one task per word and stage, with leases and dead letters."""
