"""Test that headings in lists of words are rejected as headings, and that words that look like headings stay."""

import pytest

from korean_flashcards.domain.records import RejectCode
from korean_flashcards.formats.item_row import RowError, item_of
from korean_flashcards.formats.word_list import ListRow, read_word_list


def read(term: str, **values: str) -> str:
    """Return the row's term, or the reason why the row is rejected."""
    try:
        return item_of(ListRow(5, term, {"term": term, **values}), "unit.csv").item.term
    except RowError as error:
        assert error.code is RejectCode.INVALID
        return str(error)


@pytest.mark.parametrize(
    "term",
    [
        # Pleco, Markdown, comments
        "//동물", "// 동물", "//음식/과일", "///음식", "//", "## 1과", "# 음식", "#동물", "### 동물과 식물", "#1과", "##",
        # Rules
        "---", "- - -", "=====", "***", "___", "───", "--- 음식 ---", "=== 음식 ===", "-- 동물 --", "*** 동물 ***",
        "--- 음식", "~~ 음식 ~~",
        # Units, in English and other languages
        "Unit 3", "UNIT 03", "Unit 3: 음식", "Lesson 5 학교", "lesson #5 – 학교", "Chapter IV", "Day 1 음식", "Week 2",
        "[Unit 3]", "Lektion 2", "第3课", "第三課 음식",
        # Units in Korean
        "제1과", "제 2 과", "[1과]", "[제1과]", "【3단원】", "<1과>", "(2과)", "■ 1과", "1과", "1과.", "제1과. 인사",
        "1과 인사하기", "제3장 음식", "2단원", "3주차", "2차시", "레슨 3", "챕터 2: 가족",
    ],
)  # fmt: skip
def test_a_heading_is_rejected_as_a_heading(term):
    assert f"the term {term!r} is a heading, not a word" in read(term)


@pytest.mark.parametrize(
    ("term", "values"),
    [
        ("1과", {"definition": "lesson 1"}), ("2과", {"pos": "수사"}), ("제1과", {"definition": "the first department"}),
        ("1과 2의 합", {}), ("1과목", {}), ("2단원평가", {}), ("제1회", {}), ("2장", {}), ("3편", {}), ("1부", {}),
        ("제2차 세계대전", {}), ("1주차장", {}), ("10분", {}), ("-는데", {}), ("--하다", {}), ("~하다", {}),
        ("코로나19", {}), ("음식", {}), ("머리말", {}), ("단원", {}),
    ],
)  # fmt: skip
def test_a_word_that_looks_like_a_heading_stays(term, values):
    assert read(term, **values) == term


@pytest.mark.parametrize(
    ("written", "term"), [("#1 우산", "우산"), ("# 12. 우산", "우산"), ("**우산**", "우산"), ("[우산]", "우산")]
)
def test_an_enumeration_and_markup_are_not_headings(written, term):
    assert read(written) == term


@pytest.mark.parametrize(
    ("term", "definition"), [("제1과", "Lesson 1"), ("제2과 음식", "Lesson 2: Food"), ("3과 가족", "Unit 3 – Family")]
)
def test_a_translated_heading_is_a_heading(term, definition):
    assert "is a heading" in read(term, definition=definition)


def test_the_message_says_what_to_do_if_the_heading_is_a_word():
    assert read("1과") == "the term '1과' is a heading, not a word: if it is a word, add its meaning"


@pytest.mark.parametrize("term", ["//동물", "1과", "--- 음식 ---"])
def test_a_heading_that_an_earlier_release_imported_stays_a_word(term):
    row = ListRow(5, term, {"term": term})
    assert item_of(row, "unit.csv", as_written={term}).item.term == term


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# My words\n사과\n배\n", ["사과", "배"]),
        ("#과일\n사과\n배\n## 채소\n무\n", ["사과", "배", "무"]),
        ("//동물\n토끼\trabbit\n//음식/과일\n사과\tapple\n", ["토끼", "사과"]),
        ("Unit 1\n사과\n배\nUnit 2\n무\n", ["사과", "배", "무"]),
        ("제1과\n사과\n---\n제2과\n배\n무\n", ["사과", "배", "무"]),
        ("word,meaning\n1과,\n사과,apple\n[2과],\n배,pear\n", ["사과", "배"]),
    ],
)
def test_the_words_between_headings_are_read(text, words):
    found = [read(**row.values) for row in read_word_list("list.txt", text.encode())]
    assert [term for term in found if "is a heading" not in term] == words
