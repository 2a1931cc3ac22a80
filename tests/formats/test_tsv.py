"""``cards.tsv`` can be read by Python's csv and by pandas, whatever its cells contain."""

import csv
import io

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from korean_flashcards.formats.tsv import cells, read, tsv

CELL = st.text(st.characters(exclude_categories=["Cs"], include_characters='"'), max_size=8) | st.text('"\t\n a=')


def read_by_python(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode(), newline=""), dialect="excel-tab", strict=True))


@given(st.lists(st.tuples(CELL, CELL | st.none()), max_size=4))
@settings(max_examples=50)
def test_the_file_is_read_back_with_the_cells_that_were_written(rows: list[tuple[str, str | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"first": pl.String, "last": pl.String}, orient="row")
    assert read(tsv(frame), frame.columns).equals(cells(frame))


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=4))
@settings(max_examples=50)
def test_readers_find_the_cells_of_each_row(rows: list[tuple[str, str]]) -> None:
    frame = pl.DataFrame(rows, schema=["first", "last"], orient="row")
    file = tsv(frame.with_columns(pl.all().fill_null("")))
    one_line = [[" ".join(cell.split()) for cell in row] for row in rows]
    found = read_by_python(file)[1:]
    assert [[" ".join(cell.removeprefix("'").split()) for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in one_line
    ]
    in_pandas = pd.read_csv(io.BytesIO(file), sep="\t", dtype=str, keep_default_na=False, skip_blank_lines=False)
    assert in_pandas.to_numpy().tolist() == found


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ('"quoted" word', '"""quoted"" word"'),
        ('"', '""""'),
        ('a "quoted" word', 'a "quoted" word'),
        ('a "', 'a "'),
        ("plain", "plain"),
        ("-지만", "-지만"),
        ("=1", "'=1"),
        ("'tis", "'tis"),
        (None, ""),
        ('"a\tb"', '"""a b"""'),
    ],
)
def test_only_cells_that_begin_with_a_quotation_mark_are_quoted(cell: str | None, written: str) -> None:
    frame = pl.DataFrame({"a": [cell], "b": [""]}, schema={"a": pl.String, "b": pl.String})
    assert tsv(frame).decode() == f"a\tb\n{written}\t\n"
