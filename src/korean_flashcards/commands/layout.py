"""Lay out text in 80 columns: wrapped lines, labeled values and headings."""

from collections.abc import Iterator
from typing import Any

from korean_flashcards.commands.terminal import safe, width

COLUMNS = 80
_LABEL = 20  # width of a label in columns


def wrapped(text: Any, indent: int = 2, hanging: int = 0) -> Iterator[str]:
    """Yield one paragraph as lines of at most 80 columns. ``hanging`` indents the lines after the first one further.

    A word that is longer than a line is broken, for example a Korean sentence without spaces.
    """
    line, start = " " * indent, True
    for word in safe(text).split():
        for piece in _pieces(word, COLUMNS - indent - hanging):
            if not start and width(line) + 1 + width(piece) > COLUMNS:
                yield line
                line, start = " " * (indent + hanging), True
            line += piece if start else f" {piece}"
            start = False
    yield line


def labeled(name: str, value: Any, indent: int = 2, label: int = _LABEL) -> Iterator[str]:
    """Yield the lines of a label and its value. Yield nothing if there is no value."""
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
    """Yield a section: an empty line, the title and the lines."""
    yield ""
    yield title
    yield from lines


def _pieces(word: str, longest: int) -> Iterator[str]:
    piece = ""
    for sign in word:
        if width(piece) + width(sign) > longest:
            yield piece
            piece = ""
        piece += sign
    yield piece
