"""Write the table as an Excel workbook with one sheet per card type, or with one sheet.

Text is stored as text, so a spreadsheet evaluates no formula and makes no links. The same content gives the same bytes.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

import polars as pl
from polars import selectors

from korean_flashcards.domain.errors import ExportError
from korean_flashcards.exports.content import ExportContent, FormatOptions
from korean_flashcards.exports.sheet_layout import SheetLayout
from korean_flashcards.exports.sheet_names import sheet_names
from korean_flashcards.exports.table_text import as_text, joined, stored

# The limits of Excel: characters (UTF-16 code units) of a cell, rows without the header, columns, digits of a number.
_LONGEST, _MOST_ROWS, _MOST_COLUMNS, _DIGITS = 32_767, 1_048_575, 16_384, 15
_FIRST_DAY = pl.date(1900, 3, 1)  # Excel's calendar has a February 29, 1900.
_CREATED = datetime(2000, 1, 1)  # XlsxWriter would use the current time.
_SHEET = "Cards"  # the name of a sheet whose card type has no name
# XML has no way to store these, and they are not characters.
_NOT_XML = {"\ufffe": "\ufffd", "\uffff": "\ufffd"}
_TEXT, _NUMBERS, _FLOATS = pl.col(pl.String), selectors.integer() | selectors.float(), selectors.float()


class XlsxOptions(FormatOptions):
    """The options of a workbook. ``sheets`` says whether each card type has a sheet, or all rows are on one sheet."""

    sheets: Literal["card_type", "one"] = "card_type"


def write(content: ExportContent) -> bytes:
    """Return the table as a workbook.

    Raises:
        ExportError: A text is too long for a cell, or the table is too large for a sheet.
    """
    # Imported here because only this format needs XlsxWriter.
    from xlsxwriter import Workbook

    table = _cells(content)
    sheets = list(_sheets(table, content))
    _check(table, sheets, content)
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True})
    book.set_properties({"title": content.title.replace("\x00", "")[:255], "created": _CREATED})
    layout = SheetLayout(book, table)
    for name, rows in sheets:
        layout.write(book.add_worksheet(name), rows)
    book.close()
    return file.getvalue()


def read(file: bytes) -> pl.DataFrame:
    """Return the cells of all sheets as text. Raises ValueError if the file is damaged.

    Numbers have at most nine decimals, and dates have a time of day, because the library returns them so.
    """
    # Imported here because only this format needs it.
    import fastexcel

    try:
        book = fastexcel.read_excel(file)
        sheets = [book.load_sheet(name, dtypes="string").to_polars() for name in book.sheet_names]
        return _without_empty_rows(pl.concat(sheets).select(pl.all().cast(pl.String).fill_null("")))
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError) as error:
        raise ValueError("it is not an Excel workbook with cards") from error


def expected(content: ExportContent) -> pl.DataFrame:
    """Return what ``read`` must return: the rows in the order of the sheets, without rows whose cells are all empty."""
    table = pl.concat([rows for _, rows in _sheets(_cells(content), content)])
    decimals = _FLOATS.map_batches(_with_nine_decimals, return_dtype=pl.String)
    text = as_text(table.with_columns(decimals, selectors.date().dt.strftime("%Y-%m-%d 00:00:00")))
    return _without_empty_rows(text)


def _cells(content: ExportContent) -> pl.DataFrame:
    """Return the table with the values that a workbook can store. Columns with other values become text."""
    table = joined(stored(content.table))
    large = table.select((_NUMBERS.abs() >= 10**_DIGITS).any())
    early = table.select((selectors.date() < _FIRST_DAY).any())
    as_texts = [name for found in (large, early) for name in found.columns if found[name].item()]
    table = table.with_columns(pl.col(as_texts).cast(pl.String))
    # In a rich string (see ``SheetLayout``), XlsxWriter escapes control characters twice.
    rich = _TEXT.str.starts_with("<r>") & _TEXT.str.ends_with("</r>")
    text = _TEXT.str.replace_many(_NOT_XML)
    return table.with_columns(pl.when(rich).then(text.str.replace_all(r"[\p{Cc}--\t\n]", "\ufffd")).otherwise(text))


def _sheets(table: pl.DataFrame, content: ExportContent) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the name and the rows of each sheet, in the order of the first cards of each type."""
    types = content.cards["card_type"].fill_null("")
    if types.is_empty() or XlsxOptions.model_validate(dict(content.options)).sheets == "one":
        yield sheet_names([content.title], _SHEET)[content.title], table
        return
    for card_type, name in sheet_names(types, _SHEET).items():
        yield name, table.filter(types == card_type)


def _check(table: pl.DataFrame, sheets: Sequence[tuple[str, pl.DataFrame]], content: ExportContent) -> None:
    """Raise an error if Excel could not open the workbook, or XlsxWriter would shorten it."""
    again = "Nothing was exported. Export the cards as CSV or JSON, or change the profile, and run the command again."
    rows = max(sheet.height for _, sheet in sheets)
    if rows > _MOST_ROWS or table.width > _MOST_COLUMNS:
        raise ExportError(
            f"An XLSX sheet holds {_MOST_ROWS:,} cards and {_MOST_COLUMNS:,} columns. The export has {rows:,} cards for "
            f"one sheet and {table.width:,} columns. {again}"
        )
    long = table.select((_TEXT.str.len_bytes() > _LONGEST).any())
    for name in [name for name, found in long.row(0, named=True).items() if found]:
        for text, word, card_type in zip(table[name], content.cards["word"], content.cards["card_type"], strict=True):
            length = len((text or "").encode("utf-16-le")) // 2
            if length > _LONGEST:
                raise ExportError(
                    f"The column {name} of the {card_type} card for {word} has {length:,} characters. A cell of an XLSX "
                    f"file holds {_LONGEST:,}. {again}"
                )


def _with_nine_decimals(numbers: pl.Series) -> pl.Series:
    return pl.Series([number if number is None else _decimal(number) for number in numbers], dtype=pl.String)


def _decimal(number: float) -> str:
    stored = float(f"{number:.16G}")  # the digits that XlsxWriter writes
    return f"{stored:.9f}".rstrip("0").rstrip(".")


def _without_empty_rows(table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with a value. A workbook does not store empty rows at the end of a sheet."""
    return table.filter(pl.any_horizontal(pl.all() != ""))
