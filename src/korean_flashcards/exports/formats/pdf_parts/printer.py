"""Print lines of text on the pages of a PDF. Equal documents are equal files."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from reportlab import rl_config
from reportlab.lib import pagesizes
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from korean_flashcards.exports.formats.pdf_parts.document_font import FONT_NAME, DocumentFont
from korean_flashcards.exports.formats.pdf_parts.shown_text import ShownText
from korean_flashcards.exports.formats.pdf_parts.text_lines import LineBreaker, Style

MM = 72 / 25.4  # points

INK = (0.1, 0.1, 0.12)
ACCENT = (0.12, 0.27, 0.48)
GRAY = (0.42, 0.42, 0.45)
RULE = (0.75, 0.75, 0.78)

_PAPERS = {"a4": pagesizes.A4, "letter": pagesizes.LETTER}
_ASCENT = 0.8  # of a line's height: where its baseline is
_THIN = 0.4  # points
_PAGE_COUNT = "pages"
_LONGEST_TITLE = 200  # characters of a bookmark


class LinePiece(NamedTuple):
    """A part of a line: how far right it begins in points, and its text in the codes of the font."""

    x: float
    codes: str
    style: Style


class Line(NamedTuple):
    """A line of text: its height in points, and its pieces."""

    height: float
    pieces: Sequence[LinePiece]


class Printer:
    """The PDF that is being printed.

    Attributes:
        text: Converts texts into codes.
        breaker: Breaks codes into lines.
        width, height: Size of the paper in points.
        page: Number of the current page.
    """

    def __init__(self, title: str, paper: str) -> None:
        font = DocumentFont()
        pdfmetrics.registerFont(font)
        self.text, self.breaker = ShownText(font), LineBreaker(font)
        self.width: float
        self.height: float
        self.width, self.height = _PAPERS[paper]
        self.page = 1
        rl_config.useA85 = 0  # streams of letters would be a quarter longer than streams of bytes
        self.canvas = Canvas(
            "", (self.width, self.height), pageCompression=1, invariant=1, initialFontName=FONT_NAME, lang="ko"
        )
        self.canvas.setTitle(title)
        self.canvas.setSubject("Korean flashcards")
        for credit in (self.canvas.setAuthor, self.canvas.setCreator, self.canvas.setProducer):
            credit("Korean Flashcard Pipeline")
        self._bookmarks = 0
        self._level = -1
        self._header_style: Style | None = None

    def print_lines(self, lines: Iterable[Line], x: float, top: float) -> float:
        """Print lines one below the other. Return the lower edge of the last one."""
        text = self.canvas.beginText()
        for (height, places), group in groupby(lines, key=_look):
            found = list(group)
            # Most lines look like the line before. They are printed together, which is faster.
            for part in [found] if len(places) == 1 else [[line] for line in found]:
                for number, (left, style) in enumerate(places):
                    text.setTextOrigin(x + left, top - _ASCENT * height)
                    text.setFillColorRGB(*style.color)
                    text.setFont(FONT_NAME, style.size, height)
                    # Without the space, readers join lines of one letter to a word.
                    text.textLine("\n".join(line.pieces[number].codes + " " for line in part))
                top -= height * len(part)
        self.canvas.drawText(text)
        return top

    def wrapped(self, text: str, style: Style, width: float, spacing: float = 1.35) -> list[Line]:
        """Return the lines of a text."""
        paragraphs = self.text.paragraphs(text)
        lines = self.breaker.lines(paragraphs, style.size, width)
        return [Line(style.size * spacing, [LinePiece(0, codes, style)]) for codes in lines]

    def print_header(self, title: str, style: Style, margin: float, page_count: float) -> None:
        """Print the title, the number of the page, and a rule at the upper margin.

        Args:
            title: The title in the codes of the font.
            style: The style of the header.
            margin: The margin in points, at each side.
            page_count: The room for the number of pages, in points.
        """
        self._header_style = style
        top, right = self.height - margin, self.width - margin - page_count
        number = self.text.line(f"{self.page} /")
        pieces = [LinePiece(0, title, style)] if title else []
        pieces.append(LinePiece(right - margin - self.breaker.width(number, style.size), number, style))
        self.print_lines([Line(style.size, pieces)], margin, top)
        self.canvas.saveState()
        self.canvas.translate(right + self.breaker.width(" ", style.size), top - _ASCENT * style.size)
        self.canvas.doForm(_PAGE_COUNT)  # its content follows when all pages are printed
        self.canvas.restoreState()
        self.rule(margin, top - 1.6 * style.size, self.width - margin)

    def rule(self, left: float, y: float, right: float) -> None:
        """Print a thin horizontal line."""
        self.canvas.setStrokeColorRGB(*RULE)
        self.canvas.setLineWidth(_THIN)
        self.canvas.line(left, y, right, y)

    def bookmark(self, title: str, level: int) -> None:
        """Add an entry for the current page to the outline. Level 0 is the highest."""
        key = f"b{self._bookmarks}"
        self._bookmarks += 1
        self._level = min(level, self._level + 1)
        self.canvas.bookmarkPage(key)
        self.canvas.addOutlineEntry(title[:_LONGEST_TITLE], key, self._level)

    def end_page(self) -> None:
        """Begin the next page."""
        self.canvas.showPage()
        self.page += 1

    def finished(self) -> bytes:
        """Return the file. The last page must have been ended."""
        if self._header_style:
            self._define_page_count(self._header_style)
        if self._bookmarks:
            self.canvas.showOutline()
        return bytes(self.canvas.getpdfdata())

    def _define_page_count(self, style: Style) -> None:
        self.canvas.beginForm(_PAGE_COUNT, 0, -style.size, self.width, 2 * style.size)
        self.print_lines(
            [Line(style.size, [LinePiece(0, self.text.line(str(self.page - 1)), style)])], 0, _ASCENT * style.size
        )
        self.canvas.endForm()


def _look(line: Line) -> tuple[float, list[tuple[float, Style]]]:
    """Return all about a line except its text."""
    return line.height, [(piece.x, piece.style) for piece in line.pieces]
