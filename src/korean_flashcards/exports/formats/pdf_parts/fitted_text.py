"""Fit texts into a box: print them as large as possible, down to a smallest size."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from korean_flashcards.exports.formats.pdf_parts.printer import Line, LinePiece, Printer
from korean_flashcards.exports.formats.pdf_parts.text_lines import Style

_SMALLEST = 6.0  # points
_STEP = 0.97  # from each size to the next smaller one
_SPACING = 1.3  # from line to line, in sizes
_RAGGED = 1.02  # how much longer the lines of a paragraph are because their ends remain empty


class Passage(NamedTuple):
    """A text in a box: its style if there is enough room, and the space above it in points."""

    text: str
    style: Style
    space: float = 0


class Fitted(NamedTuple):
    """The lines of a box, their height in points, and whether they are complete."""

    lines: list[Line]
    height: float
    complete: bool


class Fitter:
    """Fits passages into boxes of one size.

    Args:
        printer: Converts and breaks the texts.
        width: The width of the box in points.
        height: The height of the box.
    """

    def __init__(self, printer: Printer, width: float, height: float) -> None:
        self._printer, self._width, self._height = printer, width, height

    def fitted(self, passages: Sequence[Passage], rest: str, *, centered: bool = False) -> Fitted:
        """Return the lines of passages in the largest size that fits.

        All of them become smaller alike. No text becomes smaller than six points. If the texts still do not fit, the lines
        end with ``rest``, which says where they continue.
        """
        paragraphs = [self._printer.text.paragraphs(passage.text) for passage in passages]
        scale = self._estimated_scale(passages, paragraphs)
        while True:
            lines = self._lines(passages, paragraphs, scale)
            height = sum(line.height for line in lines)
            if height <= self._height or _is_smallest(passages, scale):
                break
            scale *= _STEP
        complete = height <= self._height
        if not complete:
            lines = self._cut(lines, rest)
            height = sum(line.height for line in lines)
        return Fitted([self._centered(line) for line in lines] if centered else lines, height, complete)

    def _estimated_scale(self, passages: Sequence[Passage], paragraphs: Sequence[list[str]]) -> float:
        """Return a scale at which the texts probably fit. Breaking texts into lines at each scale would take too long."""
        sizes = [passage.style.size for passage in passages]
        widths = [[self._printer.breaker.width_of_line(line, size) for line in lines]
                  for lines, size in zip(paragraphs, sizes, strict=True)]  # fmt: skip
        space = sum(passage.space for passage, lines in zip(passages, paragraphs, strict=True) if lines)
        scale = 1.0
        while not _is_smallest(passages, scale):
            counts = (sum(math.ceil(width * scale * _RAGGED / self._width) for width in lines) for lines in widths)
            height = space + sum(count * size * _SPACING for count, size in zip(counts, sizes, strict=True))
            if height * scale <= self._height:
                break
            scale *= _STEP
        return scale

    def _lines(self, passages: Sequence[Passage], paragraphs: Sequence[list[str]], scale: float) -> list[Line]:
        lines: list[Line] = []
        for passage, codes in zip(passages, paragraphs, strict=True):
            size = max(passage.style.size * scale, min(_SMALLEST, passage.style.size))
            style = Style(size, passage.style.color)
            if codes and lines and passage.space:
                lines.append(Line(passage.space * scale, []))
            lines += [
                Line(size * _SPACING, [LinePiece(0, line, style)])
                for line in self._printer.breaker.lines(codes, size, self._width)
            ]
        return lines

    def _cut(self, lines: list[Line], rest: str) -> list[Line]:
        last = self._printer.wrapped(rest, Style(_SMALLEST, (0, 0, 0)), self._width)
        room = self._height - sum(line.height for line in last)
        kept: list[Line] = []
        for line in lines:
            room -= line.height
            if room < 0:
                break
            kept.append(line)
        return kept + last

    def _centered(self, line: Line) -> Line:
        if not line.pieces:
            return line
        piece = line.pieces[0]
        used = self._printer.breaker.width(piece.codes, piece.style.size)
        return Line(line.height, [LinePiece((self._width - used) / 2, piece.codes, piece.style)])


def _is_smallest(passages: Sequence[Passage], scale: float) -> bool:
    return all(scale * passage.style.size <= _SMALLEST for passage in passages)
