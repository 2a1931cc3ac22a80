"""Tab-separated text that every program reads alike: one line a row, and nothing that a spreadsheet would run."""

import io

import polars as pl

_ONE_LINE = pl.col(pl.String).str.replace_all(r"\s+", " ")
# A spreadsheet takes such a cell for a formula. A minus before Hangul is an ending's own spelling (-지만) and harms nothing.
_NO_FORMULA = pl.col(pl.String).str.replace(r"^([=+@]|-[^가-힣])", "'$1")


def tsv(frame: pl.DataFrame) -> bytes:
    """Return the frame as UTF-8: a header row, LF, no quoting, null as nothing.

    Line breaks and tabs inside a text become single spaces, so that every line has exactly the frame's columns; an empty
    last column is kept as a trailing tab. A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    file = io.BytesIO()
    frame.with_columns(_ONE_LINE).with_columns(_NO_FORMULA).write_csv(
        file, separator="\t", quote_style="never", null_value=""
    )
    return file.getvalue()
