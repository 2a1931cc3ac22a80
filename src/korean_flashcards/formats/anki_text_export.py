"""Read the file headers of Anki's text exports, such as ``#separator:tab`` and ``#tags column:8``.

See "Text files" in the Anki manual. A spreadsheet that opened the file may have quoted the headers or padded them with
delimiters.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from korean_flashcards.domain.lazy_regex import lazy_regex

_HEADER = lazy_regex(
    r"#\s*(separator|html|columns|(?:guid|notetype|deck|tags) column|tags|deck|notetype|if matches)\s*:(.*)",
    re.IGNORECASE | re.DOTALL,
)
# Excel writes this line to tell itself the separator.
_EXCEL = lazy_regex(r"(sep)=(.)")
_COMMENT = lazy_regex(r"#+ [^,;\t|]*")
_HTML = {"true": True, "false": False}
_SEPARATORS = {
    "comma": ",", "semicolon": ";", "tab": "\t", "space": " ", "pipe": "|", "colon": ":", "\\t": "\t", "": "\t",
}  # fmt: skip


@dataclass(frozen=True)
class AnkiHeaders:
    """The headers at the top of a text file.

    Attributes:
        lines: The number of header and comment lines.
        is_export: Whether there is a header of Anki, rather than only comments or nothing.
        html: Whether the cells contain HTML, or None if that is not declared.
        separator: The declared separator, or None.
        columns: The names of the columns, or an empty list.
        special: The special columns (guid, notetype, deck, and tags), keyed by index (from 0).
    """

    lines: int = 0
    is_export: bool = False
    html: bool | None = None
    separator: str | None = None
    columns: list[str] = field(default_factory=list)
    special: dict[int, str] = field(default_factory=dict)


def anki_headers(lines: Sequence[str]) -> AnkiHeaders:
    """Return the headers that the first lines of a file contain."""
    values: dict[str, str] = {}
    count = 0
    for line in lines:
        bare = line.strip().rstrip(",;\t| ").strip('"')
        if match := _HEADER.fullmatch(bare) or _EXCEL.fullmatch(line.strip('" \n')):
            values[match[1].lower()] = match[2].strip(" ")
        elif not _COMMENT.fullmatch(bare):
            break
        count += 1
    named = values.get("separator", values.get("sep"))
    separator = None if named is None else _SEPARATORS.get(named.strip().lower(), named[:1])
    return AnkiHeaders(
        lines=count, is_export=bool(values.keys() - {"sep"}), html=_HTML.get(values.get("html", "").strip().lower()),
        separator=separator, columns=_columns(values.get("columns", ""), separator), special=_special(values),
    )  # fmt: skip


def _columns(names: str, separator: str | None) -> list[str]:
    if not names:
        return []
    delimiter = separator if separator and separator in names else max("\t,;|", key=names.count)
    return [name.strip() for name in next(csv.reader([names.replace('""', '"')], delimiter=delimiter), [])]


def _special(values: dict[str, str]) -> dict[int, str]:
    found = {}
    for name in ("guid", "notetype", "deck", "tags"):
        number = values.get(f"{name} column", "").strip()
        if number.isdecimal() and int(number) > 0:
            found[int(number) - 1] = name
    return found
