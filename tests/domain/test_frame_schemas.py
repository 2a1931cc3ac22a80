"""Test the columns derived from records: their types, their order and their descriptions."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

import polars as pl
import pytest
from pydantic import BaseModel, BeforeValidator, Field

from korean_flashcards.domain.frame_schemas import column_descriptions, polars_schema
from korean_flashcards.domain.records import (
    Comparison,
    DraftCard,
    Finding,
    Flashcard,
    Homonym,
    Judgement,
    Nuance,
    Problem,
    Rating,
    VocabularyItem,
)
from korean_flashcards.domain.requests import ChatReply


class Color(StrEnum):
    RED = "red"


class Pair(NamedTuple):
    name: Annotated[str, Field(description="A name.")]
    count: int | None = None


class Model(BaseModel):
    number: Annotated[int, Field(ge=1, description="A number from 1.")]
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


def test_columns_have_the_order_of_the_fields() -> None:
    columns = polars_schema(Model)
    assert list(columns) == list(Model.model_fields)
    assert columns == {
        "number": pl.Int64, "level": pl.Int64, "name": pl.String, "share": pl.Float64, "right": pl.Boolean,
        "color": pl.String, "pairs": pl.List(pl.Struct(PAIR)),
    }  # fmt: skip


def test_named_tuples_and_dataclasses_are_records() -> None:
    assert polars_schema(Pair) == PAIR
    assert polars_schema(Value) == {"at": pl.Float64, "names": pl.List(pl.String)}


def test_selected_fields_keep_the_given_order() -> None:
    assert list(polars_schema(Pair, "count", "name")) == ["count", "name"]
    with pytest.raises(KeyError):
        polars_schema(Pair, "size")


def test_a_field_without_a_column_type_raises_an_error() -> None:
    class Wide(NamedTuple):
        either: int | str

    with pytest.raises(TypeError, match="no column type"):
        polars_schema(Wide)
    with pytest.raises(TypeError, match="bytes is not a record"):
        polars_schema(bytes)


def test_descriptions_are_read_from_models_and_named_tuples() -> None:
    assert column_descriptions(Model) == {"number": "A number from 1."}
    assert column_descriptions(Pair) == {"name": "A name."}
    assert column_descriptions(Value) == {}


@pytest.mark.parametrize(
    "record",
    [VocabularyItem, Nuance, Comparison, Homonym, DraftCard, Flashcard, Judgement, Rating, Finding, Problem, ChatReply],
)
def test_every_field_of_a_record_is_described_in_sentences(record: type) -> None:
    described = column_descriptions(record)

    assert list(described) == list(polars_schema(record))
    assert all(text[0].isupper() and text.endswith(".") for text in described.values())
