"""Write tab-separated text with one line per row, and prevent spreadsheets from evaluating cells as formulas."""

import io

import polars as pl

_ONE_LINE = pl.col(pl.String).str.replace_all(r"\s+", " ")
# A spreadsheet runs such a cell as a formula. A hyphen before Hangul is harmless: endings are spelled that way (-지만).
_NO_FORMULA = pl.col(pl.String).str.replace(r"^([=+@]|-[^가-힣])", "'$1")


def tsv(frame: pl.DataFrame) -> bytes:
    """Return the frame as UTF-8 with a header row, LF line endings, and no quoting. Null becomes an empty cell.

    Line breaks and tabs inside a cell become single spaces, so every line has the same columns as the frame. If the
    last column is empty, the line ends with a tab. Text that a spreadsheet would evaluate as a formula gets a leading
    apostrophe.
    """
    file = io.BytesIO()
    frame.with_columns(_ONE_LINE).with_columns(_NO_FORMULA).write_csv(
        file, separator="\t", quote_style="never", null_value=""
    )
    return file.getvalue()
