"""Wrap text at 80 columns of a terminal, where Hangul and hanja take two columns."""

import re
import unicodedata
from collections.abc import Iterator

COLUMNS = 80
# A command in backticks is one piece, so that it can be copied from one line.
_PIECE = re.compile(r"\S*`[^`]*`\S*|\S+")


def width(text: str) -> int:
    """Return how many terminal columns a text takes: 2 for Hangul and hanja, 0 for combining marks, 1 for the rest."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def wrapped(text: str, head: str = "") -> str:
    """Return ``head`` and ``text`` in lines of at most 80 columns, each indented to the width of ``head``.

    A command in backticks, or a word longer than a line, is not broken.
    """
    return "\n".join(wrapped_lines(pieces_of(text), head, width(head)))


def pieces_of(text: str) -> list[str]:
    """Return the parts of a text that stay on one line: words and commands in backticks."""
    return _PIECE.findall(text)


def wrapped_lines(pieces: list[str], head: str, indent: int) -> Iterator[str]:
    """Yield the pieces in lines of at most 80 columns. The first line begins with ``head``, the others are indented."""
    line, empty = head, True
    for piece in pieces:
        if not empty and width(line) + 1 + width(piece) > COLUMNS:
            yield line
            line, empty = " " * indent, True
        line += piece if empty else f" {piece}"
        empty = False
    yield line
