"""Exports: which words have cards in a deck."""
