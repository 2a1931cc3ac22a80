"""Lay out text in 80 columns: wrapped lines, labeled values, and headings."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from korean_flashcards.commands.terminal import safe, table
from korean_flashcards.domain.line_wrap import COLUMNS, pieces_of, width, wrapped_lines

_LABEL = 20  # width of a label in columns
_CELL = range(8, 61)  # possible widths of a table's widest cell
_NARROW = 44  # maximum width of a table to the left of its wrapping column


def wrapped(text: Any, indent: int = 2, hanging: int = 0) -> Iterator[str]:
    """Yield one paragraph as lines of at most 80 columns. Indent all lines after the first by ``hanging`` more columns.

    A command in backticks stays on one line if it fits. A word longer than a line, such as a Korean sentence without
    spaces, is broken.
    """
    pieces = [part for piece in pieces_of(safe(text)) for part in _fitting(piece, COLUMNS - indent - hanging)]
    yield from wrapped_lines(pieces, " " * indent, indent + hanging)


def labeled(name: str, value: Any, indent: int = 2, label: int = _LABEL) -> Iterator[str]:
    """Yield a label and its value as lines, or nothing if there is no value."""
    if value in (None, "", []):
        return
    beside = indent + label + 1
    head, lines = f"{' ' * indent}{name.replace('_', ' ')}", list(wrapped(value, beside))
    if len(head) < beside:
        lines[0] = f"{head:<{beside}}{lines[0][beside:]}"
    else:
        yield head
    yield from lines


def headed(title: str, lines: Iterator[str]) -> Iterator[str]:
    """Yield a section: an empty line, the title, and the lines."""
    yield ""
    yield title
    yield from lines


def fitted_table(headers: Sequence[str], rows: Iterable[Sequence[Any]], columns: int = COLUMNS) -> str:
    """Return a table at most ``columns`` wide. The longest cells are truncated and end with "…"."""
    rows = list(rows)

    def breadth(longest: int) -> int:
        return max(map(width, table(headers, rows, longest).split("\n")))

    fitting = bisect_right(_CELL, columns, key=breadth)
    return table(headers, rows, _CELL[max(fitting - 1, 0)])


def detailed_table(
    headers: Sequence[str], rows: Iterable[Sequence[Any]], details: Iterable[Sequence[str]]
) -> Iterator[str]:
    """Yield an 80-column table with each row's details below the row, as indented paragraphs."""
    head, *lines = fitted_table(headers, rows).split("\n")
    yield head
    for line, paragraphs in zip(lines, details, strict=True):
        yield line
        for paragraph in paragraphs:
            yield from wrapped(paragraph, indent=4)


def hanging_table(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield an 80-column table whose last column wraps. The cells in the last column are sequences of paragraphs."""
    rows = list(rows)
    lines = fitted_table(headers[:-1], [row[:-1] for row in rows], _NARROW).split("\n")
    indent = max(map(width, lines)) + 2
    for line, paragraphs in zip(lines, [[headers[-1]], *(row[-1] for row in rows)], strict=True):
        first, *more = [part for paragraph in paragraphs for part in wrapped(paragraph, indent)]
        yield f"{line}{' ' * (indent - width(line))}{first[indent:]}".rstrip()
        yield from more


def _fitting(piece: str, longest: int) -> Iterator[str]:
    """Yield a command or word unchanged if it fits on a line. Otherwise, yield its words, broken where necessary."""
    if width(piece) <= longest:
        yield piece
    else:
        for word in piece.split():
            yield from _pieces(word, longest)


def _pieces(word: str, longest: int) -> Iterator[str]:
    piece = ""
    for sign in word:
        if width(piece) + width(sign) > longest:
            yield piece
            piece = ""
        piece += sign
    yield piece
