"""Each table format keeps every value, is valid for the programs that read it, and reports damage."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from pydantic import ValidationError
from support.export_content import DETAILS, card_table, content_of
from support.hostile import HOSTILE, hostile_content
from support.spreadsheets import opened

from korean_flashcards.domain.errors import ExportError
from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.formats import (
    csv_file,
    json_file,
    jsonl_file,
    parquet_file,
    quizlet_file,
    tsv_file,
    xlsx_file,
)
from korean_flashcards.exports.sheet_names import sheet_names

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "reference" / "cards.schema.json"
TABLES = (tsv_file, csv_file, json_file, jsonl_file, parquet_file, xlsx_file)
ALL = (*TABLES, quizlet_file)
CARDS = card_table([{}, {"card_type": "Hanja", "front": 'a "b"', "score": None}, {"front": "=1+1", "level": None}])
PLAIN = content_of(CARDS)
SIGNS = "가a=+-@'\"\t\r\n,;_x\ufeff\ufffe\x00\x1f </r>"
TEXT = st.text(st.sampled_from(SIGNS), max_size=8) | st.text(max_size=4) | st.just("<r>\x01</r>") | st.none()
ROW = st.fixed_dictionaries({
    "text": TEXT, "=name": TEXT, "number": st.integers(-(2**60), 2**60) | st.integers(0, 9) | st.none(),
    "share": st.floats() | st.floats(-1, 1) | st.none(), "truth": st.booleans() | st.none(),
    "day": st.dates(date(1800, 1, 1)) | st.none(), "time": st.times() | st.none(),
})  # fmt: skip
TYPES = {"text": pl.String, "=name": pl.String, "number": pl.Int64, "share": pl.Float64, "truth": pl.Boolean,
         "day": pl.Date, "time": pl.Time}  # fmt: skip
SIDES = st.lists(st.tuples(st.text("a;\t\n \r", max_size=9), st.text(max_size=5)), max_size=4)


def with_table(rows: list[dict[str, Any]], options: Mapping[str, Any] | None = None) -> ExportContent:
    """Return a content with these rows. Every second row is a Hanja card."""
    cards = card_table({"card_type": ("Scene", "Hanja")[number % 2]} for number in range(len(rows)))
    content = content_of(cards, options=options)
    return replace(content, table=pl.DataFrame(rows, schema=TYPES))


@pytest.mark.parametrize(
    ("file_format", "options"),
    [
        *((file_format, {}) for file_format in TABLES),
        (csv_file, {"separator": "semicolon"}),
        (csv_file, {"separator": "tab"}),
    ],
)
@given(rows=st.lists(ROW, max_size=3))
@settings(max_examples=20)
def test_reading_a_file_back_gives_every_value(
    file_format: ModuleType, options: dict[str, str], rows: list[dict[str, Any]]
) -> None:
    content = with_table(rows, options)
    assert_frame_equal(file_format.read(file_format.write(content)), file_format.expected(content))


@pytest.mark.parametrize("file_format", [tsv_file, csv_file, json_file, jsonl_file, parquet_file])
def test_the_text_that_is_read_is_the_text_of_the_cards(file_format: ModuleType) -> None:
    content = hostile_content(["front", "back"])
    found = file_format.read(file_format.write(content))
    assert found["front"].to_list()[: len(HOSTILE)] == list(HOSTILE.values())


@pytest.mark.parametrize("file_format", ALL)
def test_a_damaged_file_is_reported(file_format: ModuleType) -> None:
    file = file_format.write(PLAIN)
    for damaged in (b"\xff\xfe\x00", file[: len(file) // 2], file[:-3]):
        with pytest.raises(ValueError, match=r"^(it|its|a line|a card) "):
            file_format.read(damaged)


@pytest.mark.parametrize("file_format", [tsv_file, csv_file])
def test_python_and_pandas_read_the_cells(file_format: ModuleType) -> None:
    content = hostile_content(["front", "level", "back"])
    file, delimiter = file_format.write(content), "\t" if file_format is tsv_file else ","
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=delimiter, strict=True))
    assert all(row[0] in (text, f"'{text}") for row, text in zip(rows[1:], HOSTILE.values(), strict=False))
    in_pandas = pd.read_csv(io.BytesIO(file), sep=delimiter, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert in_pandas.shape == (len(HOSTILE) + 1, 3) and in_pandas["level"].to_list()[:-1] == ["3"] * len(HOSTILE)


def test_a_tsv_file_without_fields_has_the_nine_columns_of_the_cards() -> None:
    lines = tsv_file.write(PLAIN).decode().split("\n")
    assert lines[0] == "position\tterm\tterm_number\ttab_name\tprimer\tfront\tback\ttags\thonorific_level"
    assert lines[1].startswith("1\t남성[nam.sʌŋ]\t1\tScene\tYou enter.\tfront\tback\tterm:남성,pos:noun,")
    assert lines[2].split("\t")[5] == '"a ""b"""' and lines[2].endswith("\t") and lines[4] == ""
    assert tsv_file.write(content_of(CARDS, ["word"])).decode() == "word\n남성\n남성\n남성\n"


def test_a_csv_file_is_for_spreadsheets() -> None:
    content = content_of(CARDS, ["front", "level", "score"])
    assert csv_file.write(content) == (
        b'\xef\xbb\xbf"front","level","score"\r\n"front",3,88\r\n"a ""b""",3,\r\n"\'=1+1",,88\r\n'
    )
    assert b'"front";"level"' in csv_file.write(replace(content, options={"separator": "semicolon"}))
    with pytest.raises(ValidationError):
        csv_file.CsvOptions(separator="|")


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@A", "\t=1", "\r=1", "\n=1", " =1", "＝1", "﹢1", "\ufeff=1", "'=1", "'"]
)
def test_text_that_a_spreadsheet_could_evaluate_has_an_apostrophe(text: str) -> None:
    content = content_of(card_table([{"front": text}]), ["front"])
    for file_format in (csv_file, tsv_file):
        file = file_format.write(content).decode("utf-8-sig")
        (cell,) = list(csv.reader(io.StringIO(file, newline="")))[1]
        assert cell == f"'{text}" and file_format.read(file.encode())["front"].item() == text


def test_a_workbook_has_a_sheet_per_card_type_with_a_frozen_header_and_filters() -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(xlsx_file.write(PLAIN)))
    assert book.sheetnames == ["Scene", "Hanja"]
    assert [[sheet.freeze_panes, sheet.auto_filter.ref] for sheet in book] == [["A2", "A1:N3"], ["A2", "A1:N2"]]
    assert [cell.value for cell in book["Hanja"]["C"]] == ["front", 'a "b"']
    assert 8 <= book["Scene"].column_dimensions["A"].width <= 60
    assert book.properties.created == datetime(2000, 1, 1)  # With the time of the export, each file would differ.


def test_rows_are_as_high_as_their_text() -> None:
    """LibreOffice does not compute the heights of rows when it opens a workbook."""
    from openpyxl import load_workbook

    content = content_of(
        card_table([{}, {"back": "word " * 100}, {"back": "a\nb\nc"}, {"back": "가" * 5000}]), ["back"]
    )
    sheet = load_workbook(io.BytesIO(xlsx_file.write(content)))["Scene"]
    heights = [sheet.row_dimensions[row].height for row in range(2, 6)]
    assert heights[0] is None and heights[1] >= 135 and heights[2:] == [45, 300]


def test_a_workbook_can_have_one_sheet_in_the_order_of_the_cards() -> None:
    content = replace(content_of(CARDS, ["card_type"]), options={"sheets": "one"}, title="Unit 3: [all]")
    file = xlsx_file.write(content)
    assert list(opened(file)) == ["Unit 3 all"]
    assert xlsx_file.read(file)["card_type"].to_list() == ["Scene", "Hanja", "Scene"]
    assert_frame_equal(xlsx_file.read(file), xlsx_file.expected(content))


def test_an_empty_workbook_has_a_header() -> None:
    nothing = content_of(CARDS[:0])
    assert [[cell.value for cell in row] for row in opened(xlsx_file.write(nothing))["Test cards"]] == [
        nothing.table.columns
    ]


def test_text_that_is_too_long_for_a_cell_is_an_error() -> None:
    fits, long = "가" * 32_767, "😀" * 16_384
    assert xlsx_file.read(xlsx_file.write(content_of(card_table([{"back": fits}]))))["back"].item() == fits
    with pytest.raises(
        ExportError, match=r"The column back of the Scene card for 남성 has 32,768 characters.*CSV or JSON"
    ):
        xlsx_file.write(content_of(card_table([{}, {"back": long}])))


@given(st.lists(st.text(max_size=40) | st.text(st.sampled_from("aA[]'😀"), max_size=3), max_size=5))
@settings(max_examples=50)
def test_sheets_have_names_that_excel_accepts(texts: list[str]) -> None:
    names = list(sheet_names(texts, "Cards").values())
    assert len({name.lower() for name in names}) == len(names) == len(set(texts)) and "History" not in names
    assert all(0 < len(name.encode("utf-16-le")) <= 62 and not set(name) & set("[]:*?/\\\x00") for name in names)
    assert all(name.strip("'") == name for name in names)


@pytest.mark.slow
@pytest.mark.parametrize(
    "content", [PLAIN, hostile_content(), content_of(CARDS, ["word", "level"])], ids=["plain", "hostile", "fields"]
)
def test_a_json_document_follows_its_schema(content: ExportContent) -> None:
    # Imported here because it takes 2 s in each test process, and the everyday tests do not need it.
    import jsonschema

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    document = json.loads(json_file.write(content))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    assert document["details"] == DETAILS and document["title"] == content.title
    assert [*document["cards"][0]] == document["columns"] and len(document["cards"]) == content.cards.height
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document | {"cards": [{"level": "three"}]}, schema)


def test_values_of_json_and_parquet_have_types() -> None:
    (card, *_) = json.loads(json_file.write(PLAIN))["cards"]
    line = json.loads(jsonl_file.write(PLAIN).split(b"\n")[0])
    assert card == line and (card["level"], card["score"], card["imported_on"]) == (3, 88, "2026-10-01")
    assert card["tags"] == ["term:남성", "pos:noun", "card:Scene", "level:TOPIK3"]
    stored = pq.ParquetFile(io.BytesIO(parquet_file.write(PLAIN)))
    assert json.loads(stored.metadata.metadata[b"korean_flashcards"]) == {"title": "Test cards", "details": DETAILS}
    assert str(stored.schema_arrow.field("imported_on").type) == "date32[day]"
    assert stored.metadata.row_group(0).column(0).compression == "ZSTD"


def test_quizlet_gets_one_card_per_line_or_keeps_line_breaks() -> None:
    content = content_of(card_table([{"front": "배\t\n", "back": "pear\r\nship;;;;"}, {"front": "", "back": "b"}]))
    assert quizlet_file.write(content).decode() == "배\tpear / ship;\n\tb\n"
    kept = replace(content, options={"line_breaks": "keep"})
    assert quizlet_file.write(kept).decode() == "배\tpear\nship; ;;; \tb\n"
    assert_frame_equal(quizlet_file.read(quizlet_file.write(kept)), quizlet_file.expected(kept))


@given(SIDES, st.sampled_from(["keep", "replace"]))
def test_quizlet_finds_both_sides_of_each_card(sides: list[tuple[str, str]], line_breaks: str) -> None:
    content = replace(
        PLAIN, options={"line_breaks": line_breaks}, front=pl.Series([front for front, _ in sides], dtype=pl.String),
        back=pl.Series([back for _, back in sides], dtype=pl.String),
    )  # fmt: skip
    assert_frame_equal(quizlet_file.read(quizlet_file.write(content)), quizlet_file.expected(content))
