"""Test that frames built in chunks equal frames built at once."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from korean_flashcards.domain import frame_builder
from korean_flashcards.domain.frame_builder import FrameBuilder, frame_of

SCHEMA = {"term": pl.String, "n": pl.Int64, "tags": pl.List(pl.String), "pair": pl.Struct({"vs": pl.String})}
ROW = st.fixed_dictionaries(
    {
        "term": st.none() | st.text(max_size=3),
        "n": st.none() | st.integers(-(2**40), 2**40),
        "tags": st.lists(st.text(max_size=2), max_size=2),
        "pair": st.none() | st.fixed_dictionaries({"vs": st.text(max_size=2)}),
    }
)


@given(st.lists(ROW, max_size=12), st.integers(1, 5))
@settings(max_examples=80)
def test_chunked_frames_equal_frames_built_at_once(rows, chunk):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frame_builder, "_CHUNK", chunk)
        frame = frame_of(rows, SCHEMA)
    assert frame.schema == pl.Schema(SCHEMA)
    assert frame.to_dicts() == rows


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 2000])
def test_height_and_order_are_correct_at_chunk_boundaries(count):
    builder = FrameBuilder({"n": pl.Int64})
    for number in range(count):
        builder.add({"n": number})
        assert builder.height == number + 1
    assert builder.frame()["n"].to_list() == builder.frame()["n"].to_list() == list(range(count))


def test_a_missing_key_becomes_null():
    assert frame_of([{"term": "가"}], SCHEMA)["n"].to_list() == [None]


def test_an_unknown_key_raises_an_error():
    with pytest.raises(KeyError, match="typo"):
        frame_of([{"term": "가", "typo": 1}], SCHEMA)


def test_a_value_of_the_wrong_type_raises_an_error():
    with pytest.raises(pl.exceptions.ComputeError, match="one"):
        frame_of([{"n": "one"}], SCHEMA)
