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


def test_every_sheet_with_a_header_is_read_and_the_others_are_named():
    rows, words = read(
        {
            "안내": [["단어 목록"], ["만든이: 김"], ["모든 단어를 담고 있다"]],
            "U1": [["Unit 1"], [None], ["번호", "단어", "뜻"], [1, "학교", "school"], [2, "학생", "student"]],
            "Notes": [["Made by me"], ["2026"]],
            "U2": [["번호", "단어", "뜻"], [1, "시장", "market"], [2, "tree", "x"]],
            "Template": [["번호", "단어", "뜻"]],
            "U3": [["Korean", "English"], ["바다", "sea"]],
        }
    )
    assert [(row.row, row.values["term"]) for row in rows] == [
        (4, "학교"), (5, "학생"), (1002, "시장"), (1003, "tree"), (2002, "바다")
    ]  # fmt: skip
    assert [row.row - row.before for row in rows] == [1, 2, 3, 4, 5]
    assert rows[3].text == 'sheet "U2", row 3: 2\ttree\tx'
    notes = list(words.summary.notes)
    assert 'Sheets read: "U1", "U2", "U3".' in notes
    assert 'Sheets not read: "안내", "Template", "Notes".' in notes
    assert 'Row numbers continue with 1,001 ("U2"), 2,001 ("U3").' in notes
    assert "definition" in words.summary.columns.values()


@pytest.mark.parametrize(
    ("sheets", "terms"),
    [
        ({"표지": [["단어장"], ["나의 목록"]], "A": [["Xyz", "Qwe"], ["비", "rain"], ["눈", "snow"]]}, ["비", "눈"]),
        ({"표지": [["어휘"], ["나의 목록"]], "A": [["어휘", "뜻"], ["비", "rain"], ["눈", "snow"]]}, ["비", "눈"]),
        (
            {"A": [["Xyz", "Qwe"], ["비", "rain"]], "B": [["Xyz", "Qwe"], ["눈", "snow"]], "C": [["만든이", "김"]]},
            ["비", "눈"],
        ),
        ({"일러두기": [["이 목록은 단어 목록이다."]], "A": [["비", "rain"], ["눈", "snow"]]}, ["비", "눈"]),
        ({"A": [["단어"], ["비"]], "B": [["단어"], ["눈"]]}, ["비", "눈"]),
    ],
)
def test_a_cover_sheet_never_hides_the_words(sheets, terms):
    assert [row.values["term"] for row in read(sheets)[0]] == terms


def test_a_long_sheet_keeps_row_numbers_unique():
    sheet: list[list[Cell]] = [["단어", "뜻"], *([f"나무{number}", "tree"] for number in range(1200))]
    rows, _ = read({"A": sheet, "B": sheet[:3]})
    assert [row.row for row in rows[-2:]] == [2002, 2003]
    assert [row.row - row.before for row in rows] == list(range(1, 1203))
