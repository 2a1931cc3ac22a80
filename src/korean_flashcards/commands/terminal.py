"""Format text for terminals: align tables, and escape control characters from word lists and models."""

import json
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import click

from korean_flashcards.domain.line_wrap import width
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.safe_text import UNSAFE, one_line


def safe(value: Any, longest: int | None = None) -> str:
    r"""Return the value as one line of safe text.

    Control and bidirectional characters are escaped ("\x1b"). Text wider than ``longest`` columns is truncated
    and ends with "…".
    """
    text = one_line(str("" if value is None else value))
    if longest is None or width(text) <= longest:
        return text
    ends = accumulate(map(width, text))
    return text[: sum(end < longest for end in ends)] + "…"


def table(headers: Sequence[str], rows: Iterable[Sequence[Any]], longest: int = 60) -> str:
    """Return the rows as aligned columns below their headers. Numeric columns are right-aligned.

    Cells wider than ``longest`` terminal columns are truncated and end with "…".
    """
    cells = [[_cell(value, longest) for value in row] for row in rows]
    right = [all(_is_number(row[i]) for row in cells) and bool(cells) for i in range(len(headers))]
    widths = [max(width(line[i]) for line in [list(headers), *cells]) for i in range(len(headers))]
    lines = [
        "  ".join(_padded(text, widths[i], right[i]) for i, text in enumerate(line)).rstrip()
        for line in [list(headers), *cells]
    ]
    return "\n".join(lines)


def size_text(count: int) -> str:
    """Return a number of bytes in readable form: "12 bytes", "3.4 MB"."""
    size, unit = float(count), "bytes"
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            break
        size /= 1000
    return counted(count, "byte") if unit == "bytes" else f"{size:,.1f} {unit}"


def echo_json(value: Any) -> None:
    """Print a value as indented JSON in UTF-8. Characters that are unsafe on a terminal are escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    # Outside strings, line breaks are the only control characters.
    click.echo("\n".join(UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", line) for line in text.split("\n")))


def _cell(value: Any, longest: int) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else safe(value, longest)


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "").lstrip("-").isdigit()


def _padded(text: str, columns: int, right: bool) -> str:
    space = " " * (columns - width(text))
    return space + text if right else text + space
