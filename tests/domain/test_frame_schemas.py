"""Columns derived from records: their types, their order, and what has no column."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

import polars as pl
import pytest
from pydantic import BaseModel, BeforeValidator, Field

from korean_flashcards.domain.frame_schemas import polars_schema


class Color(StrEnum):
    RED = "red"


class Pair(NamedTuple):
    name: str
    count: int | None = None


class Model(BaseModel):
    number: Annotated[int, Field(ge=1)]
    level: Annotated[Literal[1, 2] | None, BeforeValidator(str)] = None
    name: Literal["a", "b"] = "a"
    share: float
    right: bool
    color: Color
    pairs: Annotated[Annotated[list[Pair], Field(min_length=1)] | None, Field()] = None


@dataclass
class Value:
    at: float
    names: tuple[str, ...]


PAIR = {"name": pl.String, "count": pl.Int64}


def test_each_field_becomes_a_column_in_the_order_of_the_record() -> None:
    columns = polars_schema(Model)
    assert list(columns) == list(Model.model_fields)
    assert columns == {
        "number": pl.Int64, "level": pl.Int64, "name": pl.String, "share": pl.Float64, "right": pl.Boolean,
        "color": pl.String, "pairs": pl.List(pl.Struct(PAIR)),
    }  # fmt: skip


def test_tuples_and_dataclasses_are_records_too() -> None:
    assert polars_schema(Pair) == PAIR
    assert polars_schema(Value) == {"at": pl.Float64, "names": pl.List(pl.String)}


def test_named_fields_come_in_the_order_in_which_they_are_named() -> None:
    assert list(polars_schema(Pair, "count", "name")) == ["count", "name"]
    with pytest.raises(KeyError):
        polars_schema(Pair, "size")


def test_a_field_without_a_column_type_is_refused() -> None:
    class Wide(NamedTuple):
        either: int | str

    with pytest.raises(TypeError, match="no column type"):
        polars_schema(Wide)
    with pytest.raises(TypeError, match="bytes is not a record"):
        polars_schema(bytes)
