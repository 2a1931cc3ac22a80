"""Keep spreadsheets from evaluating text in CSV and TSV files as a formula.

Source: OWASP, "CSV Injection". A spreadsheet evaluates a cell that begins with one of these characters, also in their
full-width and small forms, which some programs convert. It may ignore spaces and invisible characters before them.
"""

import polars as pl

_GUARD = "'"
_FORMULA = r"^(?:'|\t|\r|\n|[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫])"


def guarded(text: pl.Expr) -> pl.Expr:
    """Return the text, with an apostrophe before text that a spreadsheet could evaluate.

    Text that begins with an apostrophe gets one more, so that ``unguarded`` returns the original text.
    """
    return text.str.replace(_FORMULA, f"{_GUARD}$0")


def unguarded(text: pl.Expr) -> pl.Expr:
    """Return the original text of cells that were guarded."""
    return text.str.strip_prefix(_GUARD)
