"""Split lists with several blocks of columns side by side, such as "word, meaning" and again "word, meaning"."""

from collections.abc import Iterator, Sequence

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.part_of_speech_names import standard_part_of_speech
from korean_flashcards.formats.list_contents import Rows, cells_of, is_korean, share
from korean_flashcards.formats.list_records import Record
from korean_flashcards.korean.hangul import has_hangul

_FEWEST = 4  # columns of two blocks
_FEWEST_ROWS = 2
_FEWEST_WORDS = 3  # columns of words without meanings
_WORD = lazy_regex("[가-힣]{1,10}")
_FILLED = 0.7  # of the cells
_FEW = 0.3  # of the rows


def blocks_of(records: Sequence[Record], header: Sequence[str], term: int) -> Iterator[tuple[str, list[Record]]]:
    """Yield the name and the records of each block, from left to right, or nothing if the columns are not repeated.

    Args:
        records: The list's records. Those of the blocks keep their numbers.
        header: The names of the columns.
        term: The column for the words of the first block.
    """
    terms = [index for index, name in enumerate(header) if name == header[term]]
    first = next(index for index, name in enumerate(header) if name)
    starts = [index - term + first for index in terms]
    spans = [*zip(starts, [*starts[1:], len(header)], strict=True)]
    names = [[*filter(None, header[start:end])] for start, end in spans]
    if len(names) < 2 or len(names[0]) < 2 or any(one != names[0] for one in names[1:]):
        return
    for start, end in spans:
        last = max(index for index in range(start, end) if header[index]) + 1
        cut = (record._replace(cells=record.cells[start:last]) for record in records)
        yield f"columns {start + 1}–{last}", [record for record in cut if any(record.cells)]


def repeated_pairs(rows: Rows) -> list[str]:
    """Return names for the columns of a list without a header if its rows are "word, meaning, word, meaning", or [].

    Each word differs from row to row, so that the second is not a topic, and no word contains a space, as examples do.
    """
    width = max(map(len, rows), default=0)
    filled = [index for index in range(width) if cells_of(rows, index)]
    words, meanings = filled[::2], filled[1::2]
    if len(filled) < _FEWEST or len(filled) % 2 or filled[0] or len(rows) < _FEWEST_ROWS:
        return []
    are_words = all(share(rows, index, is_korean) == 1 and _vary(rows, index) for index in words)
    are_meanings = all(share(rows, index, has_hangul) == 0 and share(rows, index, _is_text) == 1 for index in meanings)
    cells = [cell for index in words for cell in cells_of(rows, index)]
    are_short = not any(" " in cell for cell in cells)
    if not (are_words and are_meanings and are_short) or len(set(cells)) < len(cells):
        return []
    return ["" if index not in filled else "word" if index in words else "meaning" for index in range(width)]


def columns_of_words(rows: Rows) -> list[int]:
    """Return the columns of a list without a header if all of its cells are different words, in at least three columns.

    Two columns may also be a word and its synonym, and words that begin like the first are its forms.
    """
    columns = [cells for index in range(max(map(len, rows), default=0)) if (cells := cells_of(rows, index))]
    cells = [cell for column in columns for cell in column]
    if len(columns) < _FEWEST_WORDS or len(rows) < _FEWEST_ROWS or len(set(cells)) < len(cells):
        return []
    if not all(map(_WORD.fullmatch, cells)) or len(cells) < _FILLED * len(columns) * len(rows):
        return []
    are_forms = sum(any(cell[:1] == row[0][:1] for cell in row[1:]) for row in rows) > _FEW * len(rows)
    is_named = any(share(rows, index, standard_part_of_speech) > _FEW for index in range(len(columns)))
    return [] if are_forms or is_named else [*range(len(columns))]


def single_columns(records: Sequence[Record], columns: Sequence[int]) -> Iterator[tuple[str, list[Record]]]:
    """Yield the name and the records of each column, from left to right. The records keep their numbers."""
    for index in columns:
        cut = (record._replace(cells=record.cells[index : index + 1]) for record in records)
        yield f"column {index + 1}", [record for record in cut if any(record.cells)]


def _vary(rows: Rows, index: int) -> bool:
    cells = cells_of(rows, index)
    return len(set(cells)) == len(cells) > len(rows) / 2 and share(rows, index, standard_part_of_speech) <= 0.5


def _is_text(cell: str) -> bool:
    return any(map(str.isalpha, cell)) and not standard_part_of_speech(cell)
