"""Wrap output lines at 80 columns of a terminal."""

import re
import unicodedata

COLUMNS = 80
# A command in backticks is one piece, so that it can be copied from one line.
_PIECE = re.compile(r"\S*`[^`]*`\S*|\S+")


def wrapped(text: str, head: str = "") -> str:
    """Return ``head`` and ``text`` in lines of at most 80 columns, each indented to the width of ``head``.

    Hangul and hanja take two columns. A command in backticks, or a word longer than a line, is not broken.
    """
    indent = _width(head)
    lines, line, used = [], head, indent
    for piece in _PIECE.findall(text):
        space = "" if used == indent else " "
        if space and used + 1 + _width(piece) > COLUMNS:
            lines.append(line)
            line, used, space = " " * indent, indent, ""
        line += space + piece
        used += len(space) + _width(piece)
    return "\n".join([*lines, line])


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return len(text) + wide - sum(unicodedata.combining(sign) > 0 for sign in text)
