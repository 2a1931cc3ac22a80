"""Fill the columns of pages with blocks of lines, under a header with the title and the page number."""

from collections.abc import Sequence

from korean_flashcards.exports.formats.pdf_parts.printer import GRAY, INK, MM, Line, Printer
from korean_flashcards.exports.formats.pdf_parts.text_lines import Style

_MARGIN = 14 * MM
_HEADER = 8 * MM  # from the upper margin to the first line
_GUTTER = 8 * MM
_COLUMNS = 2
_PAGE_COUNT = 7 * MM  # the room for the number of pages
_TITLE = Style(20, INK)
_HEADER_STYLE = Style(8.5, GRAY)
_ROUNDING = 0.01  # points


class Columns:
    """Pages with two columns. The first page has the title above the columns, and the other pages in their headers.

    Args:
        printer: Prints the pages.
        title: The title.
        subtitle: The line below the title.

    Attributes:
        width: The width of a column in points.
    """

    def __init__(self, printer: Printer, title: str, subtitle: str) -> None:
        self._printer = printer
        self.width = (printer.width - 2 * _MARGIN - (_COLUMNS - 1) * _GUTTER) / _COLUMNS
        room = printer.width - 2 * _MARGIN - 4 * _PAGE_COUNT
        self._column, self._top, self._y = 0, 0.0, 0.0
        self._title = printer.breaker.shortened(printer.text.line(title), _HEADER_STYLE.size, room)
        self._begin_page("")
        heading = printer.wrapped(title, _TITLE, printer.width - 2 * _MARGIN)
        heading += printer.wrapped(subtitle, _HEADER_STYLE, printer.width - 2 * _MARGIN)
        self._top = self._y = printer.print_lines(heading, _MARGIN, self._top) - _HEADER

    def add(self, block: Sequence[Line], space: float, *, ruled: bool = False) -> None:
        """Print a block of lines. It stays together if it fits into a column.

        Args:
            block: The lines.
            space: The space above the block in points, unless it begins a column.
            ruled: Whether a rule separates the block from the one above it.
        """
        height = sum(line.height for line in block)
        if not self._fits(space + height) and height <= self._top - _MARGIN:
            self._next_column()
        elif self._y < self._top:
            if ruled and self._fits(space + block[0].height):
                self._printer.rule(self._x, self._y - space / 2, self._x + self.width)
            self._y -= space
        self._print(block)

    def end(self) -> None:
        """End the last page."""
        self._printer.end_page()

    def _print(self, block: Sequence[Line]) -> None:
        first, start = 0, self._y
        for number, line in enumerate(block):
            if not self._fits(line.height) and self._y < self._top:
                self._printer.print_lines(block[first:number], self._x, start)
                self._next_column()
                first, start = number, self._y
            self._y -= line.height
        self._printer.print_lines(block[first:], self._x, start)

    @property
    def _x(self) -> float:
        return _MARGIN + self._column * (self.width + _GUTTER)

    def _fits(self, height: float) -> bool:
        return self._y - height >= _MARGIN - _ROUNDING

    def _next_column(self) -> None:
        self._column += 1
        if self._column == _COLUMNS:
            self._printer.end_page()
            self._begin_page(self._title)
        self._y = self._top

    def _begin_page(self, title: str) -> None:
        self._column = 0
        self._top = self._y = self._printer.height - _MARGIN - _HEADER
        self._printer.print_header(title, _HEADER_STYLE, _MARGIN, _PAGE_COUNT)
