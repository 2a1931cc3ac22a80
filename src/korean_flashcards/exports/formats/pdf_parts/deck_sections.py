"""Decide whether a PDF has a section for each deck."""

from collections.abc import Iterable

_MOST = 500  # sections; cards in an order that mixes the decks would have thousands


def has_deck_sections(decks: Iterable[str]) -> bool:
    """Return whether the cards in this order, given by their decks, are divided into sections with headings."""
    decks = list(decks)
    sections = sum(1 for before, deck in zip([None, *decks], decks, strict=False) if before != deck)
    return sections <= max(_MOST, len(set(decks)))


def deck_heading(deck: str) -> str:
    """Return the heading of a deck's section."""
    return deck.replace("::", " – ")
