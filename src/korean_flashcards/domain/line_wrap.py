"""Wrap text at 80 terminal columns. Hangul and hanja take two columns per character."""

import unicodedata
from collections.abc import Iterator

from korean_flashcards.domain.lazy_regex import lazy_regex

COLUMNS = 80
# A command in backticks stays in one piece, so that it can be copied from one line.
_PIECE = lazy_regex(r"\S*`[^`]*`\S*|\S+")


def width(text: str) -> int:
    """Return the text's width in terminal columns: 2 for Hangul and hanja, 0 for combining marks, and 1 for the rest."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def wrapped(text: str, head: str = "") -> str:
    """Return ``head`` followed by ``text``, wrapped at 80 columns and indented to the width of ``head``.

    Commands in backticks and words longer than a line are not broken.
    """
    return "\n".join(wrapped_lines(pieces_of(text), head, width(head)))


def pieces_of(text: str) -> list[str]:
    """Split text into pieces that must not be broken across lines: words, and commands in backticks."""
    return _PIECE.findall(text)


def wrapped_lines(pieces: list[str], head: str, indent: int) -> Iterator[str]:
    """Yield lines of at most 80 columns, built from the pieces.

    The first line begins with ``head``; the others are indented.
    """
    line, empty = head, True
    for piece in pieces:
        if not empty and width(line) + 1 + width(piece) > COLUMNS:
            yield line
            line, empty = " " * indent, True
        line += piece if empty else f" {piece}"
        empty = False
    yield line
