"""Add the decks of a PDF's cards to its outline."""

from collections.abc import Iterable

from korean_flashcards.exports.formats.pdf_parts.deck_sections import has_deck_sections
from korean_flashcards.exports.formats.pdf_parts.printer import Printer

_BETWEEN = "::"  # a deck and its subdeck


class DeckBookmarks:
    """The bookmarks of decks. A deck whose cards are in several places has a bookmark for each of them.

    Args:
        printer: Prints the pages.
        decks: The deck of each card, in the order of the cards.
    """

    def __init__(self, printer: Printer, decks: Iterable[str]) -> None:
        self._printer = printer
        self._shown = has_deck_sections(decks)
        self._deck: str | None = None

    def begins(self, deck: str) -> bool:
        """Return whether a card of this deck begins a section of the document."""
        return self._shown and deck != self._deck

    def add(self, deck: str) -> None:
        """Add a bookmark for the current page. Only the names that differ from the deck before are added."""
        before = (self._deck or "").split(_BETWEEN)
        names = deck.split(_BETWEEN)
        same = 0
        while self._deck is not None and same < len(names) - 1 and before[same : same + 1] == [names[same]]:
            same += 1
        for level, name in list(enumerate(names))[same:]:
            self._printer.bookmark(name or "-", level)
        self._deck = deck
