"""Find the header of a word list below its title, notes, and download dates."""

import re
from collections.abc import Sequence

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.formats.list_contents import cells_of, share
from korean_flashcards.formats.list_headers import UNUSED, exact_columns, is_translated_name, rejoined, role_of
from korean_flashcards.korean.hangul import has_hangul

HEADER_ROWS = 15  # records or lines among which the header is sought

Cells = Sequence[str]
_BEGUN = lazy_regex(r"[^가-힣]*[A-Za-z)][^가-힣]*[;,/(]", re.DOTALL)


def header_row(records: Sequence[Cells], is_export: bool = False) -> int | None:
    """Return the index of the header, or None if no record is a header.

    The records above it are titles. They are shorter than the header, or they do not contain Korean words. An export
    from Anki has no titles, and only known names are its header.
    """
    for index, cells in enumerate(records[: 1 if is_export else HEADER_ROWS]):
        rows = records[index + 1 :]
        if _is_header(cells, rows, first=index == 0) and not _begin_with_words(records[:index], cells):
            return index if is_export else _last_of(records, index)
    return None if is_export else _unknown_header(records)


def is_begun(cells: Sequence[str]) -> bool:
    """Return whether the only cell of a record is the beginning of a meaning that the next line continues: "rice;"."""
    return len(cells) == 1 and _BEGUN.fullmatch(cells[0]) is not None


def known_columns(cells: Cells) -> set[str]:
    """Return the columns that the cells name if they are a header, including ``UNUSED``."""
    return {role for cell in rejoined(cells) if (role := role_of(cell))}


def _is_header(cells: Cells, rows: Sequence[Cells], first: bool) -> bool:
    """Return whether the cells are names of columns. The first record needs fewer known names than the others."""
    roles = [role_of(cell) for cell in cells]
    known = set(filter(None, roles))
    words = [cell for cell, role in zip(cells, roles, strict=True) if role is None and has_hangul(cell)]
    if "term" in known and len(known) > 1:
        if _is_row(cells, roles, rows):
            return False
        # Google Translate saves rows such as "English,Korean,umbrella,우산", without a header.
        return not words or not rows or share(rows, roles.index("term"), has_hangul) > 0
    if "term" in known:
        is_title = sum(map(bool, cells)) == 1 and bool(rows) and _is_foreign(rows[0])
        exact = exact_columns(cells).get("term")
        is_only = not words or (exact is not None and share(rows, exact, has_hangul) > 0)
        return first and is_only and not is_title and not _is_translated(cells, roles, rows)
    if words:
        return first and any(_differs(cell, roles[index], rows, index) for index, cell in enumerate(cells))
    return len(known - {UNUSED}) > (1 if first else 2)


def _is_translated(cells: Cells, roles: Sequence[str | None], rows: Sequence[Cells]) -> bool:
    """Return whether the cells are a word and its translation, such as "단어,word"."""
    terms = [index for index, role in enumerate(roles) if role == "term"]
    foreign = [index for index in terms if not has_hangul(cells[index]) and share(rows, index, has_hangul) == 0]
    return bool(foreign) and any(has_hangul(cells[index]) for index in terms)


def _is_row(cells: Cells, roles: Sequence[str | None], rows: Sequence[Cells]) -> bool:
    """Return whether the cells are a word and its meaning that happen to be names: "한국어,Korean language".

    The meaning names the same thing, or no column in use and the rows below are such names, too.
    """
    if len(cells) != 2 or has_hangul(cells[0]) == has_hangul(cells[1]) or roles.count(UNUSED) != 1:
        return False
    if is_translated_name(cells):
        return True
    near = rows[:3]
    return bool(near) and sum(all(map(role_of, row)) for row in near) * 2 > len(near)


def _differs(cell: str, role: str | None, rows: Sequence[Cells], index: int) -> bool:
    """Return whether the cell is a known name in Korean above a column in another language."""
    return (
        role is not None and has_hangul(cell) and bool(cells_of(rows, index)) and share(rows, index, has_hangul) < 0.2
    )


def _begin_with_words(above: Sequence[Cells], header: Cells) -> bool:
    """Return whether the records above a header are words, because several lists were joined."""
    least = min(sum(map(bool, header)), 3)
    return any(_is_word(cells) and sum(map(_is_text, cells)) >= least for cells in above)


def _is_word(cells: Cells) -> bool:
    """Return whether a cell is Korean, and the others, if any, are in another language."""
    texts = [*filter(_is_text, cells)]
    return any(map(has_hangul, texts)) and (len(texts) < 2 or not all(map(has_hangul, texts)))


def _last_of(records: Sequence[Cells], index: int) -> int:
    """Return the index of the best of the headers that follow each other: "Korean, English" may be a title."""
    while index + 1 < len(records) and _names(records[index + 1]) > _names(records[index]):
        index += 1
    return index


def _names(cells: Cells) -> tuple[int, int]:
    """Return how many of the project's columns the cells name, and how many columns if those in no use count."""
    known = known_columns(cells)
    return len(known - {UNUSED}), len(known)


def _unknown_header(records: Sequence[Cells]) -> int | None:
    """Return the index of a header with unknown names, which has no Hangul and is followed by rows with Hangul.

    In a list with several columns, titles of one cell may be above it.
    """
    wide = sum(sum(map(bool, cells)) > 1 for cells in records) * 2 > len(records)
    start = next((index for index, cells in enumerate(records) if sum(map(bool, cells)) > 1), 0) if wide else 0
    # A word without a meaning is not a title. Names of columns contain letters.
    for index in (start, 0) if start < HEADER_ROWS and all(map(_is_text, filter(None, records[start]))) else (0,):
        korean = any(has_hangul(cell) for row in records[index + 1 :] for cell in row)
        if korean and not any(map(has_hangul, records[index])) and not is_begun(records[index]):
            return index
    return None


def _is_foreign(cells: Cells) -> bool:
    """Return whether the cells may be names of columns in another language."""
    filled = [*filter(None, cells)]
    return len(filled) > 1 and all(map(_is_text, filled)) and not any(map(has_hangul, filled))


def _is_text(cell: str) -> bool:
    return any(map(str.isalpha, cell))
