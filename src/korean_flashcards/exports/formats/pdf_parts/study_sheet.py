"""Print a study sheet: each word with its pronunciation, meaning, example, and the fronts and backs of its cards."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from korean_flashcards.exports.formats.pdf_parts.columns import Columns
from korean_flashcards.exports.formats.pdf_parts.deck_bookmarks import DeckBookmarks
from korean_flashcards.exports.formats.pdf_parts.deck_sections import deck_heading
from korean_flashcards.exports.formats.pdf_parts.printer import ACCENT, GRAY, INK, Line, LinePiece, Printer
from korean_flashcards.exports.formats.pdf_parts.shown_card import ShownCard
from korean_flashcards.exports.formats.pdf_parts.text_lines import Style

_WORD = Style(16, INK)
_CUE = Style(9, GRAY)
_SOUND = Style(9, GRAY)
_LABEL = Style(7, GRAY)
_MEANING = Style(10, INK)
_SMALL = Style(8.5, INK)
_TRANSLATION = Style(8, GRAY)
_CARD_TYPE = Style(7, ACCENT)
_FRONT = Style(8.5, ACCENT)
_BACK = Style(8.5, INK)
_DECK = Style(11, ACCENT)

_GAP = 5  # points, between texts on one line
_WORD_SPACE = 12  # points above a word
_CARD_SPACE = 4  # points above a further card of the same word


class StudySheet:
    """The blocks of a study sheet.

    Args:
        printer: Converts and breaks the texts.
        columns: The columns that the blocks are printed in.
        with_decks: Whether each deck has a heading.
    """

    def __init__(self, printer: Printer, columns: Columns, *, with_decks: bool = False) -> None:
        self._printer, self._columns, self._with_decks = printer, columns, with_decks

    def print_cards(self, cards: Iterable[ShownCard], decks: DeckBookmarks) -> None:
        """Print cards. Consecutive cards of the same word share the word's heading."""
        for _, found in groupby(cards, key=_heading):
            first, *others = found
            deck = first.deck
            heading = self._deck(deck) if self._with_decks and decks.is_new(deck) else []
            block = [*heading, *self._word(first), *self._card(first)]
            self._columns.add(block, _WORD_SPACE, ruled=not heading)
            if decks.is_new(deck):
                decks.add(deck)
            for card in others:
                self._columns.add(self._card(card), _CARD_SPACE)

    def print_cut_out_cards(self, cards: Iterable[ShownCard]) -> None:
        """Print the complete texts of cards to cut out, with their numbers."""
        for card in cards:
            block = self._wrapped(f"No. {card.number}", _DECK)
            if card.explains_word:
                block += self._word(card)
            elif card.names_word:
                block += self._wrapped(card.named_word, _WORD)
            self._columns.add([*block, *self._card(card)], _WORD_SPACE, ruled=True)

    def _deck(self, deck: str) -> list[Line]:
        lines = self._wrapped(deck_heading(deck), _DECK)
        return [*lines, Line(6, [])] if lines else []

    def _word(self, card: ShownCard) -> Iterator[Line]:
        yield from self._head(card)
        yield from self._wrapped(card.meaning, _MEANING)
        yield from self._wrapped(card.hanja, _SMALL)
        yield from self._wrapped(card.example, _SMALL)
        yield from self._wrapped(card.example_translation, _TRANSLATION)
        if card.confused_with:
            yield from self._wrapped(f"Often confused with {card.confused_with}", _TRANSLATION)

    def _head(self, card: ShownCard) -> Iterator[Line]:
        """Yield the word, with its cue, its pronunciation, and its labels on the same line if there is room for them."""
        *lines, last = self._wrapped(card.word, _WORD, spacing=1.3) or [Line(0, [])]
        yield from lines
        used = sum(self._width(piece.codes, piece.style) for piece in last.pieces)
        pieces = list(last.pieces)
        cue = self._printer.text.line(f"({card.word_cue})" if card.word_cue else "")
        sound = self._printer.text.line(_joined(card.sound, card.ipa, between=" "))
        labels = self._printer.text.line(_joined(card.part_of_speech, card.level, between=" · "))
        right = self._columns.width - self._width(labels, _LABEL)
        below: list[Line] = []
        for text, style in ((cue, _CUE), (sound, _SOUND)):
            if not below and used + _GAP + self._width(text, style) <= self._columns.width:
                pieces.append(LinePiece(used + _GAP, text, style))
                used += _GAP + self._width(text, style) if text else 0
            else:
                below += self._wrapped_codes(text, style)
        if used + _GAP <= right:
            pieces.append(LinePiece(right, labels, _LABEL))
        else:
            below += self._wrapped_codes(labels, _LABEL)
        yield Line(last.height, [piece for piece in pieces if piece.codes])
        yield from below

    def _card(self, card: ShownCard) -> list[Line]:
        """Return the card type, the front, and the back of a card. Each begins on a new line."""
        return [
            *([Line(3, [])] if card.card_type or card.front or card.back else []),
            *self._wrapped(card.card_type, _CARD_TYPE),
            *self._wrapped(card.score, _LABEL),
            *self._wrapped(card.front, _FRONT),
            *self._wrapped(card.back, _BACK),
        ]

    def _wrapped(self, text: str, style: Style, spacing: float = 1.35) -> list[Line]:
        return self._printer.wrapped(text, style, self._columns.width, spacing=spacing)

    def _wrapped_codes(self, codes: str, style: Style) -> list[Line]:
        lines = self._printer.breaker.lines([codes] if codes else [], style.size, self._columns.width)
        return [Line(style.size * 1.35, [LinePiece(0, line, style)]) for line in lines]

    def _width(self, codes: str, style: Style) -> float:
        return self._printer.breaker.width(codes, style.size)


def _heading(card: ShownCard) -> tuple[str, ...]:
    """Return all texts above the cards of a word. Cards with different texts do not share a heading."""
    return (
        card.deck, card.item_id, card.word, card.word_cue, card.sound, card.ipa, card.meaning, card.part_of_speech,
        card.level, card.hanja, card.example, card.example_translation, card.confused_with,
    )  # fmt: skip


def _joined(*texts: str, between: str) -> str:
    return between.join(filter(None, texts))
