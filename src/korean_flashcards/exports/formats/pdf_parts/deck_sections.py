"""Decide whether a study sheet has a section for each deck."""

import polars as pl


def has_deck_sections(decks: pl.Series) -> bool:
    """Return whether the cards of each deck follow one another. ``decks`` has the deck of each card."""
    return decks.rle_id().n_unique() == decks.n_unique()


def deck_heading(deck: str) -> str:
    """Return the heading of a deck's section."""
    return deck.replace("::", " – ")
