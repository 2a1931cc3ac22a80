"""Name the cause for which a file is not a word list that can be read: its type, or its layout."""

from collections.abc import Sequence
from pathlib import PurePath

from korean_flashcards.korean.hangul import has_hangul

_OTHER_TYPES = {
    ".json": "JSON", ".jsonl": "JSON", ".ndjson": "JSON", ".yml": "YAML", ".yaml": "YAML", ".xml": "XML", ".html": "HTML",
    ".htm": "HTML",
}  # fmt: skip
_FEWEST = 2  # lines of each kind
_WIKI_ROW = "|-"


def type_problem(name: str) -> str | None:
    """Return why a file with this name cannot be a word list, or None."""
    kind = _OTHER_TYPES.get(PurePath(name).suffix.lower())
    if kind is None:
        return None
    return (
        f"{name} is not a word list: the file type {kind} is not supported. Save the list as .csv, .tsv, .txt, or .xlsx, "
        "and run the command again. Nothing from this list was imported."
    )


def wiki_problem(name: str, lines: Sequence[str]) -> str | None:
    """Return why the lines cannot be read if they are a table in the markup of a wiki, or None."""
    bare = [line.strip() for line in lines]
    if not any(line.startswith("{|") for line in bare[:20]) or _WIKI_ROW not in {line[:2] for line in bare}:
        return None
    return (
        f"{name} contains a table in the markup of a wiki. Copy the table from the web page into a spreadsheet, save it "
        "as CSV, and run the command again. Nothing from this list was imported."
    )


def layout_problem(name: str, rows: Sequence[Sequence[str]]) -> str | None:
    """Return why no column contains the words if the words and their meanings are on different lines, or None."""
    lines = [cells[0] for cells in rows if sum(map(bool, cells)) == 1 and cells[0]]
    korean = sum(map(has_hangul, lines))
    if len(lines) * 2 <= len(rows) or korean < _FEWEST or len(lines) - korean < _FEWEST:
        return None
    return (
        f"{name} has words and meanings on different lines. A list without a header needs one row per word: the word, a "
        "tab, and its meaning. Nothing from this list was imported."
    )
