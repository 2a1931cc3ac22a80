"""Print cards to cut out: a page of fronts, then a page with the back of each card behind its front."""

from collections.abc import Iterable, Sequence
from itertools import islice

from korean_flashcards.exports.formats.pdf_parts.deck_bookmarks import DeckBookmarks
from korean_flashcards.exports.formats.pdf_parts.fitted_text import Fitted, Fitter, Passage
from korean_flashcards.exports.formats.pdf_parts.pdf_options import PdfOptions
from korean_flashcards.exports.formats.pdf_parts.printer import ACCENT, GRAY, INK, MM, RULE, Line, LinePiece, Printer
from korean_flashcards.exports.formats.pdf_parts.shown_card import ShownCard
from korean_flashcards.exports.formats.pdf_parts.text_lines import Style

_MARGIN = 10 * MM  # at all edges, so that fronts and backs have the same places
_PADDING = 5 * MM  # inside a card; printers place the backs a millimeter or two beside the fronts
_MARK = 5 * MM  # length of the marks for cutting in the margins
_FOOTER = 4.5 * MM  # from the lower edge of the paper
_GAP = 3  # points, between two texts on one line, and at both ends of the footer

_LABEL = Style(6.5, GRAY)
_WORD = Style(26, INK)
_WORD_ON_BACK = Style(9.5, ACCENT)
_CUE = Style(10.5, GRAY)
_QUESTION = Style(10.5, ACCENT)
_FRONT = Style(16, INK)
_MEANING = Style(12, INK)
_SOUND = Style(9, GRAY)
_BACK = Style(9.5, INK)
_EXAMPLE = Style(9, INK)
_TRANSLATION = Style(8.5, GRAY)
_ANSWER = Style(13, INK)
_LABEL_ROOM = 13  # points, for the line with the card type and the number
_SHORT = 12  # characters; a front that is not longer is printed as large as a word
_THIN = 0.3  # points


class CutOutCards:
    """The pages with cards.

    Args:
        printer: Prints the pages.
        options: The paper, the grid of cards, and the edge over which the printer turns the paper.
        title: The title, which is printed in the margin.

    Attributes:
        incomplete: The cards whose texts did not fit.
    """

    def __init__(self, printer: Printer, options: PdfOptions, title: str) -> None:
        self._printer, self._title = printer, title
        self._columns, self._rows = map(int, options.grid.split("x"))
        self._turned = options.flip == "short"
        self._width = (printer.width - 2 * _MARGIN) / self._columns
        self._height = (printer.height - 2 * _MARGIN) / self._rows
        self._fitter = Fitter(printer, self._width - 2 * _PADDING, self._height - 2 * _PADDING - _LABEL_ROOM)
        self.incomplete: list[ShownCard] = []

    def print_cards(self, cards: Iterable[ShownCard], decks: DeckBookmarks) -> None:
        """Print all cards. Each sheet of paper has the fronts on one side and the backs on the other."""
        remaining, sheet = iter(cards), 1
        while on_sheet := list(islice(remaining, self._columns * self._rows)):
            self._print_fronts(on_sheet, sheet, decks)
            self._print_backs(on_sheet, sheet)
            sheet += 1

    def _print_fronts(self, cards: Sequence[ShownCard], sheet: int, decks: DeckBookmarks) -> None:
        self._print_marks()
        self._print_footer(f"Sheet {sheet}, front")
        for place, card in enumerate(cards):
            if decks.is_new(card.deck):
                decks.add(card.deck)
            row, column = divmod(place, self._columns)
            self._print_front(card, row, column)
        self._printer.end_page()

    def _print_backs(self, cards: Sequence[ShownCard], sheet: int) -> None:
        if self._turned:
            # A printer that turns the paper over its short edge prints the backs upside down.
            self._printer.canvas.translate(self._printer.width, self._printer.height)
            self._printer.canvas.rotate(180)
        self._print_footer(f"Sheet {sheet}, back")
        for place, card in enumerate(cards):
            row, column = divmod(place, self._columns)
            self._print_back(card, row, self._columns - 1 - column)
        self._printer.end_page()

    def _print_front(self, card: ShownCard, row: int, column: int) -> None:
        if card.names_word:
            passages = [Passage(card.word, _WORD), Passage(card.cue, _CUE), Passage(card.front, _QUESTION, 8)]
        else:
            style = _WORD if len(card.front) <= _SHORT else _FRONT
            passages = [Passage(card.front, style), Passage(card.cue, _CUE, 5)]
        fitted = self._fitted(passages, card, centered=True)
        self._print_label(card.card_type, _LABEL, card, row, column)
        self._print_texts(fitted, row, column, (self._room - fitted.height) / 2)

    def _print_back(self, card: ShownCard, row: int, column: int) -> None:
        if card.explains_word:
            sound = " ".join(filter(None, (card.sound, card.ipa, card.part_of_speech)))
            # Backs about hanja begin with them.
            hanja = "" if card.hanja.rstrip(".") in card.back else card.hanja
            confused = f"Often confused with {card.confused_with}" if card.confused_with else ""
            passages = [
                Passage(card.meaning, _MEANING), Passage(sound, _SOUND), Passage(hanja, _EXAMPLE, 3),
                Passage(card.back, _BACK, 5), Passage(card.example, _EXAMPLE, 5),
                Passage(card.example_translation, _TRANSLATION), Passage(confused, _TRANSLATION, 5),
            ]  # fmt: skip
        else:
            passages = [Passage(card.back, _ANSWER)]
        fitted = self._fitted(passages, card, centered=not card.explains_word)
        self._print_label(card.named_word if card.explains_word else "", _WORD_ON_BACK, card, row, column)
        self._print_texts(fitted, row, column, 0 if card.explains_word else (self._room - fitted.height) / 2)

    def _fitted(self, passages: list[Passage], card: ShownCard, *, centered: bool) -> Fitted:
        fitted = self._fitter.fitted(passages, f"... No. {card.number} continues after the cards", centered=centered)
        if not fitted.complete and card not in self.incomplete[-1:]:
            self.incomplete.append(card)
        return fitted

    def _print_label(self, text: str, style: Style, card: ShownCard, row: int, column: int) -> None:
        """Print the small line at the top of a card. The number shows which back belongs to which front."""
        x, top = self._corner(row, column)
        line = self._at_both_ends(text, style, f"No. {card.number}", self._width - 2 * _PADDING)
        self._printer.print_lines([line], x, top)

    def _print_texts(self, fitted: Fitted, row: int, column: int, space: float) -> None:
        x, top = self._corner(row, column)
        self._printer.print_lines(fitted.lines, x, top - _LABEL_ROOM - space)

    @property
    def _room(self) -> float:
        return self._height - 2 * _PADDING - _LABEL_ROOM

    def _corner(self, row: int, column: int) -> tuple[float, float]:
        """Return where the texts of a card begin: their left and their upper edge."""
        x = _MARGIN + column * self._width + _PADDING
        return x, self._printer.height - _MARGIN - row * self._height - _PADDING

    def _print_marks(self) -> None:
        """Print hairlines between the cards, and marks in the margins where to cut."""
        width, height = self._printer.width, self._printer.height
        across = [_MARGIN + column * self._width for column in range(self._columns + 1)]
        down = [_MARGIN + row * self._height for row in range(self._rows + 1)]
        lines = [(x, _MARGIN, x, height - _MARGIN) for x in across] + [(_MARGIN, y, width - _MARGIN, y) for y in down]
        marks = [(x, y - _MARK, x, y) for x in across for y in (_MARGIN, height - _MARGIN + _MARK)]
        marks += [(x - _MARK, y, x, y) for y in down for x in (_MARGIN, width - _MARGIN + _MARK)]
        canvas = self._printer.canvas
        canvas.setLineWidth(_THIN)
        for color, drawn in ((RULE, lines), (INK, marks)):
            canvas.setStrokeColorRGB(*color)
            canvas.lines(drawn)

    def _print_footer(self, side: str) -> None:
        line = self._at_both_ends(self._title, _LABEL, side, self._printer.width - 2 * (_MARGIN + _GAP))
        self._printer.print_lines([line], _MARGIN + _GAP, _FOOTER + _LABEL.size)

    def _at_both_ends(self, left: str, style: Style, right: str, width: float) -> Line:
        """Return a line with a text at each end. If there is not enough room for both, the left one becomes smaller."""
        left, right = map(self._printer.text.line, (left, right))
        x = width - self._printer.breaker.width(right, _LABEL.size)
        size = min(style.size, style.size * (x - _GAP) / (self._printer.breaker.width(left, style.size) or 1))
        pieces = [LinePiece(0, left, Style(size, style.color)), LinePiece(x, right, _LABEL)]
        return Line(_LABEL.size, [piece for piece in pieces if piece.codes])
