"""Write cards as tab-separated text with the nine columns of ``cards.tsv``, or with the profile's fields.

The file is in UTF-8 with a header row and LF line ends. A cell with a tab, a line break, or a quotation mark is in
quotation marks, which are doubled inside it, as in Python's ``excel-tab`` dialect. Text that a spreadsheet would evaluate
gets an apostrophe. An empty last cell leaves a tab at the end of the line.
"""

import polars as pl

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.delimited_text import delimited, parsed
from korean_flashcards.exports.table_text import as_text, has_own_fields, stored
from korean_flashcards.formats.card_rows import COLUMNS


def write(content: ExportContent) -> bytes:
    """Return the cards as tab-separated text."""
    return delimited(_table(content), separator="\t")


def read(file: bytes) -> pl.DataFrame:
    """Return the cells as text. Raises ValueError if the file is damaged."""
    return parsed(file, separator="\t")


def expected(content: ExportContent) -> pl.DataFrame:
    """Return what ``read`` must return."""
    return as_text(_table(content))


def _table(content: ExportContent) -> pl.DataFrame:
    if has_own_fields(content):
        return stored(content.table)
    cards = content.cards.with_row_index("position", 1).with_columns(tab_name="card_type")
    return stored(cards.select(COLUMNS))
