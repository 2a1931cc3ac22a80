"""Test Excel workbooks as word lists."""

from datetime import date

import pytest
from support.workbook import Cell, workbook

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.formats.word_list import ListRow, WordList

HEADER: list[Cell] = ["Nr", "Korean", "English", "Frequency"]


def read(sheets: dict[str, list[list[Cell]]], name: str = "unit3.xlsx") -> tuple[list[ListRow], WordList]:
    words = WordList(name, workbook(sheets))
    return list(words.rows()), words


def test_cells_become_the_text_that_a_spreadsheet_shows():
    rows, _ = read(
        {"Words": [[*HEADER, "Seen"], [1, "우산", "umbrella", 300.0, date(2026, 5, 6)], [2.5, "#NAME?", "x", 1, None]]}
    )
    assert rows[0].values == {"position": "1", "term": "우산", "definition": "umbrella", "frequency": "300"}
    assert rows[0].other == {"Seen": "2026-05-06"}
    assert (rows[1].values["position"], rows[1].values["term"]) == ("2.5", "#NAME?")


def test_rows_are_numbered_as_in_the_sheet():
    rows, _ = read({"Words": [[None], HEADER, [None], [1, "우산", "umbrella"], [None], [2, "나무", "tree"]]})
    assert [(row.row, row.values["term"]) for row in rows] == [(4, "우산"), (6, "나무")]


@pytest.mark.parametrize("name", ["unit3.xlsx", "unit3.csv"])
def test_the_first_sheet_with_words_is_read_and_named(name):
    rows, words = read(
        {"About": [["Made by me"], ["2026"]], "Empty": [], "Unit 3": [HEADER, [1, "우산", "umbrella"]]}, name
    )
    assert [row.values["term"] for row in rows] == ["우산"]
    assert 'The sheet is "Unit 3".' in words.summary.notes


def test_a_sheet_without_a_header_is_read_by_its_contents():
    rows, _ = read({"Sheet1": [["우산", "umbrella"], ["나무", "tree"]]})
    assert [(row.row, row.values["term"], row.values["definition"]) for row in rows] == [
        (1, "우산", "umbrella"), (2, "나무", "tree")
    ]  # fmt: skip


@pytest.mark.parametrize("cell", ["decomposed: 나무".replace("나", "나"), "나\u200b무"])
def test_text_is_cleaned(cell):
    (row,), _ = read({"Sheet1": [["word"], [cell.removeprefix("decomposed: ")]]})
    assert row.values["term"] == "나무"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (workbook({"Sheet1": []}), "is empty"),
        (workbook({"Sheet1": [["Nr", "Wort"], [1, "Baum"]]}), "no column for words. Found: Nr, Wort."),
        (workbook({"Sheet1": [["word", "meaning"]]}), "has a header but no rows"),
        (workbook({"Sheet1": [["word"], ["나무"]]})[:-40], "not a text file"),
        (
            workbook({"Sheet1": [["word"], ["나무"]]}).replace(
                b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet9.xml"
            ),
            "workbook",
        ),
    ],
    ids=["empty", "no Korean", "only a header", "cut", "damaged"],
)
def test_a_workbook_without_words_is_one_clear_error(data, says):
    with pytest.raises(WordListError) as caught:
        list(WordList("unit3.xlsx", data).rows())
    message = str(caught.value)
    assert (
        says in message
        and message.startswith("unit3.xlsx")
        and message.endswith("Nothing from this list was imported.")
    )
