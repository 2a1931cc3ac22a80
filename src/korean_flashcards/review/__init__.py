"""Determine review states, apply edits to generated text, and release cards. Nothing here reads or writes the ledger."""
