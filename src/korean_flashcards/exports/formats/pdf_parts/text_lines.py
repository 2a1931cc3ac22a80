"""Break texts into lines of a given width. Korean words stay whole, as learners should read them."""

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.exports.formats.pdf_parts.document_font import DocumentFont
from korean_flashcards.exports.formats.pdf_parts.glyph_sources import UNITS_PER_EM
from korean_flashcards.exports.formats.pdf_parts.hangul_words import HANGUL_WORD

DOTS = "..."

_WHOLE = lazy_regex(rf"{HANGUL_WORD.pattern}|\[U\+[0-9A-F]{{4,6}}\]")
_MOST_WORDS = 100_000  # whose widths are remembered


class Style(NamedTuple):
    """Set the size of a text in points, and its color (red, green, and blue from 0 to 1)."""

    size: float
    color: tuple[float, float, float]


class LineBreaker:
    """Break texts that are in the codes of a font."""

    def __init__(self, font: DocumentFont) -> None:
        self._font = font
        self._widths: dict[str, int] = {}

    def lines(self, paragraphs: Iterable[str], size: float, width: float) -> Iterator[str]:
        """Yield the lines of paragraphs that fit into ``width`` points."""
        limit = int(width * UNITS_PER_EM / size)
        for paragraph in paragraphs:
            yield from self._paragraph(paragraph, limit)

    def width(self, text: str, size: float) -> float:
        """Return the width of a text in points."""
        return self._units(text) * size / UNITS_PER_EM

    def width_of_line(self, text: str, size: float) -> float:
        """Return the same as ``width``, for a text that is unlikely to be measured again."""
        return self._font.stringWidth(text, size)

    def shortened(self, text: str, size: float, width: float) -> str:
        """Return as much of a text as fits into ``width`` points, with three dots for the rest. Korean words stay whole."""
        if self.width(text, size) <= width:
            return text
        room = int(width * UNITS_PER_EM / size) - self._units(DOTS)
        ends = itertools.accumulate(map(self._units, parts := _parts(text)))
        return "".join(parts[: sum(1 for _ in itertools.takewhile(lambda end: end <= room, ends))]) + DOTS

    def _paragraph(self, paragraph: str, limit: int) -> Iterator[str]:
        space = self._font.widths[" "]
        current: list[str] = []
        room = limit
        for word in paragraph.split(" "):
            width = self._units(word)
            if width > room and current:
                yield " ".join(current)
                current, room = [], limit
            if width > limit:
                *full, word = self._cut(word, limit)
                yield from full
                width = self._units(word)
            current.append(word)
            room -= width + space
        yield " ".join(current)

    def _cut(self, word: str, limit: int) -> Iterator[str]:
        """Yield the lines of a word that is wider than a line."""
        line, used = "", 0
        for part in _parts(word):
            width = self._units(part)
            if line and used + width > limit:
                yield line
                line, used = "", 0
            line += part
            used += width
        yield line

    def _units(self, word: str) -> int:
        width = self._widths.get(word)
        if width is None:
            if len(self._widths) >= _MOST_WORDS:
                self._widths.clear()
            width = self._widths[word] = sum(map(self._font.widths.__getitem__, word))
        return width


def _parts(word: str) -> list[str]:
    """Return the parts of a word between which it may be divided: Korean words, code points, and other characters."""
    parts: list[str] = []
    position = 0
    for found in _WHOLE.finditer(word):
        parts += [*word[position : found.start()], found.group()]
        position = found.end()
    return [*parts, *word[position:]]
