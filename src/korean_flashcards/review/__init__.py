"""Determine review states, apply edits to generated text, and release cards.

These modules neither read nor write the ledger.
"""
