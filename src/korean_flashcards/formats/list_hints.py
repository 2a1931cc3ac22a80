"""Use hints and notes as the meanings of a list that has no other meanings, as exports of reading programs do."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from korean_flashcards.formats.list_contents import Rows, cells_of, meanings, share
from korean_flashcards.formats.list_header_words import plain_header
from korean_flashcards.formats.list_headers import role_of

_MOST = 0.6  # of a column's cells, or of the rows
_NEARLY = 0.9


def hints_as_meanings(
    header: Sequence[str], rows: Rows, columns: Mapping[str, int], special: Collection[int]
) -> tuple[dict[str, int], tuple[int, ...]]:
    """Return ``columns`` with a definition if hints or notes look like meanings, and the columns that continue it.

    "hint 2" continues "hint 1", unless a column such as "hint 2 locale" says that it is in a different language.
    """
    if "definition" in columns:
        return dict(columns), ()
    names = [plain_header(name) for name in header]
    others = {index for column, index in columns.items() if column != "usage_hint"} | {*special}
    weak = [
        index for index, name in enumerate(header)
        if index not in others and role_of(name) == "usage_hint" and not names[index].startswith("usage")
    ]  # fmt: skip
    hints = [index for index in weak if "hint" in names[index]]
    for group in (hints, weak):
        found = [one for one in meanings(rows, columns["term"], group, least=2) if _says_more(rows, one)]
        if found:
            first = found[0]
            more = tuple(one for one in hints if first in hints and one > first and _is_same(rows, names, first, one))
            left = {column: index for column, index in columns.items() if index not in (first, *more)}
            rest = [index for index in weak if index not in ({first} if first not in hints else {*hints})]
            return left | {"definition": first} | ({"usage_hint": rest[0]} if rest else {}), more
    return dict(columns), ()


def _says_more(rows: Rows, index: int) -> bool:
    """Return whether the column has a different text for almost every word, as notes about some words do not."""
    cells = cells_of(rows, index)
    is_filled = len(cells) >= _MOST * len(rows) and len(set(cells)) >= _NEARLY * len(cells)
    return is_filled and share(rows, index, _is_free) >= _MOST


def _is_free(cell: str) -> bool:
    """Return whether the cell does not only name a level, a lesson, or the like, as notes often do."""
    return role_of(cell) is None


def _is_same(rows: Rows, names: Sequence[str], first: int, other: int) -> bool:
    """Return whether two columns are in the same language, as far as the list says."""
    return _locale(rows, names, first) == _locale(rows, names, other)


def _locale(rows: Rows, names: Sequence[str], index: int) -> str:
    name = f"{names[index]} locale"
    cells = cells_of(rows, names.index(name)) if name in names else []
    return Counter(cells).most_common(1)[0][0] if cells else ""
