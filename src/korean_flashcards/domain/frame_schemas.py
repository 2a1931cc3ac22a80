"""The columns of a frame derived from a record, so that each record is defined once, with its Pydantic model or tuple."""

import dataclasses
from collections.abc import Iterable
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import polars as pl
from pydantic import BaseModel

Columns = dict[str, Any]

# In this order: a bool is an int.
_TYPES = {bool: pl.Boolean, int: pl.Int64, float: pl.Float64, str: pl.String}


def polars_schema(record: type, *names: str) -> Columns:
    """Return the columns of a record, in its order, or only those of the given fields, in the given order.

    ``record`` is a Pydantic model, a dataclass or a NamedTuple. A record inside a record becomes a struct, and an enum or
    a literal becomes text or a number. Raises TypeError for a field that has no column type, and KeyError for a name that
    the record lacks.
    """
    hints = get_type_hints(record)
    return {name: _column(hints[name]) for name in names or _fields(record)}


def _fields(record: type) -> Iterable[str]:
    if issubclass(record, BaseModel):
        return record.model_fields
    if dataclasses.is_dataclass(record):
        return [field.name for field in dataclasses.fields(record)]
    if issubclass(record, tuple) and hasattr(record, "_fields"):
        return tuple(record._fields)
    raise TypeError(f"{record.__name__} is not a record")


def _column(hint: Any) -> Any:
    origin, parts = get_origin(hint), [part for part in get_args(hint) if part is not NoneType]
    if origin in (Union, UnionType) and len(parts) == 1:
        return _column(parts[0])
    if origin is Literal:
        return _column(type(parts[0]))
    if origin in (list, tuple):
        return pl.List(_column(parts[0]))
    if isinstance(hint, type):
        for kind, column in _TYPES.items():
            if issubclass(hint, kind):
                return column
        return pl.Struct(polars_schema(hint))
    raise TypeError(f"there is no column type for {hint}")
