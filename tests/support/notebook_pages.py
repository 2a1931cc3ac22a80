"""Read what notebooks show: the outputs of cells, the pages in their frames, and the numbers in their prose."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

# A number in bold letters is a claim about the output of the cell above it.
_CLAIM = re.compile(r"\*\*([\d.,]*\d)\*\*")


def outputs(notebook: Any) -> list[Any]:
    """Return the outputs of all code cells, in order."""
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def shown(notebook: Any, cell_id: str) -> str:
    """Return everything that a cell shows, as HTML or text."""
    (cell,) = (cell for cell in notebook.cells if cell.id == cell_id)
    return "\n".join(_text(output) for output in cell.outputs)


def claims(notebook: Any) -> Iterator[tuple[str, str]]:
    """Yield each number in bold letters, and the text output of the code cell before it."""
    before = ""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            before = "\n".join(_text(output, "text/plain") for output in cell.outputs)
        else:
            yield from ((number, before) for number in _CLAIM.findall(cell.source))


def frames(html: str) -> list[dict[str, str | None]]:
    """Return the attributes of all frames in the HTML."""
    found: list[dict[str, str | None]] = []

    class Frames(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "iframe":
                found.append(dict(attrs))

    Frames().feed(html)
    return found


def _text(output: Any, first: str = "text/html") -> str:
    if "data" not in output:
        return str(output.get("text", ""))
    data = output.data
    return str(data.get(first) or data.get("text/html") or data.get("text/plain") or "")
