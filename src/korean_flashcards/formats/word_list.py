"""Parse word lists into rows with the project's column names.

Values are trimmed and normalized to NFC, and invisible characters are removed. Values are not interpreted. The word
list reference specifies the accepted encodings, delimiters, and header names.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from korean_flashcards.domain.errors import WordListError

# The known headers for each column, in lowercase with spaces instead of underscores. The first header found is used.
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
# A longer cell is an error, almost always caused by an unclosed quotation mark.
MAX_CELL = 100_000
_PART = 1 << 16  # bytes to decode at once
# Control characters, soft hyphens, zero-width spaces, stray BOMs and direction marks. Text copied from web pages often
# contains these characters. A word with one of them would look the same but be a different headword.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)


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
        row: The row number in the file. The header is row 1.
        text: The cells, joined with the delimiter.
        values: The values in known columns, keyed by the project's column name.
        other: The values in other columns, keyed by header. The project stores these values but does not use them.
        extra_cells: The number of nonempty cells beyond the last header.
    """

    row: int
    text: str
    values: dict[str, str]
    other: dict[str, str] = field(default_factory=dict)
    extra_cells: int = 0


def read_word_list(name: str, data: bytes) -> Iterator[ListRow]:
    """Yield the rows in a word list. Empty rows are skipped.

    Some rows may be yielded before an error is raised. If an error is raised, discard all of the list's rows.

    Raises:
        WordListError: The file is empty, binary, or in an unknown encoding; it has no column for words or no rows; or
            it is not valid CSV. An unclosed quotation mark and a cell with more than ``MAX_CELL`` characters also raise
            this error.
    """
    encoding = _encoding(name, data)
    lines = (line for text in _lines(data, encoding) for line in text.splitlines())
    header_line = next((line for line in lines if line.strip()), "")
    if not header_line:
        raise WordListError(f"{name} is empty. {_EXPECTED} Nothing from this list was imported.")
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
        raise WordListError(
            f"{name} has a header but no rows. Add rows and run the command again. Nothing from this list was imported."
        )


_EXPECTED = f"The first row must name the column for the words, using one of these names: {', '.join(HEADERS['term'])}."


def _encoding(name: str, data: bytes) -> str:
    """Return the encoding: UTF-8 with or without a BOM, UTF-16 with a BOM, or CP949/EUC-KR.

    A file that contains NUL characters is treated as binary.
    """
    has_bom = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if has_bom else ["utf-8-sig", "cp949"]:
        if _is_text(data, encoding):
            return encoding
    raise WordListError(
        f"{name} is not a text file in UTF-8, UTF-16 with a BOM, or CP949/EUC-KR. Save it as “CSV UTF-8” and run the "
        "command again. Nothing from this list was imported."
    )


def _is_text(data: bytes, encoding: str) -> bool:
    """Return whether the data is text in this encoding. The data is decoded in chunks to limit memory use."""
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
    """Yield the lines with their line endings, in NFC and without invisible characters.

    Lines can be normalized separately because characters never combine across line endings.
    """
    with io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="") as text:
        for line in text:
            yield unicodedata.normalize("NFC", _INVISIBLE.sub("", line))


def _records(name: str, lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number (from 1) and the cells of every nonempty record."""
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
            f"{name}, row {number + 1}: {_csv_problem(error)}. Close every quotation mark, and double any quotation mark "
            "inside a quoted cell. "
            "Nothing from this list was imported."
        ) from error


def _csv_problem(error: csv.Error) -> str:
    """Return a plain-English description of the CSV reader's error."""
    problem = str(error)
    if "field limit" in problem:
        return f"a cell has more than {MAX_CELL:,} characters, probably because a quotation mark is not closed"
    if "end of data" in problem:
        return "a quotation mark is not closed"
    if "expected after" in problem:
        return "a cell has text after its closing quotation mark"
    return "the row is not valid CSV"


def _known_columns(name: str, header: list[str]) -> dict[str, int]:
    """Return the index of each known column in the header.

    Raises:
        WordListError: The header has no column for words.
    """
    names = [" ".join(cell.lower().replace("_", " ").split()) for cell in header]
    columns = {
        column: names.index(match)
        for column, known in HEADERS.items()
        if (match := next((candidate for candidate in known if candidate in names), None)) is not None
    }
    if "term" not in columns:
        found = ", ".join(cell[:40] for cell in header[:20])
        raise WordListError(
            f"{name} has no column for words. Found: {found}. {_EXPECTED} Nothing from this list was imported."
        )
    return columns


def _title(header: list[str], index: int) -> str:
    """Return the name of an unused column. If the name is missing or repeated, the column number is added."""
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
