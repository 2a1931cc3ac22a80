"""Split the text of a word list into records of cells, and find the delimiter between the cells."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.formats.list_encoding import ListText
from korean_flashcards.formats.list_header_row import HEADER_ROWS, known_columns
from korean_flashcards.korean.hangul import has_hangul

DELIMITERS = (",", "\t", ";", "|")
# People also write "우산 - umbrella" and "우산: umbrella". Such a line has two cells.
_WRITTEN = (" = ", " : ", ": ", "：", "::", " → ", " ⇒ ", " -> ", " => ", " >> ")
_DASHES = (" - ", " – ", " — ", " ― ", " − ", " -- ")
_DASH = lazy_regex(r"\s+(?:--|[-–—―−])\s+")
# "우산 umbrella": Hangul, then text without Hangul.
_GLOSS = "  "
_BEFORE_GLOSS = lazy_regex(r"(?<=[가-힣)])\s+(?:(?:--|[-–—―−=:]|[.…·]{2,})\s+)?(?=[^\s가-힣()][^가-힣]*$)")
# The text contains no control characters, so that each line is one cell.
ONE_CELL = "\x1f"
# A longer cell is an error, almost always caused by an unclosed quotation mark.
MAX_CELL = 100_000
_LONGEST_HEADER = 5_000  # characters
_QUOTED = lazy_regex(r'"(?:[^"]|"")*"|\([^()]*\)|\[\[[^\[\]]*\]\]')


class Record(NamedTuple):
    """A nonempty record: its number in the file (from 1), its cells, what is damaged in it, and warnings about it."""

    number: int
    cells: list[str]
    damage: str | None = None
    warnings: tuple[tuple[str, str], ...] = ()


def delimiter_of(lines: Sequence[str]) -> str:
    """Return the delimiter of a list that begins with these lines."""
    filled = [line for line in lines if line.strip()]
    known = [{one: _known_columns(line, one) for one in DELIMITERS} for line in filled[:HEADER_ROWS]]
    for line, found in sorted(zip(filled, known, strict=False), key=lambda pair: max(pair[1].values()) < 2):
        if max(found.values()) > (line is not filled[0]):
            return max(DELIMITERS, key=lambda one: (found[one], _QUOTED.sub("", line).count(one)))
    return _delimiter_of_rows(filled)


def _known_columns(header: str, delimiter: str) -> int:
    """Return the number of known columns in a header, or 0 if there is none for the words."""
    if len(header) > _LONGEST_HEADER:
        return 0
    columns = known_columns(next(csv.reader([header], delimiter=delimiter), []))
    return len(columns) if "term" in columns else 0


def _delimiter_of_rows(lines: Sequence[str]) -> str:
    """Return the delimiter that most lines contain, or the first in a line if several are in most lines."""
    found: Counter[str] = Counter()
    for line in lines:
        bare = _QUOTED.sub("", line)
        found.update(delimiter for delimiter in DELIMITERS if delimiter in bare)
    usual = [delimiter for delimiter in DELIMITERS if found[delimiter] * 2 > len(lines)]
    if usual:
        first = Counter(
            min((line.find(one), one) for one in usual if one in line)[1] for line in lines if _any(usual, line)
        )
        return first.most_common(1)[0][0]
    # People mix the dashes in one list. The usual one replaces the others.
    if sum(_is_pair(_DASH.split(line.strip(), maxsplit=1)) for line in lines) * 2 > len(lines):
        return max(_DASHES, key=lambda dash: sum(dash in line for line in lines))
    for delimiter in _WRITTEN:
        if sum(_is_pair(line.split(delimiter, 1)) for line in lines) * 2 > len(lines):
            return delimiter
    if sum(bool(_BEFORE_GLOSS.search(line)) for line in lines) * 2 > len(lines):
        return _GLOSS
    return max(DELIMITERS, key=found.__getitem__) if not any(map(has_hangul, lines[:1])) else ONE_CELL


def _any(delimiters: Iterable[str], line: str) -> bool:
    return any(delimiter in line for delimiter in delimiters)


def _is_pair(parts: Sequence[str]) -> bool:
    """Return whether there are two texts, and only one of them contains Hangul."""
    return len(parts) == 2 and all(map(str.strip, parts)) and has_hangul(parts[0]) != has_hangul(parts[1])


def _parts(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line where a delimiter with more than one character separates the word and its meaning."""
    if delimiter == _GLOSS:
        return _BEFORE_GLOSS.split(line, maxsplit=1)
    return _DASH.split(line.strip(), maxsplit=1) if delimiter in _DASHES else line.split(delimiter, 1)


def records_of(name: str, text: ListText, skipped: int, delimiter: str) -> Iterator[Record]:
    """Yield every nonempty record after the first ``skipped`` lines, which count as records.

    Raises:
        WordListError: The text is not valid CSV.
    """
    lines = text.lines()
    for _ in range(skipped):
        next(lines)
    csv.field_size_limit(MAX_CELL)
    number = skipped
    first_line = skipped + 1
    try:
        reader = csv.reader(lines, delimiter=delimiter, strict=True) if len(delimiter) == 1 else None
        for cells in reader or (_parts(line, delimiter) for line in lines):
            number += 1
            last_line = skipped + reader.line_num if reader else number
            damaged = [text.damaged[line] for line in range(first_line, last_line + 1) if line in text.damaged]
            first_line = last_line + 1
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield Record(number, stripped, "; ".join(dict.fromkeys(damaged)) or None)
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
