"""Add the decks of a PDF's cards to its outline."""

from korean_flashcards.exports.formats.pdf_parts.printer import Printer

_BETWEEN = "::"  # a deck and its subdeck


class DeckBookmarks:
    """The bookmarks of decks: one for the first card of each deck.

    Args:
        printer: Prints the pages.
    """

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self._decks: set[str] = set()
        self._before: list[str] = []

    def is_new(self, deck: str) -> bool:
        """Return whether no card of this deck has been printed."""
        return deck not in self._decks

    def add(self, deck: str) -> None:
        """Add a bookmark for the current page. Only the names that differ from the deck before are added."""
        names = deck.split(_BETWEEN)
        same = 0
        while same < len(names) - 1 and self._before[same : same + 1] == [names[same]]:
            same += 1
        for level, name in list(enumerate(names))[same:]:
            self._printer.bookmark(name or "-", level)
        self._decks.add(deck)
        self._before = names
