"""Lay out the sheets of a workbook: a frozen header with filters, wrapped text, and columns as wide as their text.

Printed sheets are as wide as a page, and each page has the header.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_NARROWEST, _WIDEST = 8, 60  # widths of columns, in characters
_SAMPLE = 1000  # rows from which the widths are computed
_USUAL = 0.9  # the share of rows whose text fits into one line, unless it is wider than a column
_FILTER_BUTTON = 3  # width, in characters
_LINE, _MOST_LINES = 15, 20  # height of a line, in points, and the lines of the tallest row
_UNUSED = 1.1  # Lines break between words, so text needs more room than its characters.
# Excel would evaluate such text after someone edits the cell, unless the cell has a quote prefix.
_FORMULA = ("=", "+", "-", "@")

Write = Callable[["Worksheet", int, int, Any], object]


class SheetLayout:
    """Writes tables with the columns of ``table`` to the sheets of a workbook. All sheets have the same widths."""

    def __init__(self, book: "Workbook", table: pl.DataFrame) -> None:
        shown = {"text_wrap": True, "valign": "top"}
        self._plain = book.add_format(shown)
        self._formula = book.add_format(shown | {"quote_prefix": True})
        self._number = book.add_format({"valign": "top", "align": "left"})
        self._date = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self._header = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self._columns = table.columns
        self._widths = [_width(table[name][:_SAMPLE]) for name in table.columns]
        self._writers = [self._writer(dtype) for dtype in table.dtypes]

    def write(self, sheet: "Worksheet", rows: pl.DataFrame) -> None:
        """Write the rows below a header that stays visible, with a filter for each column."""
        for column, (name, width) in enumerate(zip(self._columns, self._widths, strict=True)):
            sheet.set_column(column, column, width, self._plain)
            self._text(sheet, 0, column, name, self._header)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)  # as wide as a page, and as many pages as needed
        sheet.autofilter(0, 0, max(rows.height, 1), len(self._columns) - 1)
        for number, lines in enumerate(self._lines(rows), 1):
            if lines > 1:
                sheet.set_row(number, lines * _LINE)
        for number, row in enumerate(rows.iter_rows(), 1):
            for column, (write, value) in enumerate(zip(self._writers, row, strict=True)):
                if value is not None and value != "":
                    write(sheet, number, column, value)

    def _lines(self, rows: pl.DataFrame) -> pl.Series:
        """Return how many lines each row needs. Excel computes this when it opens a workbook; LibreOffice does not."""
        widths = dict(zip(self._columns, self._widths, strict=True))
        texts = [name for name, dtype in rows.schema.items() if dtype == pl.String]
        needed = [_lines_of(pl.col(name), widths[name]) for name in texts]
        return rows.select(lines=pl.max_horizontal(pl.lit(1), *needed).clip(1, _MOST_LINES))["lines"]

    def _writer(self, dtype: pl.DataType) -> Write:
        """Return the function that writes a value of this type. Without these, XlsxWriter would guess the type."""
        if dtype == pl.Date:
            return lambda sheet, row, column, value: sheet.write_datetime(row, column, value, self._date)
        if dtype == pl.Boolean:
            return lambda sheet, row, column, value: sheet.write_boolean(row, column, value, self._plain)
        if dtype.is_numeric():
            return lambda sheet, row, column, value: sheet.write_number(row, column, value, self._number)
        return lambda sheet, row, column, value: self._text(
            sheet, row, column, value, self._formula if value.lstrip().startswith(_FORMULA) else self._plain
        )

    @staticmethod
    def _text(sheet: "Worksheet", row: int, column: int, text: str, cell_format: Any) -> None:
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter would take this for its own XML and not escape it. It escapes the parts of a rich string.
            sheet.write_rich_string(row, column, *_parts(text), cell_format)
        else:
            sheet.write_string(row, column, text, cell_format)


def _parts(text: str) -> Sequence[str]:
    """Return the text in at least three parts. The parts split each ``_x0041_``, which XlsxWriter would escape twice."""
    return ["<", "r", *re.split("(?<=_)(?=x)", text[2:])]


def _width(values: pl.Series) -> float:
    """Return the width that fits most texts."""
    lines = values.cast(pl.String).drop_nulls().str.split("\n").list.eval(_length(pl.element())).list.max()
    usual = lines.quantile(_USUAL) or 0
    return min(_WIDEST, max(_NARROWEST, len(values.name) + _FILTER_BUTTON, usual + 1))


def _lines_of(text: pl.Expr, width: float) -> pl.Expr:
    length = _length(text)
    wrapped = pl.when(length <= width).then(1).otherwise((length * _UNUSED / width).ceil())
    return wrapped + text.str.count_matches("\n")


def _length(text: pl.Expr) -> pl.Expr:
    """Return the length of text in Latin letters. Hangul, which has three bytes, is twice as wide."""
    return (text.str.len_chars() + text.str.len_bytes()) / 2
