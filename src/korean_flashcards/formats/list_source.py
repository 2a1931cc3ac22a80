"""Open the file of a word list: find its kind, its records, and their layout."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.formats.anki_note_types import note_types
from korean_flashcards.formats.anki_text_export import AnkiHeaders, anki_headers
from korean_flashcards.formats.continuation_lines import continues
from korean_flashcards.formats.frequency_ranks import looks_like_ranks
from korean_flashcards.formats.heading_lines import heading_problem
from korean_flashcards.formats.list_alignment import aligned_columns
from korean_flashcards.formats.list_blocks import blocks_of, columns_of_words, repeated_pairs, single_columns
from korean_flashcards.formats.list_cell_parts import CellParts, cell_parts
from korean_flashcards.formats.list_contents import Rows
from korean_flashcards.formats.list_encoding import ListText, text_of
from korean_flashcards.formats.list_headers import is_rank
from korean_flashcards.formats.list_layout import EXPECTED, Layout, layout_of
from korean_flashcards.formats.list_line_pairs import paired_lines
from korean_flashcards.formats.list_markdown import markdown_lines
from korean_flashcards.formats.list_records import Record, delimiter_of, records_of
from korean_flashcards.formats.list_refusals import type_problem, wiki_problem
from korean_flashcards.formats.list_row_separator import separated_rows
from korean_flashcards.formats.list_sheets import (
    Place,
    Sheet,
    block_notes,
    numbered,
    places_of,
    quoted,
    sheet_notes,
    sheets_with_words,
)
from korean_flashcards.formats.list_values import ValueReader
from korean_flashcards.formats.other_encodings import unknown_encoding
from korean_flashcards.formats.workbook import is_workbook, sheets_of

_SAMPLE = 1000  # records that show the layout
_MARKUP = lazy_regex(
    r"</?(?:b|i|u|div|span|font|p|br|img|li|ul|ol|table|ruby|strong|em)\b[^<>]*>|&(?:nbsp|amp|lt|gt|quot|#\d+);"
    r"|<!--|\[sound:|\{\{c\d",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ListSource:
    """An open word list.

    Attributes:
        records: A function that reads the records from the start.
        layout: The list's columns.
        values: Interprets the rows' values.
        delimiter: The delimiter between cells.
        before: The number of rows before the first word.
        has_markup: Whether cells contain the markup of Anki or of web pages.
        notes: Sentences about the file's kind.
        part: The name of the sheet or of the block of columns, and the number that is added to its row numbers, if the
            list has several.
    """

    records: Callable[[], Iterator[Record]]
    layout: Layout
    values: ValueReader
    delimiter: str
    before: int
    has_markup: bool
    notes: Sequence[str]
    part: tuple[str, int] | None = None

    def text_of(self, record: Record) -> str:
        """Return a record's text, which says where to find it if several sheets are read."""
        text = self.delimiter.join(record.cells)
        if self.part is None:
            return text
        name, added = self.part
        return f"{name}, row {record.number - added}: {text}"


def list_sources(name: str, data: bytes) -> list[ListSource]:
    """Open the list. A workbook may have several sheets with words; any other file is one list.

    Raises:
        WordListError: The file is empty, or neither text nor a workbook, or it has no column for words.
    """
    if problem := type_problem(name):
        raise WordListError(problem)
    return _workbook(name, data) if is_workbook(data) else _text(name, data)


def without_rows(name: str) -> WordListError:
    """Return the error for a list that has only a header."""
    return WordListError(
        f"{name} has a header but no rows. Add rows, or delete the file, and run the command again. Nothing from this "
        "list was imported."
    )


def _text(name: str, data: bytes) -> list[ListSource]:
    text, separator_notes = _in_rows(markdown_lines(text_of(name, data)))
    first = [*islice(text.lines(), _SAMPLE)]
    if problem := wiki_problem(name, first):
        raise WordListError(problem)
    anki = anki_headers(first)
    lines = [line for line in first[anki.lines :] if line.strip()]
    if not lines:
        raise without_rows(name) if any(line.strip() for line in first) else _empty(name)
    delimiter = _delimiter(lines, anki)

    def written() -> Iterator[Record]:
        return records_of(name, text, anki.lines, delimiter)

    sample = _sample(written)
    if not sample:
        raise _empty(name)
    # The names and special columns of an export from Anki count its columns.
    parts = CellParts() if anki.columns or anki.special else cell_parts(sample)
    sample = [*map(parts.cells, sample)]
    types = note_types(name, sample, anki)
    sample = [*map(types.cells, sample)]

    def records() -> Iterator[Record]:
        return map(types.ordered, map(parts.split, written()))

    try:
        layout = layout_of(name, sample, anki)
    except WordListError as error:
        raise error if text.encoding.startswith("UTF") else unknown_encoding(name) from error
    has_markup = anki.html if anki.html is not None else any(_MARKUP.search(line) for line in text.lines())
    notes = [] if text.encoding == "UTF-8" else [f"The encoding is {text.encoding}."]
    notes += [*separator_notes, *parts.notes()]
    if anki.is_export:
        notes.append("The file is a text export from Anki.")
    if not anki.is_export and (blocks := _blocks(name, Sheet("", [], layout), records(), sample)):
        notes += block_notes(blocks)
        return [*_parts(blocks, notes, "")]
    source = ListSource(
        records=records, layout=layout, values=_values(sample, layout, anki.is_export), delimiter=delimiter,
        before=anki.lines + layout.title_rows + layout.header_row, has_markup=has_markup, notes=notes,
    )  # fmt: skip
    return [source]


def _in_rows(text: ListText) -> tuple[ListText, list[str]]:
    """Return the text with one row per line, and sentences about its rows or columns, if a way to separate them is found."""
    for separated in (separated_rows, aligned_columns, paired_lines):
        found, notes = separated(text)
        if notes:
            return found, notes
    return text, []


def _delimiter(lines: list[str], anki: AnkiHeaders) -> str:
    """Return the separator that Anki's headers name, if the lines contain it, or the one that fits the lines."""
    if anki.separator and any(anki.separator in line for line in lines):
        return anki.separator
    rows = [line for line in lines if not heading_problem(line.strip(), {}) and not continues(line.strip())]
    return delimiter_of(rows or lines)


def _workbook(name: str, data: bytes) -> list[ListSource]:
    """Open the sheets that contain words."""
    problem = _empty(name)
    opened: list[Sheet] = []
    unread: list[str] = []
    for title, records in sheets_of(name, data):
        if not records:
            continue
        records = [*map(cell_parts(_cells(records)).split, records)]
        try:
            opened.append(Sheet(title, records, layout_of(name, _cells(records), AnkiHeaders())))
        except WordListError as error:
            problem = error
            unread.append(title)
    if not opened:
        raise problem
    chosen = sheets_with_words(opened)
    unread = [one.title for one in opened if one not in chosen] + unread
    parts = [part for sheet in chosen for part in _blocks(name, sheet, sheet.records, _cells(sheet.records)) or [sheet]]
    notes = [*sheet_notes(parts)] + ([f"Sheets not read: {quoted(unread)}."] if unread else [])
    return [*_parts(parts, notes, "sheet ")]


def _blocks(name: str, sheet: Sheet, records: Iterable[Record], sample: Rows) -> list[Sheet]:
    """Return the blocks of columns of a sheet or of a text, or an empty list if it has only one."""
    layout = sheet.layout
    if layout.header_row:
        header, term = (layout.header if layout.beside else []), layout.columns["term"]
    else:
        header, term = repeated_pairs(sample), 0
    if not header and (layout.header_row or not (words := columns_of_words(sample))):
        return []
    blocks = blocks_of([*records], header, term) if header else single_columns([*records], words)
    return [
        Sheet(f"{sheet.title}, {title}".lstrip(", "), block, layout_of(name, _cells(block), AnkiHeaders()))
        for title, block in blocks
    ]


def _parts(sheets: Sequence[Sheet], notes: Sequence[str], kind: str) -> Iterator[ListSource]:
    """Yield the sources of the sheets or blocks that are read. The first has the notes."""
    for number, (sheet, placed) in enumerate(zip(sheets, places_of(sheets), strict=True)):
        part = (f'{kind}"{sheet.title}"', placed.added) if len(sheets) > 1 else None
        yield _sheet(sheet, placed, notes if number == 0 else [], part)


def _sheet(sheet: Sheet, place: Place, notes: Sequence[str], part: tuple[str, int] | None) -> ListSource:
    layout, records = sheet.layout, sheet.records
    has_markup = any(_MARKUP.search(cell) for record in records for cell in record.cells)
    return ListSource(
        records=partial(numbered, records, place.added), layout=layout,
        values=_values(_cells(records), layout), delimiter="\t", before=place.before, has_markup=has_markup,
        notes=notes, part=part,
    )  # fmt: skip


def _cells(records: Sequence[Record]) -> list[list[str]]:
    return [record.cells for record in records[:_SAMPLE]]


def _empty(name: str) -> WordListError:
    return WordListError(f"{name} is empty. {EXPECTED} Nothing from this list was imported.")


def _sample(records: Callable[[], Iterator[Record]]) -> list[list[str]]:
    """Return the first records. An error after the first record is raised when the rows are read."""
    sample: list[list[str]] = []
    try:
        for record in islice(records(), _SAMPLE):
            sample.append(record.cells)
    except WordListError:
        if not sample:
            raise
    return sample


def _values(sample: Sequence[Sequence[str]], layout: Layout, spaced_tags: bool = False) -> ValueReader:
    return ValueReader(layout, _has_ranks(sample[layout.title_rows + layout.header_row :], layout), spaced_tags)


def _has_ranks(rows: Sequence[Sequence[str]], layout: Layout) -> bool:
    index, term = layout.columns.get("frequency"), layout.columns["term"]
    if index is None:
        return False
    words = [(row[term], row[index]) for row in rows if len(row) > max(index, term)]
    return is_rank(layout.titles[index]) or looks_like_ranks(words)
