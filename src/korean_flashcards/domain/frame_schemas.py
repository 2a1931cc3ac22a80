"""Derive a frame's columns from a record, so that each record is defined only once."""

import dataclasses
from collections.abc import Iterable
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import polars as pl
from pydantic import BaseModel
from pydantic.fields import FieldInfo

Columns = dict[str, Any]

# The order matters: bool is a subclass of int.
_TYPES = {bool: pl.Boolean, int: pl.Int64, float: pl.Float64, str: pl.String}


def polars_schema(record: type, *names: str) -> Columns:
    """Return a record's columns and their types. A nested record becomes a struct.

    Args:
        record: A Pydantic model, a dataclass, or a NamedTuple.
        names: The fields to return, in this order. By default, all fields are returned.

    Raises:
        TypeError: A field has a type that no column type can represent.
        KeyError: The record does not have a field with one of these names.
    """
    hints = get_type_hints(record)
    return {name: _column(hints[name]) for name in names or _fields(record)}


def column_descriptions(record: type) -> dict[str, str]:
    """Return the descriptions of a record's fields. Fields without a description are omitted."""
    hints = get_type_hints(record, include_extras=True)
    found = ((name, part) for name in _fields(record) for part in getattr(hints[name], "__metadata__", ()))
    return {name: part.description for name, part in found if isinstance(part, FieldInfo) and part.description}


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
