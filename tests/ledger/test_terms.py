"""Test imports of terms that are not in Korean spelling: they are cleaned, or rejected with the cause."""

import csv
from pathlib import Path

import pytest
from ledger.invariants import check
from ledger.samples import items, take, words
from sqlalchemy import select, text
from support.ledger import fresh_ledger

from korean_flashcards.formats.word_list import ListFile
from korean_flashcards.ledger.db.tables import import_warnings
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.words.imports import ImportResult

LEFTOVERS = """\
Korean,English,Level,Notes
'-는데,but; and (background),3급,ending
"=""-지만""\",although,중급,ending
#NAME?,(was -거나 before the spreadsheet opened it),3,ending
~(으)로,by means of; toward,초급,particle
"-(으)ㄹ 수 있다",can; to be able to,TOPIK I,pattern
-ㅂ니다/습니다,formal polite ending,1등급,ending
,,,
계,3,,
Total: 6,,,
"""
INVISIBLE = ["사과", "사과\u3164", "사\u200d과", "사과\u00a0", "사과\ufe0f", "\u115f사과", "\uffa0사과", "사과\u2063"]


@pytest.fixture
def ledger(tmp_path: Path):
    with fresh_ledger(tmp_path) as book:
        yield book
        check(book.store)


def import_text(ledger: Ledger, content: str) -> ImportResult:
    (result,) = ledger.imports.take([ListFile("list.csv", "list.csv", content.encode())])
    return result


def warnings(ledger: Ledger, code: str = "term_cleaned") -> list[str]:
    with ledger.store.read() as connection:
        query = select(import_warnings.c.reason).where(import_warnings.c.code == code).order_by(import_warnings.c.row)
        return list(connection.execute(query).scalars())


def test_leftovers_of_a_spreadsheet_are_cleaned_or_rejected_with_their_cause(ledger):
    result = import_text(ledger, LEFTOVERS)
    assert (result.imported, result.rejected) == (5, 3)
    assert list(words(ledger)) == ["-는데#1", "-지만#1", "~(으)로#1", "-(으)ㄹ 수 있다#1", "-ㅂ니다/습니다#1"]
    assert warnings(ledger) == ["“'-는데” was read as “-는데”", '“="-지만"” was read as “-지만”']
    reasons = ledger.vocabulary.rejects(None)["reason"].to_list()
    assert "took for a formula" in reasons[0] and all("a row of totals" in reason for reason in reasons[1:])


def test_words_that_look_the_same_are_one_word(ledger):
    result = take(ledger, *((term, "apple") for term in INVISIBLE), ("각", "each"), ("\u1100\u1161\u11a8", "each"))
    assert (result.imported, result.duplicates, result.rejected) == (2, 8, 0)
    assert list(words(ledger)) == ["사과#1", "각#1"] and not warnings(ledger)


def test_dictionary_numbers_leave_the_headword_and_other_numbers_stay(ledger):
    rows = [
        ("배1", "pear"),
        ("배2", "boat"),
        ("사과05", "apple"),
        ("사과08", "apology"),
        ("-님04", ""),
        ("코로나19", ""),
        ("10분", ""),
    ]
    take(ledger, *rows)
    assert list(words(ledger)) == ["배#1", "배#2", "사과#5", "사과#8", "-님#4", "코로나19#1", "10분#1"]


def test_a_number_on_the_last_row_counts_for_the_first_row_of_a_long_list(ledger):
    rows = [("배1", "pear"), *((f"물{chr(ord('가') + number)}", "") for number in range(2500)), ("배2", "boat")]
    take(ledger, *rows)
    assert {"배#1": "pear", "배#2": "boat"}.items() <= words(ledger).items()


def test_two_words_in_one_cell_are_rejected_with_the_original_text(ledger):
    result = take(ledger, ("책/공책", "book / notebook"), ("이나/나", "or"), ("안녕하세요?", "hello"))
    assert (result.imported, result.rejected) == (2, 1)
    (reject,) = ledger.vocabulary.rejects(None).to_dicts()
    assert "'책/공책' contains 2 words in one cell: write each word in its own row" in reject["reason"]
    assert next(csv.reader([reject["text"]]))[0] == "책/공책"


def test_headings_are_rejected_and_the_words_between_them_imported(ledger):
    result = import_text(
        ledger, "//동물\t\n토끼\trabbit\n거북이\tturtle\n//음식/과일\t\n사과\tapple\n제2과\t\n배\tpear\n"
    )
    assert (result.imported, result.rejected) == (4, 3)
    reasons = ledger.vocabulary.rejects(None)["reason"].to_list()
    assert len(reasons) == 3 and all("is a heading, not a word" in reason for reason in reasons)


def test_a_list_in_one_line_is_imported_as_rows(ledger):
    result = import_text(ledger, "고추\tchili;무\tradish;파\tspring onion;")
    assert (result.rows, result.imported) == (3, 3)
    assert words(ledger) == {"고추#1": "chili", "무#1": "radish", "파#1": "spring onion"}


def test_numbers_of_ten_or_more_are_dictionary_numbers_beside_padded_ones(ledger):
    take(ledger, ("수01", ""), ("수12", ""), ("개01", "dog"), ("개10", "counter"), ("코로나19", ""), ("2월", ""))
    assert list(words(ledger)) == ["수#1", "수#12", "개#1", "개#10", "코로나19#1", "2월#1"]


def test_a_cleaned_term_is_the_same_word_in_another_list(ledger):
    take(ledger, ("우산", "umbrella"), ("감기에 걸리다", "to catch a cold"))
    again = take(ledger, ("<b>우산</b>", "umbrella"), ("[감기]에 걸리다", "to catch a cold"), name="anki.csv")
    assert (again.imported, again.duplicates) == (0, 2)


@pytest.mark.slow
@pytest.mark.parametrize("term", ["안녕하세요?", "책/공책", "사과05", "//동물", "초ㆍ중ㆍ고"])
def test_a_term_that_an_earlier_release_imported_stays_one_word(ledger, term):
    """Its replies are paid for. A new version of its list must not replace it by a new word."""
    take(ledger, ("나무", "x"))
    with ledger.store.write() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        renamed = {"id": f"{term}#1", "term": term}
        connection.execute(text("UPDATE vocabulary_items SET item_id = :id, term = :term, stem = :term"), renamed)
        for table in ("tasks", "import_rows"):
            connection.execute(text(f"UPDATE {table} SET item_id = :id"), renamed)
        connection.execute(text("UPDATE import_rows SET item = replace(item, '나무', :term)"), renamed)
    again = take(ledger, ("새말", ""), (term, "x"))
    assert (again.imported, again.duplicates, again.rejected) == (1, 1, 0)
    assert list(words(ledger)) == [f"{term}#1", "새말#1"] and not warnings(ledger)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("이,\n이,二\n", {"이#1": "二"}),
        ("이,二\n이,\n", {"이#1": "二"}),
        ("이,\n이,二\n이,李\n", {"이#1": "二", "이#2": "李"}),
        ("차,\n강,江\n차,茶\n차,茶\n", {"차#1": "茶", "강#1": "江"}),
    ],
)
def test_hanja_that_arrive_later_are_added_to_a_word_without_a_meaning(ledger, rows, expected):
    import_text(ledger, f"word,hanja\n{rows}")
    assert {item_id: word["hanja"] for item_id, word in items(ledger.store).items()} == expected


def test_hanja_in_a_later_list_are_added_to_a_word_without_a_meaning(ledger):
    take(ledger, ("수도", ""), name="first.csv")
    (result,) = ledger.imports.take([ListFile("next.csv", "next.csv", "word,hanja\n수도,首都\n".encode())])
    assert (result.duplicates, result.updated, items(ledger.store)["수도#1"]["hanja"]) == (1, 1, "首都")
