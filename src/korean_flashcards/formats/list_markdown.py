"""Read the lines of a word list in Markdown: leave out the front matter and the layout row of a table, and keep each
escaped vertical bar inside its cell.
"""

import csv
import io
from collections.abc import Sequence
from itertools import islice

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.formats.list_encoding import ListText
from korean_flashcards.korean.hangul import has_hangul

_LINES = 1000  # lines among which the markup is sought
_FRONT_MATTER = 100  # lines
_FIELD = lazy_regex(r"[\w .-]+:(?:\s.*)?")
# | --- | :---: |, also with the plus signs of other programs
_LAYOUT_ROW = lazy_regex(r"\|?\s*:?-{2,}:?\s*(?:[|+]\s*:?-{2,}:?\s*)+\|?|\|\s*:?-{2,}:?\s*\|")
_CELL_END = lazy_regex(r"(?<!\\)\|")


def markdown_lines(text: ListText) -> ListText:
    """Return the text without the layout of Markdown. Lines keep their numbers. Other texts are returned unchanged."""
    first = [line.strip() for line in islice(text.lines(), _LINES)]
    front = _front_matter(first)
    if not front and not any("\\|" in line or _LAYOUT_ROW.fullmatch(line) for line in first):
        return text
    return text.with_lines("" if number < front else _row(line) for number, line in enumerate(text.lines()))


def _front_matter(lines: Sequence[str]) -> int:
    """Return the number of lines of the front matter, or 0. Its fields are between two lines of hyphens."""
    if not lines or lines[0] != "---":
        return 0
    end = next((index for index in range(1, min(len(lines), _FRONT_MATTER)) if lines[index] in ("---", "...")), 0)
    fields = [line for line in lines[1:end] if line]
    if not fields or not _FIELD.fullmatch(fields[0]) or not any(map(has_hangul, lines[end + 1 :])):
        return 0
    is_english = not any(map(has_hangul, (line.partition(":")[0] for line in fields)))
    return end + 1 if is_english else 0


def _row(line: str) -> str:
    bare = line.strip()
    if _LAYOUT_ROW.fullmatch(bare):
        return ""
    if "\\|" not in bare:
        return line.rstrip("\n")
    row = io.StringIO()
    cells = [cell.strip().replace("\\|", "|") for cell in _CELL_END.split(bare)]
    csv.writer(row, delimiter="|", lineterminator="").writerow(cells)
    return row.getvalue()
