"""Write and read tables whose cells are separated by a character, such as CSV and TSV."""

import io
from collections.abc import Callable, Sequence

import polars as pl

from korean_flashcards.exports.formula_guard import guarded, unguarded
from korean_flashcards.exports.table_text import joined

_TEXT = pl.col(pl.String)


def delimited(table: pl.DataFrame, separator: str, for_spreadsheets: bool = False) -> bytes:
    """Return a table, as ``stored`` returns it, as UTF-8 text in which spreadsheets evaluate no formula.

    With ``for_spreadsheets``, the file has a byte order mark and CRLF line ends, and all text is quoted. Otherwise, only
    cells that need it are quoted.
    """
    table = joined(table).with_columns(guarded(_TEXT))
    table.columns = _names(table.columns, guarded)
    # An empty cell is nothing between two separators. In a single column, it would be a blank line, which readers skip.
    empty = pl.lit("" if table.width == 1 else None, pl.String)
    table = table.with_columns(pl.when(_TEXT != "").then(_TEXT).otherwise(empty).name.keep())
    file = io.BytesIO()
    table.write_csv(
        file,
        separator=separator,
        include_bom=for_spreadsheets,
        line_terminator="\r\n" if for_spreadsheets else "\n",
        quote_style="non_numeric" if for_spreadsheets else "necessary",
    )
    return file.getvalue()


def parsed(file: bytes, separator: str) -> pl.DataFrame:
    """Return the cells as text, without the apostrophes that ``delimited`` added.

    Raises:
        ValueError: The file is empty, not in UTF-8, or its rows have different numbers of cells.
    """
    if not file.endswith(b"\n"):
        raise ValueError("its end is missing" if file else "it is empty")
    try:
        file.decode()  # Polars would accept a header that is not in UTF-8.
        # Read the header as a row, because Polars does not undo the quoting of a header.
        table = pl.read_csv(file, separator=separator, infer_schema=False, has_header=False).fill_null("")
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text") from error
    except pl.exceptions.PolarsError as error:
        raise ValueError("its rows do not have the same number of cells") from error
    rows = table[1:].select(unguarded(_TEXT))
    rows.columns = _names(table.row(0), unguarded)
    return rows


def _names(names: Sequence[str], change: Callable[[pl.Expr], pl.Expr]) -> list[str]:
    return pl.DataFrame({"name": names}, schema={"name": pl.String}).select(change(_TEXT))["name"].to_list()
