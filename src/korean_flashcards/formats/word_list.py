"""Parse word lists into rows with the project's column names.

Text is cleaned, and the markup of Anki exports is removed. The word list reference specifies the accepted formats,
encodings, delimiters, and header names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from korean_flashcards.domain.plurals import counted
from korean_flashcards.formats import continuation_lines
from korean_flashcards.formats.list_layout import Layout, header_layout
from korean_flashcards.formats.list_records import Record
from korean_flashcards.formats.list_source import ListSource, list_sources, without_rows
from korean_flashcards.formats.list_summary import ListSummary
from korean_flashcards.formats.markdown import without_markdown
from korean_flashcards.formats.markup import without_markup
from korean_flashcards.formats.note_lines import TITLE

# Codes of warnings.
ENCODING = "encoding"
JOINED = "joined_lists"
SURPLUS = "surplus_cells"
CONTINUED = "joined_lines"
_SHOWN = 5  # row numbers in the summary


@dataclass(frozen=True)
class ListFile:
    """A word list file: its name, its path, and its bytes.

    A later version of a list is recognized by its path (``source``). ``root`` is the folder that a relative source refers
    to, or None if the list has no file.
    """

    name: str
    source: str
    data: bytes
    root: Path | None = None


@dataclass(frozen=True)
class ListRow:
    """One row in a word list.

    Attributes:
        row: The row number in the file, counting headers and empty rows.
        text: The cells, joined with the delimiter. If several sheets are read, it begins with the sheet and its row.
        values: The values in known columns, keyed by the project's column name.
        other: The values in other columns, keyed by header. The project stores these values but does not use them.
        extra_cells: The number of nonempty cells beyond the last header.
        warnings: The warnings about reading the row, as (code, reason) pairs.
        problem: Why the row cannot contain a word, as the predicate of a sentence about the term, or None.
        before: The number of rows in the file before the first word.
    """

    row: int
    text: str
    values: dict[str, str]
    other: dict[str, str] = field(default_factory=dict)
    extra_cells: int = 0
    warnings: tuple[tuple[str, str], ...] = ()
    before: int = 1
    problem: str | None = None


def read_word_list(name: str, data: bytes) -> Iterator[ListRow]:
    """Yield the rows in a word list. Empty rows are skipped.

    Some rows may be yielded before an error is raised. If an error is raised, discard all of the list's rows.

    Raises:
        WordListError: The list cannot be read. See ``WordList``.
    """
    yield from WordList(name, data).rows()


class WordList:
    """A word list in a file. ``rows`` reads the rows, and ``summary`` describes how they were read.

    Raises:
        WordListError: The file is empty, or neither text nor a workbook, or it has no column for words.
    """

    def __init__(self, name: str, data: bytes) -> None:
        self._name = name
        self._sources = list_sources(name, data)
        self._headers: list[int] = []

    def rows(self) -> Iterator[ListRow]:
        """Yield the rows. Empty rows and repeated headers are skipped. The rows can be read several times.

        Raises:
            WordListError: There are no rows, or the file is not valid CSV. An unclosed quotation mark and a cell with
                more than ``MAX_CELL`` characters also raise this error.
        """
        self._headers.clear()
        empty = True
        for source in self._sources:
            for row in self._rows(source):
                empty = False
                yield row
        if empty:
            raise without_rows(self._name)

    @property
    def summary(self) -> ListSummary:
        """Return how the list was read. The summary is complete after all rows have been read."""
        columns: dict[str, str] = {}
        titles: list[str] = []
        notes: list[str] = [note for source in self._sources for note in source.notes]
        for source in self._sources:
            layout, values = source.layout, source.values
            used = dict.fromkeys((*layout.more_meanings, *layout.other_meanings), "definition") | {
                index: name for name, index in layout.columns.items() if not values.is_unused(name)
            }
            columns |= {layout.titles[index]: used[index] for index in sorted(used)}
            titles += layout.titles
            notes += [*layout.notes(), *values.notes()]
        notes += self._joined_notes()
        unused = [title for title in dict.fromkeys(titles) if title not in columns]
        return ListSummary(columns, unused, [*dict.fromkeys(notes)])

    def terms(self) -> Iterator[str]:
        """Yield the text in the term cell of each row. This takes less than half of the time of ``rows``."""
        for source in self._sources:
            for record, layout in _records(source, []):
                cells = _without_next_header(record.cells, layout.header) or record.cells
                cell = next(iter(cells[layout.columns["term"] :]), "")
                yield without_markup(cell) if source.has_markup else cell

    def _rows(self, source: ListSource) -> Iterator[ListRow]:
        source.values.restart()
        for record, layout in _records(source, self._headers):
            yield self._row(record, layout, source)

    def _row(self, record: Record, layout: Layout, source: ListSource) -> ListRow:
        cells = record.cells
        warnings = [(ENCODING, record.damage)] if record.damage else []
        warnings += record.warnings
        if (alone := _without_next_header(cells, layout.header)) is not None:
            cells = alone
            warnings.append((JOINED, "the header of the next list was on the same line and was left out"))
            self._headers.append(record.number)
        if source.has_markup:
            cells = [without_markup(cell) for cell in cells]
        # The term is cleaned later, with a warning.
        cells = [
            cell if index == layout.columns["term"] else without_markdown(cell) for index, cell in enumerate(cells)
        ]
        problem = TITLE if record.cells == layout.title else _problem(cells, layout)
        width, used = len(layout.titles), {*layout.columns.values(), *layout.more_meanings}
        if len(cells) > max(width, layout.usual_width) and not any(cells[width:]):
            warnings.append((SURPLUS, "the row has more cells than the others: quote text that contains the delimiter"))
        cells = cells + [""] * (width - len(cells))
        values = {column: cells[index] for column, index in layout.columns.items()}
        if layout.more_meanings:
            texts = [cells[index] for index in (layout.columns["definition"], *layout.more_meanings)]
            values["definition"] = "; ".join(dict.fromkeys(filter(None, texts)))
        if layout.other_meanings and not values["definition"]:
            values["definition"] = next(filter(None, (cells[index] for index in layout.other_meanings)), "")
        other = {title: cells[index] for index, title in enumerate(layout.titles) if cells[index] and index not in used}
        warnings += source.values.read(values, other, layout)
        return ListRow(
            row=record.number, text=source.text_of(record), values=values, other=other,
            extra_cells=sum(map(bool, cells[width:])), warnings=tuple(warnings), before=source.before, problem=problem,
        )  # fmt: skip

    def _joined_notes(self) -> Iterator[str]:
        if self._headers:
            rows = ", ".join(map(str, self._headers[:_SHOWN])) + (", …" if len(self._headers) > _SHOWN else "")
            yield f"Several lists were joined: {counted(len(self._headers), 'more header')} left out (row {rows})."


def _records(source: ListSource, headers: list[int]) -> Iterator[tuple[Record, Layout]]:
    """Yield the records below the header, each with its columns. The numbers of more headers are added to ``headers``."""
    layout = source.layout
    records = islice(source.records(), layout.title_rows + layout.header_row, None)
    for record in _joined_meanings(records, layout):
        if (repeated := header_layout(record.cells, layout)) is None:
            yield record, layout
        else:
            headers.append(record.number)
            layout = repeated


def _joined_meanings(records: Iterator[Record], layout: Layout) -> Iterator[Record]:
    """Yield the records. A meaning with several lines, which can be before the word, is joined, with a warning."""
    if layout.columns.get("definition") != 0:
        return records
    joined = [(CONTINUED, continuation_lines.JOINED)]
    return (
        record._replace(warnings=(*joined, *record.warnings)) if is_joined else record
        for record, is_joined in continuation_lines.with_joined_meanings(records)
    )


def _problem(cells: Sequence[str], layout: Layout) -> str | None:
    """Return why the record is not a row of the list."""
    is_part = len(layout.columns) > 1 and continuation_lines.is_continuation(cells)
    return continuation_lines.PROBLEM if is_part else None


def _without_next_header(cells: list[str], header: Sequence[str]) -> list[str] | None:
    """Return the cells of the last record of a list, without the header of the next list on the same line.

    Return None if there is no such header, which is there if a line break was lost when the lists were joined.
    """
    end = len(header) - 1
    is_joined = (
        end > 0 and len(cells) == 2 * end + 1 and [*cells[end + 1 :]] == [*header[1:]]
        and cells[end] != header[0] and cells[end].endswith(header[0])
    )  # fmt: skip
    return [*cells[:end], cells[end].removesuffix(header[0]).rstrip()] if is_joined else None
