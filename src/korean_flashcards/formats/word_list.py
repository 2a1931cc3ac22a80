"""A word list's bytes → rows under the project's column names, values still as written (NFC, trimmed, all visible).

What is accepted is fixed by the README, "Word lists": encodings, delimiters, header names.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from korean_flashcards.errors import WordListError

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
# Control characters, soft hyphen, zero-width spaces, stray BOMs: text copied from web pages is full of them, and a word
# with one in it would look the same and be another headword.
_INVISIBLE = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0), 0xAD, 0x200B, 0x2060, 0xFEFF} - {*map(ord, "\t\n\r")})


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


def read_word_list(name: str, data: bytes) -> list[ListRow]:
    """Return the rows of one list; rows with nothing in them are skipped.

    Raises WordListError, naming the file, when it is empty, binary, in no known encoding, has no term column, no word
    below the header, a cell of more than ``MAX_CELL`` characters, or a quotation mark without its partner (which would
    swallow the rows that follow).
    """
    text = unicodedata.normalize("NFC", _decode(name, data).translate(_INVISIBLE))
    header_line = next((line for line in text.splitlines() if line.strip()), "")
    if not header_line:
        raise WordListError(f"{name} is empty. {_EXPECTED} Nothing was imported.")
    delimiter = max(DELIMITERS, key=header_line.count)
    records = _records(name, text, delimiter)
    _, header = next(records, (0, []))
    columns = _known_columns(name, header)
    titles = [_title(header, index) for index in range(len(header))]
    rows = [_row(number, cells, titles, columns, delimiter) for number, cells in records]
    if not rows:
        raise WordListError(f"{name} has a header but no words below it. Add rows and run again. Nothing was imported.")
    return rows


_EXPECTED = (
    f"Expected a header row with a term column, one of: {', '.join(HEADERS['term'])} (see README, “Word lists”)."
)


def _decode(name: str, data: bytes) -> str:
    """UTF-8 (with or without BOM), UTF-16 with BOM, or CP949/EUC-KR. A NUL in the text means a binary file."""
    has_bom = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if has_bom else ["utf-8-sig", "cp949"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise WordListError(
        f"{name} is not a text file in UTF-8, UTF-16 with BOM, or CP949/EUC-KR. Save it as “CSV UTF-8” and run again. "
        "Nothing was imported."
    )


def _records(name: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (1-based record number, cells) of every record with something in it."""
    csv.field_size_limit(MAX_CELL)
    number = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            number += 1
            if any(cell.strip() for cell in cells):
                yield number, [cell.strip() for cell in cells]
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
    """The name of a column, with its number where the header gives none or gives it twice."""
    name = header[index]
    return name if name and header.count(name) == 1 else f"{name} (column {index + 1})".lstrip()


def _row(number: int, cells: list[str], titles: list[str], columns: dict[str, int], delimiter: str) -> ListRow:
    padded = cells + [""] * (len(titles) - len(cells))
    used = set(columns.values())
    return ListRow(
        row=number,
        text=delimiter.join(cells),
        values={column: padded[index] for column, index in columns.items()},
        other={title: padded[i] for i, title in enumerate(titles) if i not in used and padded[i]},
        extra_cells=sum(map(bool, cells[len(titles) :])),
    )
