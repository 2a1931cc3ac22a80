"""Split cells with more than one value: a row number before the word, or a part of speech beside a word or a meaning."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.part_of_speech_names import standard_part_of_speech
from korean_flashcards.formats.list_contents import Rows, cells_of
from korean_flashcards.formats.list_headers import role_of
from korean_flashcards.formats.list_records import Record
from korean_flashcards.formats.note_lines import is_page_header

ROW_NUMBER = "row_number"
_WARNING = (ROW_NUMBER, "the row number before the word was left out")
_FEWEST_NUMBERS = 3
_FEWEST_NAMES = 2
_MOST_NUMBERED = 0.75  # of the cells
_MOST_NAMED = 0.85  # of the meanings. Not every word has its part of speech in the cell.
_DISTINCT = 0.6  # of the meanings
_LARGEST_STEP = 3  # between the numbers of two rows
_NUMBERED = lazy_regex(r"(\d{1,5})\s+(?=[가-힣~～(\-])")
_WORD_AND_NAME = lazy_regex(r"(.*[가-힣)\]])\s+([(\[]?(?:[가-힣·/]+|[A-Za-z./]+\.)[)\]]?)")
_NAME_AND_REST = lazy_regex(
    r"(?:[(\[<]([A-Za-z가-힣./, ]{1,30})[)\]>]|([A-Za-z]+\.(?:[A-Za-z]\.)?|[A-Za-z]+|[가-힣]{2,4}))[:：]?\s+(\S.*)",
    re.DOTALL,
)
_IN_BRACKETS = lazy_regex(r"\([^()]*\)|\[[^\[\]]*\]")
# A meaning may begin with any other name of a part of speech by chance: "number five", "counter for books".
_USUAL = lazy_regex(
    r"nouns?|verbs?|adjectives?|adverbs?|명사|동사|형용사|부사|(?:n|v|vi|vt|adj|adv)\.?|[a-z]+\.(?:[a-z]\.)?", re.I
)
_HEADER = "part of speech"


@dataclass(frozen=True)
class CellParts:
    """The cells that are split in each row of a list.

    Attributes:
        numbered: The columns whose cells begin with the number of the row.
        named: The column whose cells contain a part of speech, or None. It becomes the column after this one.
        is_first: Whether the part of speech is before the other text.
        header: The name of this column, or an empty string.
    """

    numbered: frozenset[int] = frozenset()
    named: int | None = None
    is_first: bool = False
    header: str = ""

    def split(self, record: Record) -> Record:
        """Return the record with the parts in different cells, and a warning about its row number."""
        cells = self.cells(record.cells)
        has_number = any(_NUMBERED.match(cell) for index, cell in enumerate(record.cells) if index in self.numbered)
        return record._replace(cells=cells, warnings=(*record.warnings, _WARNING) if has_number else record.warnings)

    def cells(self, cells: Sequence[str]) -> list[str]:
        """Return the cells of a row after splitting."""
        bare = [_NUMBERED.sub("", cell, 1) if index in self.numbered else cell for index, cell in enumerate(cells)]
        if self.named is None or self.named >= len(bare):
            return bare
        cell = bare[self.named]
        parts = (_name_and_rest(cell) if self.is_first else _word_and_name(cell)) or (
            cell, _HEADER if cell and cell == self.header else ""
        )  # fmt: skip
        return [*bare[: self.named], *parts, *bare[self.named + 1 :]]

    def notes(self) -> Iterator[str]:
        """Yield sentences about the columns that are split."""
        if self.named is not None:
            yield f"Parts of speech in column {self.named + 1} were read separately."


def cell_parts(rows: Rows) -> CellParts:
    """Return how to split the cells of a list that begins with these rows. Most lists are not split."""
    rows = [row for row in rows if not any(map(is_page_header, row))]
    width = max(map(len, rows), default=0)
    numbered = frozenset(index for index in range(width) if _are_numbered(cells_of(rows, index)))
    bare = [CellParts(numbered).cells(row) for row in rows]
    for index in range(width):
        cells = cells_of(bare, index)
        header = cells[0] if cells and role_of(cells[0]) else ""
        if header and role_of(header) == "pos":
            continue
        values = cells[bool(header) :]
        if _have_names_last(values):
            return CellParts(numbered, index, False, header)
        if _have_names_first(values):
            return CellParts(numbered, index, True, header)
    return CellParts(numbered)


def _are_numbered(cells: Sequence[str]) -> bool:
    """Return whether most cells begin with a number, and the numbers are those of rows: 1, 2, 3, maybe several times.

    In "1 시간", "2 시간", the numbers belong to the words.
    """
    found = [number for cell in cells if (number := _NUMBERED.match(cell))]
    if len(found) < _FEWEST_NUMBERS or len(found) < _MOST_NUMBERED * len(cells):
        return False
    steps = [(int(one[1]), int(other[1])) for one, other in pairwise(found)]
    rising = sum(0 < other - one <= _LARGEST_STEP or other == 1 < one for one, other in steps)
    texts = {number.string[number.end() :] for number in found}
    return rising >= 0.9 * len(steps) and len(texts) >= 0.8 * len(found)


def _have_names_last(cells: Sequence[str]) -> bool:
    """Return whether most cells end with a part of speech. A single syllable may also count: "한 명", "두 명"."""
    found = [*filter(None, map(_word_and_name, cells))]
    names = {name for _, name in found}
    are_counted = max(map(len, names), default=0) == 1 and (
        len(names) == 1 or sum(len(word) > 1 for word, _ in found) * 2 <= len(found)
    )
    return len(found) >= _FEWEST_NAMES and len(found) * 2 > len(cells) and not are_counted


def _have_names_first(cells: Sequence[str]) -> bool:
    found = [*filter(None, map(_name_and_rest, cells))]
    usual = sum(_USUAL.fullmatch(name) is not None for _, name in found)
    varied = len({rest for rest, _ in found})
    return (
        len(found) >= max(_FEWEST_NAMES, _MOST_NAMED * len(cells))
        and usual * 2 > len(found)
        and varied >= _DISTINCT * len(found)
    )


def _word_and_name(cell: str) -> tuple[str, str] | None:
    """Return a word and the part of speech after it: "가게 명사"."""
    found = _WORD_AND_NAME.fullmatch(cell)
    return (found[1], found[2].strip("()[]")) if found and standard_part_of_speech(found[2]) else None


def _name_and_rest(cell: str) -> tuple[str, str] | None:
    """Return the text after a part of speech, and the part of speech: "noun umbrella". "noun phrase" is only a name."""
    found = _NAME_AND_REST.fullmatch(cell)
    if not found or not standard_part_of_speech(found[1] or found[2]):
        return None
    rest = found[3].strip()
    is_text = any(map(str.isalpha, _IN_BRACKETS.sub("", rest))) and not standard_part_of_speech(rest)
    return (rest, found[1] or found[2]) if is_text else None
