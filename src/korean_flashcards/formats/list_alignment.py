"""Split lists whose columns are aligned with spaces, as text from a PDF or a terminal is."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.part_of_speech_names import standard_part_of_speech
from korean_flashcards.formats.list_encoding import ListText
from korean_flashcards.korean.hangul import has_hangul

_LINES = 1000  # lines that show the columns
_FEWEST_ROWS = 2
_FIELD = lazy_regex(r"\S+(?:\s\S+)*")
# Such a text is not a column, but shows that another character separates the columns.
_SEPARATOR = lazy_regex(r".*[,;|\t]|[-–—=:|]+")

Field = tuple[int, str]  # where the text begins, in half-width characters, and the text


def aligned_columns(text: ListText) -> tuple[ListText, list[str]]:
    """Return the text with tabs between its columns, and a sentence about them. Other texts are returned unchanged."""
    fields = [_fields(line) for line in islice(text.lines(), _LINES)]
    filled = [line for line in fields if line]
    width, count = Counter(map(len, filled)).most_common(1)[0] if filled else (0, 0)
    usual = [line for line in filled if len(line) == width]
    if width < 2 or count < _FEWEST_ROWS or count * 2 <= len(filled) or not _is_table(usual):
        return text, []
    starts = [Counter(line[column][0] for line in usual).most_common(1)[0][0] for column in range(width)]
    return text.with_lines(_rows(text, starts)), ["The columns are separated by spaces."]


def _fields(line: str) -> list[Field]:
    if "\t" in line:
        return [(0, line)]
    return [(_width(line[: found.start()]), found[0]) for found in _FIELD.finditer(line)]


def _width(text: str) -> int:
    """Return how wide the text is in a font where Hangul takes the place of two Latin letters."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _is_table(rows: Sequence[Sequence[Field]]) -> bool:
    """Return whether one column is mostly Hangul and another is not, and spaces separate them, not commas or dashes.

    In Korean text, two spaces may be a slip.
    """
    columns = [[text for _, text in column] for column in zip(*rows, strict=True)]
    if any(sum(map(bool, map(_SEPARATOR.fullmatch, column))) * 2 > len(rows) for column in columns):
        return False
    korean = [sum(map(has_hangul, column)) * 2 > len(rows) for column in columns]
    return any(korean) and any(
        not one or sum(map(bool, map(standard_part_of_speech, column))) * 2 > len(rows)
        for one, column in zip(korean, columns, strict=True)
    )


def _rows(text: ListText, starts: Sequence[int]) -> Iterator[str]:
    """Yield the lines with tabs between their cells. A line that continues cells of the row above is joined to it."""
    row: list[str] = []
    skipped = 0
    for line in text.lines():
        fields = _fields(line)
        cells = _cells(fields, starts)
        is_text = any(map(str.isalpha, line))
        if row and is_text and cells and not cells[0] and len(fields) * 2 < len(starts) + 1:
            row = [" ".join(filter(None, pair)) for pair in zip(row, cells, strict=True)]
            skipped += 1
            continue
        if row:
            yield "\t".join(row)
            yield from [""] * skipped
        row, skipped = cells, 0
        if not row:
            yield line.strip()
    if row:
        yield "\t".join(row)
        yield from [""] * skipped


def _cells(fields: Sequence[Field], starts: Sequence[int]) -> list[str]:
    """Return the cell of each column, or an empty list if the line has other columns.

    A line with fewer cells is read only if each cell begins where its column does.
    """
    if len(fields) == len(starts):
        return [text for _, text in fields]
    cells = [""] * len(starts)
    for start, text in fields:
        near = [column for column, place in enumerate(starts) if abs(place - start) < 2]
        if len(near) != 1 or cells[near[0]]:
            return []
        cells[near[0]] = text
    return cells if fields else []
