"""Write and read tab-separated text with one line per row, and prevent spreadsheets from evaluating cells as formulas."""

import io
from collections.abc import Sequence

import polars as pl

_TEXT = pl.col(pl.String)
# A single space, which is by far the most frequent white space, is not replaced by itself.
_ONE_LINE = _TEXT.str.replace_all(r"[^\S ]\s*| \s+", " ")
# A spreadsheet runs such a cell as a formula. A hyphen before Hangul is harmless: endings are spelled that way (-지만).
_FORMULA = _TEXT.str.replace(r"^([=+@]|-[^가-힣])", "'$1")
_NO_FORMULA = pl.when(_TEXT.str.contains("^[=+@-]")).then(_FORMULA).otherwise(_TEXT)
# Readers take a quotation mark at the start of a cell for the start of quoted text, and would join it with later cells.
_QUOTED = _TEXT.str.replace_all('"', '""', literal=True).str.replace("(?s)^.*$", '"$0"')
_NO_OPEN_QUOTE = pl.when(_TEXT.str.starts_with('"')).then(_QUOTED).otherwise(_TEXT)


def tsv(frame: pl.DataFrame) -> bytes:
    """Return the frame as UTF-8 with a header row and LF line endings. Null becomes an empty cell.

    Line breaks and tabs inside a cell become single spaces, so every line has the same columns as the frame. If the
    last column is empty, the line ends with a tab. Text that a spreadsheet would evaluate as a formula gets a leading
    apostrophe. A cell that begins with a quotation mark is quoted, as in Python's ``excel-tab`` dialect.
    """
    file = io.BytesIO()
    _safe(frame).write_csv(file, separator="\t", quote_style="never", null_value="")
    return file.getvalue()


def cells(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the cells that ``read`` must find in ``tsv(frame)``, as text."""
    return _safe(frame).cast(pl.String).fill_null("")


def read(file: bytes, columns: Sequence[str]) -> pl.DataFrame:
    """Return the cells of a file that ``tsv`` wrote, as text. Quotation marks are kept.

    Raises:
        ValueError: The lines do not have these columns.
    """
    schema = dict.fromkeys(columns, pl.String)
    if file.count(b"\n") <= 1:
        return pl.DataFrame(schema=schema)
    try:
        found = pl.read_csv(file, separator="\t", has_header=False, skip_lines=1, schema=schema, quote_char=None)
    except pl.exceptions.PolarsError as error:
        raise ValueError("its lines do not have the columns of the header") from error
    return found.fill_null("")


def _safe(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(_ONE_LINE).with_columns(_NO_FORMULA).with_columns(_NO_OPEN_QUOTE)
