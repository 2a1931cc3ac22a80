"""Choose the sheets of a workbook that contain words, and number their rows."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from korean_flashcards.formats.list_layout import Layout
from korean_flashcards.formats.list_records import Record
from korean_flashcards.korean.hangul import has_hangul

# The rows of each sheet are numbered from the next multiple, so that row 1,004 is row 4 of its sheet.
_STEP = 1000


class Sheet(NamedTuple):
    """A sheet: its title, its nonempty records, and its columns."""

    title: str
    records: list[Record]
    layout: Layout


class Place(NamedTuple):
    """Describe where a sheet is in the list.

    Attributes:
        added: The number that is added to its row numbers, so that each row of the list has a different number.
        before: The number that is subtracted from these row numbers to count the words of the list.
    """

    added: int
    before: int


def sheets_with_words(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Return the sheets to read: all sheets whose header names a column of words.

    Without such a sheet, the first sheet with several columns is read, or else the first. The other sheets with the
    same header belong to it.
    """
    named = [sheet for sheet in sheets if _names_words(sheet)]
    # A cover sheet may be called "Vocabulary", as if that were the name of its only column.
    if tables := [sheet for sheet in named if len(sheet.layout.columns) > 1]:
        return tables
    wide = [sheet for sheet in sheets if len(sheet.layout.columns) > 1]
    first = [*(sheet for sheet in wide if sheet.layout.header_row), *named, *wide, *sheets][0]
    return [sheet for sheet in sheets if sheet is first or (first.layout.header and _header(sheet) == _header(first))]


def places_of(sheets: Sequence[Sheet]) -> Iterator[Place]:
    """Yield the place of each sheet that is read."""
    added = words = 0
    for sheet in sheets:
        layout, last = sheet.layout, sheet.records[-1].number
        before = added + sheet.records[layout.title_rows].number - (not layout.header_row) - words
        yield Place(added, before)
        words = added + last - before
        added = -(-(added + last) // _STEP) * _STEP


def block_notes(blocks: Sequence[Sheet]) -> Iterator[str]:
    """Yield sentences about the blocks of columns that are read."""
    yield f"Words side by side are read one block after the other: {quoted(block.title for block in blocks)}."
    yield _numbers(blocks)


def sheet_notes(sheets: Sequence[Sheet]) -> Iterator[str]:
    """Yield sentences about the sheets that are read."""
    if len(sheets) == 1:
        yield f'The sheet is "{sheets[0].title}".'
        return
    yield f"Sheets read: {quoted(sheet.title for sheet in sheets)}."
    yield _numbers(sheets)


def _numbers(sheets: Sequence[Sheet]) -> str:
    later = [*zip(sheets, places_of(sheets), strict=True)][1:]
    numbers = ", ".join(f'{place.added + 1:,} ("{sheet.title}")' for sheet, place in later)
    return f"Row numbers continue with {numbers}."


def quoted(titles: Iterable[str]) -> str:
    """Return the titles in quotation marks, separated by commas."""
    return ", ".join(f'"{title}"' for title in titles)


def numbered(records: Sequence[Record], added: int) -> Iterator[Record]:
    """Yield the records with their numbers in the list."""
    for record in records:
        yield record._replace(number=record.number + added)


def _names_words(sheet: Sheet) -> bool:
    """Return whether a header names the words of the sheet, and there are some."""
    layout = sheet.layout
    index = layout.columns["term"]
    rows = [record.cells for record in sheet.records[layout.title_rows + 1 :]]
    return layout.header_row and "term" not in layout.by_content and any(has_hangul(row[index]) for row in rows)


def _header(sheet: Sheet) -> list[str]:
    return sheet.layout.header if sheet.layout.header_row else []
