"""openpyxl and LibreOffice open the files, and no text becomes a formula, whatever a card contains."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from support.export_content import content_of
from support.hostile import HOSTILE, hostile_content
from support.spreadsheets import COMMA, SEMICOLON, TAB, Cells, needs_libreoffice, opened, saved_by_libreoffice

from korean_flashcards.exports.formats import csv_file, tsv_file, xlsx_file
from korean_flashcards.formats.tsv import tsv

TEXTS = list(HOSTILE.values())
# The hostile texts are between two columns whose cells must stay where they are.
TABLE = pl.DataFrame({"number": range(len(TEXTS)), "text": TEXTS, "last": "end"})
CONTENT = replace(hostile_content(), table=TABLE, cards=hostile_content().cards[: len(TEXTS)])


def values(rows: Cells) -> list[list[object]]:
    return [[cell.value for cell in row] for row in rows]


def has_formula(rows: Cells) -> bool:
    return any(cell.data_type in "fe" or cell.hyperlink for row in rows for cell in row)


def one_sheet(file: bytes) -> Cells:
    (rows,) = opened(file).values()
    return rows


@needs_libreoffice
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "file", "import_filter"),
    [
        ("cards.tsv", tsv(TABLE), TAB),
        ("export.tsv", tsv_file.write(CONTENT), TAB),
        ("export.csv", csv_file.write(CONTENT), COMMA),
        ("semicolon.csv", csv_file.write(replace(CONTENT, options={"separator": "semicolon"})), SEMICOLON),
    ],
)
def test_libreoffice_opens_text_files_without_formulas(
    name: str, file: bytes, import_filter: str, tmp_path: Path
) -> None:
    rows = one_sheet(saved_by_libreoffice(tmp_path, name, file, import_filter))
    assert not has_formula(rows) and len(rows) == 1 + len(TEXTS) and {len(row) for row in rows} == {3}
    assert values(rows)[0] == ["number", "text", "last"]
    assert [(row[0].value, row[2].value) for row in rows[1:]] == [(number, "end") for number in range(len(TEXTS))]
    shown = dict(zip(HOSTILE, (row[1].value for row in rows[1:]), strict=True))
    assert shown["formula"] == "'=1+1" and shown["jamo"] == HOSTILE["jamo"]
    assert shown["quote at the start"] == '"quoted" word'


@needs_libreoffice
@pytest.mark.slow
def test_libreoffice_shows_the_text_of_a_workbook_unchanged(tmp_path: Path) -> None:
    """The text is what openpyxl finds in the workbook that LibreOffice saves. Control characters get lost on the way."""
    sheets = opened(saved_by_libreoffice(tmp_path, "export.xlsx", xlsx_file.write(CONTENT)))
    assert list(sheets) == list(opened(xlsx_file.write(CONTENT))) and not any(map(has_formula, sheets.values()))
    texts = {row[0].value: row[1].value or "" for rows in sheets.values() for row in rows[1:]}
    plain = {
        number: text
        for number, text in enumerate(TEXTS)
        if text.replace("\n", "").isprintable() and "_x" not in text  # openpyxl reads _x005F_ incompletely
    }
    assert {number: texts[number] for number in plain} == plain


def test_a_workbook_has_text_numbers_and_dates() -> None:
    content = content_of(hostile_content().cards, ["front", "level", "score", "imported_on"])
    sheets = opened(xlsx_file.write(content))
    assert not any(map(has_formula, sheets.values()))
    kinds = {cell.data_type for rows in sheets.values() for row in rows[1:] for cell in row[:1] if cell.value}
    assert kinds == {"s"}
    (card,) = [row for rows in sheets.values() for row in rows if row[0].value == "=1+1"]
    assert [cell.data_type for cell in card] == ["s", "n", "n", "d"]
    assert card[3].number_format == "yyyy-mm-dd" and card[0].quotePrefix and card[0].alignment.wrap_text
