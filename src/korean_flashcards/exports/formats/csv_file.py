"""Write the table as CSV that a spreadsheet opens with a double click.

The file is in UTF-8 with a byte order mark, without which Excel would not show Hangul, and with CRLF line ends (RFC 4180).
All text is quoted, and text that a spreadsheet would evaluate gets an apostrophe. Numbers are not quoted.
"""

from typing import Literal

import polars as pl

from korean_flashcards.exports.content import ExportContent, FormatOptions
from korean_flashcards.exports.delimited_text import delimited, parsed
from korean_flashcards.exports.table_text import as_text, stored

_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
_BOM = b"\xef\xbb\xbf"


class CsvOptions(FormatOptions):
    """The options of a CSV file. ``separator`` is the character between two cells.

    Where numbers are written with a decimal comma, as in German, Excel expects a semicolon.
    """

    separator: Literal["comma", "semicolon", "tab"] = "comma"


def write(content: ExportContent) -> bytes:
    """Return the table as CSV."""
    options = CsvOptions.model_validate(dict(content.options))
    return delimited(stored(content.table), separator=_SEPARATORS[options.separator], for_spreadsheets=True)


def read(file: bytes) -> pl.DataFrame:
    """Return the table's cells as text. Raises ValueError if the file is damaged."""
    return parsed(file, separator=_separator(file))


def expected(content: ExportContent) -> pl.DataFrame:
    """Return what ``read`` must return."""
    return as_text(stored(content.table))


def _separator(file: bytes) -> str:
    """Return the character after the first name in the header, which is quoted."""
    rest = file.removeprefix(_BOM).removeprefix(b'"')
    while (end := rest.find(b'"')) >= 0:
        following = rest[end + 1 : end + 2]
        if following != b'"':
            return following.decode() if following in (b";", b"\t") else ","
        rest = rest[end + 2 :]
    return ","
