"""A word list's bytes → rows under the project's column names, values still as written (NFC, trimmed, all visible).

What is accepted is fixed by the README, "Word lists": encodings, delimiters, header names.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from korean_flashcards.domain.errors import WordListError

# Each column's known headers, lower case with spaces for underscores; the first one present wins.
HEADERS: dict[str, tuple[str, ...]] = {
    "term": ("hangul", "term", "korean", "word", "vocabulary", "한국어", "단어"),
    "position": ("position", "#", "no", "index"),
    "pos": ("word type", "type", "pos", "part of speech", "품사"),
    "definition": ("definition", "english", "meaning", "translation", "뜻"),
    "ipa": ("ipa pronunciation", "ipa", "pronunciation"),
    "topik_level": ("topik level", "level", "topik"),
    "example": ("example sentence", "example", "sentence"),
    "example_translation": ("example sentence translation", "example translation", "translation of example"),
    "usage_hint": ("usage hint", "hint", "notes"),
    "frequency": ("frequency number", "frequency", "freq"),
    "hanja": ("hanja", "한자"),
    "tags": ("tags",),
}
DELIMITERS = (",", "\t", ";")
# A longer cell is no word-list cell: nearly always a quotation mark that never closes and swallows the rest.
MAX_CELL = 100_000
_PART = 1 << 16  # bytes decoded at once
# Control characters, soft hyphen, zero-width spaces, stray BOMs, marks of writing direction: text copied from web pages is
# full of them, and a word with one in it would look the same and be another headword.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)


@dataclass(frozen=True)
class ListFile:
    """A word list as it was found: its name, where it lay (a later version of it is known by that), its bytes."""

    name: str
    source: str
    data: bytes


@dataclass(frozen=True)
class ListRow:
    """One row: its 1-based number among the file's records (the header is row 1), its text, its known columns.

    ``extra_cells`` counts the cells with something in them beyond the header's; ``other`` holds the columns that are kept
    and not used.
    """

    row: int
    text: str
    values: dict[str, str]
    other: dict[str, str] = field(default_factory=dict)
    extra_cells: int = 0


def read_word_list(name: str, data: bytes) -> Iterator[ListRow]:
    """Yield the rows of one list, one by one; rows with nothing in them are skipped.

    Raises WordListError, naming the file, when it is empty, binary, in no known encoding, has no term column, a cell of
    more than ``MAX_CELL`` characters, a quotation mark without its partner (which would swallow the rows that follow), or,
    at the end, no word below the header. Some rows may have been read by then: nothing of such a list is to be kept.
    """
    encoding = _encoding(name, data)
    lines = (line for text in _lines(data, encoding) for line in text.splitlines())
    header_line = next((line for line in lines if line.strip()), "")
    if not header_line:
        raise WordListError(f"{name} is empty. {_EXPECTED} Nothing was imported.")
    delimiter = max(DELIMITERS, key=header_line.count)
    records = _records(name, _lines(data, encoding), delimiter)
    _, header = next(records, (0, []))
    columns = _known_columns(name, header)
    used = set(columns.values())
    titles = ["" if index in used else _title(header, index) for index in range(len(header))]
    empty = True
    for number, cells in records:
        empty = False
        yield _row(number, cells, titles, columns, delimiter)
    if empty:
        raise WordListError(f"{name} has a header but no words below it. Add rows and run again. Nothing was imported.")


_EXPECTED = (
    f"Expected a header row with a term column, one of: {', '.join(HEADERS['term'])} (see README, “Word lists”)."
)


def _encoding(name: str, data: bytes) -> str:
    """UTF-8 (with or without BOM), UTF-16 with BOM, or CP949/EUC-KR. A NUL in the text means a binary file."""
    has_bom = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if has_bom else ["utf-8-sig", "cp949"]:
        if _is_text(data, encoding):
            return encoding
    raise WordListError(
        f"{name} is not a text file in UTF-8, UTF-16 with BOM, or CP949/EUC-KR. Save it as “CSV UTF-8” and run again. "
        "Nothing was imported."
    )


def _is_text(data: bytes, encoding: str) -> bool:
    """Part by part: a long list is never held as one text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), _PART):
            if "\0" in decoder.decode(data[start : start + _PART]):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _lines(data: bytes, encoding: str) -> Iterator[str]:
    """The lines with their ends, all visible and in NFC (nothing composes across the end of a line)."""
    with io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="") as text:
        for line in text:
            yield unicodedata.normalize("NFC", _INVISIBLE.sub("", line))


def _records(name: str, lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (1-based record number, cells) of every record with something in it."""
    csv.field_size_limit(MAX_CELL)
    number = 0
    try:
        for cells in csv.reader(lines, delimiter=delimiter, strict=True):
            number += 1
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield number, stripped
    except csv.Error as error:
        raise WordListError(
            f"{name}, row {number + 1}: {error}. Look for a quotation mark that never closes, or one inside a quoted "
            "cell (write it twice). Nothing was imported."
        ) from error


def _known_columns(name: str, header: list[str]) -> dict[str, int]:
    """Map each known column to its index in the header; the term column must be there."""
    names = [" ".join(cell.lower().replace("_", " ").split()) for cell in header]
    columns = {
        column: names.index(match)
        for column, known in HEADERS.items()
        if (match := next((candidate for candidate in known if candidate in names), None)) is not None
    }
    if "term" not in columns:
        found = ", ".join(cell[:40] for cell in header[:20])
        raise WordListError(f"{name} has no term column. Found: {found}. {_EXPECTED} Nothing was imported.")
    return columns


def _title(header: list[str], index: int) -> str:
    """The name of a column that is kept and not used, with its number where the header gives none or gives it twice."""
    name = header[index]
    return name if name and header.count(name) == 1 else f"{name} (column {index + 1})".lstrip()


def _row(number: int, cells: list[str], titles: list[str], columns: dict[str, int], delimiter: str) -> ListRow:
    padded = cells + [""] * (len(titles) - len(cells))
    others = zip(titles, padded, strict=False)
    return ListRow(
        row=number,
        text=delimiter.join(cells),
        values={column: padded[index] for column, index in columns.items()},
        other={title: cell for title, cell in others if title and cell},
        extra_cells=sum(map(bool, cells[len(titles) :])),
    )
