"""Choose the table of an export, and convert it to the few types that every format can store, and to text."""

import polars as pl
from polars import selectors

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.export_fields import DEFAULT_FIELDS

_LISTS = selectors.list()
# Integers of these types fit into 64 bits with a sign.
_INTEGERS = selectors.by_dtype(pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32)
_FLOATS = selectors.float()
_OTHERS = ~(selectors.by_dtype(pl.String, pl.Boolean, pl.Date) | _LISTS | _INTEGERS | _FLOATS)


def has_own_fields(content: ExportContent) -> bool:
    """Return whether the profile names the fields of its tables."""
    return tuple(content.table.columns) != DEFAULT_FIELDS


def typed_table(content: ExportContent) -> pl.DataFrame:
    """Return the profile's fields or, without any, all columns of the card table, for formats whose values have types."""
    return stored(content.table if has_own_fields(content) else content.cards)


def stored(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with columns of text, integers, floats, truth values, dates, and lists of text.

    Columns of other types, such as times, become text. A number that is infinite or undefined becomes a missing value.
    """
    finite = pl.when(_FLOATS.is_finite()).then(_FLOATS)
    return table.with_columns(
        _LISTS.cast(pl.List(pl.String)), _INTEGERS.cast(pl.Int64), finite.cast(pl.Float64), _OTHERS.cast(pl.String)
    )


def joined(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table, in which each list is a text: its items, joined with commas."""
    return table.with_columns(_LISTS.cast(pl.List(pl.String)).list.join(",", ignore_nulls=True))


def as_text(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with text columns only. A missing value becomes "", and a date is in ISO 8601."""
    return joined(table).select(pl.all().cast(pl.String).fill_null(""))
