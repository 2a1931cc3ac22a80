"""Split the rows of lists whose rows do not end with a line break, such as "고추,chili;무,radish;파,onion".

Flashcard programs let people choose the text between rows at export. Rows are split only if the text cannot be read in
any other way: each row must have the same structure.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.part_of_speech_names import standard_part_of_speech
from korean_flashcards.formats.list_encoding import ListText
from korean_flashcards.formats.list_headers import columns_in
from korean_flashcards.korean.hangul import has_hangul

_ROWS = (";;", "||", "//", ";", "|", "/", "&", "#", "~", "\t", ",", "、")
_CELLS = ("\t", ",", ";", "|")
# Between a word and its meaning, people also write these, but Korean text contains them, too: 이/가.
_WRITTEN = (" - ", " – ", " — ", "=", ":", "/")
_WORDS_ONLY = (";", "|", ",", "、")
# In a line of Korean text or of pairs with a single separator. Two parts may also be a word and its meaning.
_FEWEST_ROWS = 3
_LONGEST_WORD, _LONGEST_HEADER = 40, 1000  # characters
# In CSV, a quoted cell may contain any separator and line breaks. A link [[page|text]] contains separators, too.
_QUOTED_CELL = lazy_regex(r'(?:^|[,;\t|])\s*"|\[\[')
# Flashcard programs write a line between the sides of a card.
_RULE = lazy_regex(r"[-=_*?]+")
_LINES = 1000  # lines that show the structure

Split = Callable[[str], list[str]]


def separated_rows(text: ListText) -> tuple[ListText, list[str]]:
    """Return the text with one row per line, and sentences about the separator. Most texts are returned unchanged."""
    first = [line.strip("\n") for line in islice(text.lines(), _LINES)]
    filled = [line.strip() for line in first if line.strip()]
    if not filled or filled[0].startswith("#") or any(map(_QUOTED_CELL.search, filled)):
        return text, []
    if found := _row_split(filled):
        separator, split = found
        shown = "tabs" if separator == "\t" else f"“{separator}”"
        return _split(text, split), [f"The rows are separated by {shown}."]
    if len(first) < _LINES and (blocks := _blocks(first)):
        return text.with_lines(blocks), ["The rows are separated by empty lines."]
    return text, []


def _row_split(filled: Sequence[str]) -> tuple[str, Split] | None:
    """Return the separator and a function that splits a line, or None if each line is a row."""
    beginning = "".join(filled[:2])
    cells = [cell for cell in (*_CELLS, *_WRITTEN) if cell in beginning]
    for separator in (one for one in _ROWS if one in beginning):
        for cell in cells:
            if cell != separator and _has_rows(filled, separator, cell):
                return separator, partial(_records, separator=separator, cell=cell)
    if len(filled) == 1:
        for separators, split in ((_CELLS, _pairs), (_WORDS_ONLY, _words)):
            for separator in separators:
                if len(split(filled[0], separator)) >= _FEWEST_ROWS:
                    return separator, partial(split, separator=separator)
    return None


def _has_rows(filled: Sequence[str], separator: str, cell: str) -> bool:
    """Return whether each line ends with the separator, or each line but the header contains several rows."""
    if all(line.endswith(separator) for line in filled):
        return all(_records(line, separator, cell) for line in filled)
    lines = filled
    if len(filled) > 1 and _is_header(filled[0], cell):
        lines = filled[1:]
        if any(line.count(cell) == filled[0].count(cell) for line in lines):
            return False  # The line is a row with as many cells as the header.
    return all(len(_records(line, separator, cell)) > 1 for line in lines[:-1] or lines)


def _records(line: str, separator: str, cell: str) -> list[str]:
    """Return the rows in a line, or an empty list if they differ in structure: in each, one of two cells is Korean.

    A separator inside a meaning does not begin a row, because no cell delimiter follows it.
    """
    records: list[str] = []
    for piece in line.split(separator):
        if records and piece.strip() and cell not in piece:
            records[-1] += separator + piece
        elif piece.strip():
            records.append(piece.strip(" "))
    cells = [record.partition(cell) for record in records]
    if cells and _is_header(records[0], cell):
        del cells[0]
    words, meanings = [word for word, _, _ in cells], [meaning for _, _, meaning in cells]
    if not all(delimiter for _, delimiter, _ in cells):
        return []
    if all(map(has_hangul, words)):
        is_unclear = any(map(has_hangul, meanings)) and (cell in _WRITTEN or len(records) < _FEWEST_ROWS)
    else:
        is_unclear = any(map(has_hangul, words)) or not all(map(has_hangul, meanings)) or separator in "".join(meanings)
    if is_unclear:
        return []
    return [record.replace(cell, "\t", 1) for record in records] if cell in _WRITTEN else records


def _pairs(line: str, separator: str) -> list[str]:
    """Return rows of a word and its meaning if the same separator is between cells and between rows."""
    cells = [cell.strip() for cell in line.strip().strip(separator).split(separator)]
    words, meanings = cells[::2], cells[1::2]
    if len(words) != len(meanings) or not all(map(has_hangul, words)) or any(map(has_hangul, meanings)):
        return []
    return [f"{word}\t{meaning}" for word, meaning in zip(words, meanings, strict=True)] if all(meanings) else []


def _words(line: str, separator: str) -> list[str]:
    """Return rows of one word."""
    words = [word.strip() for word in line.split(separator) if word.strip()]
    has_header = _is_header("".join(words[:1]), separator)
    if not all(map(_is_word, words[has_header:])) or any(map(standard_part_of_speech, words)):
        return []
    return words if len(columns_in(words)) <= has_header else []


def _is_word(text: str) -> bool:
    return "가" <= text[0] <= "힣" and len(text) <= _LONGEST_WORD


def _is_header(line: str, delimiter: str) -> bool:
    """Return whether the line names the column for the words."""
    return len(line) <= _LONGEST_HEADER and "term" in columns_in([cell.strip() for cell in line.split(delimiter)])


def _split(text: ListText, split: Split) -> ListText:
    """Return the text with one row per line. Damage in a line counts for each of its rows."""
    rows: list[str] = []
    damaged: dict[int, str] = {}
    for number, line in enumerate(text.lines(), 1):
        for row in split(line.strip("\n")) or [line.strip("\n")]:
            rows.append(row)
            if number in text.damaged:
                damaged[len(rows)] = text.damaged[number]
    return text.with_lines(rows, damaged)


def _blocks(lines: Sequence[str]) -> list[str]:
    """Return the lines of a text whose rows are blocks between empty lines, with each row on its block's first line.

    Either the other lines of a block are its meaning, or the first line has a tab, and the others continue its last cell.
    Return an empty list if the text has no such blocks.
    """
    rows: list[str] = []
    blocks: list[list[str]] = []
    for before, line in zip(["", *lines], lines, strict=False):
        if line.strip() and not before.strip():
            blocks.append([])
        if line.strip():
            blocks[-1].append(line)
    has_tab = any("\t" in line for line in lines)
    if len(blocks) < 2 or not all(_is_block(block, has_tab) for block in blocks) or max(map(len, blocks)) < 2:
        return []
    remaining: Iterator[list[str]] = iter(blocks)
    for before, line in zip(["", *lines], lines, strict=False):
        rows.append(_joined(next(remaining), has_tab) if line.strip() and not before.strip() else "")
    return rows


def _is_block(block: Sequence[str], has_tab: bool) -> bool:
    first, *others = block
    if not has_hangul(first) or any("\t" in line for line in others):
        return False
    return "\t" in first if has_tab else bool(others) and not any(map(has_hangul, others))


def _joined(block: Sequence[str], has_tab: bool) -> str:
    first, *others = block
    others = [line for line in others if not _RULE.fullmatch(line.strip())] or others
    return " ".join(block) if has_tab else f"{first}\t{' '.join(others)}"
