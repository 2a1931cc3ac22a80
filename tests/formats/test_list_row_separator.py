"""Test lists whose rows end with a separator that was chosen at export, and that other lists keep their lines."""

import time
from contextlib import suppress

import pytest

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.formats.word_list import WordList

THREE = [("고추", "chili"), ("무", "radish"), ("파", "spring onion")]
TWO = [("고추", "chili"), ("무", "radish")]


def read(text: str) -> list[tuple[str, str]]:
    rows = WordList("list.txt", text.encode()).rows()
    return [(row.values["term"], row.values.get("definition", "")) for row in rows]


@pytest.mark.parametrize("separator", [";", "|", "||", ";;", "//", " / ", "; ", "&", "~", "#"])
@pytest.mark.parametrize("cell", ["\t", ",", "=", ": ", " - "])
@pytest.mark.parametrize("end", ["", "end"])
def test_one_line_with_any_separators_is_read_as_rows(separator, cell, end):
    line = separator.join(f"{word}{cell}{meaning}" for word, meaning in THREE)
    assert read(line + (separator if end else "")) == THREE


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("word,meaning;고추,chili;무,radish", TWO),
        ("term\tdefinition;고추\tchili;무\tradish;", TWO),
        ("word,meaning\n고추,chili;무,radish;파,spring onion\n", THREE),
        ("고추;chili,무;radish,파;spring onion", THREE),
        ("chili\t고추;radish\t무;spring onion\t파", THREE),
        ("고추\tchili;무\tradish\n파\tspring onion\n", THREE),
        ("고추\tchili;\n무\tradish;\n파\tspring onion;\n", THREE),
        ("고추\tchili; red pepper;무\tradish", [("고추", "chili; red pepper"), ("무", "radish")]),
        ("고추\tchili;무\t;파\tspring onion", [("고추", "chili"), ("무", ""), ("파", "spring onion")]),
        ("사과,빨간 과일;배,노란 과일;무,채소", [("사과", ""), ("배", ""), ("무", "")]),
        # The same separator between cells and between rows
        ("고추\tchili\t무\tradish\t파\tspring onion", THREE),
        ("고추,chili,무,radish,파,spring onion,", THREE),
        # Words only
        ("고추;무;파;", [("고추", ""), ("무", ""), ("파", "")]),
        ("우산, 장갑, 양말", [("우산", ""), ("장갑", ""), ("양말", "")]),
        ("단어|우산|장갑|양말", [("우산", ""), ("장갑", ""), ("양말", "")]),
        ("이/가, 은/는, 을/를", [("이/가", ""), ("은/는", ""), ("을/를", "")]),
        # Empty lines
        ("고추\tchili\n\n무\tradish\n\n파\tspring onion\n", THREE),
        ("고추\tchili\nred pepper\n\n무\tradish\n", [("고추", "chili red pepper"), ("무", "radish")]),
        ("고추\nchili\n\n무\nradish\n\n파\nspring onion", THREE),
    ],
)
def test_the_rows_of_an_export_are_read(text, rows):
    assert read(text) == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("사과\tapple;fruit", [("사과", "apple;fruit")]),
        ("사과,apple; fruit", [("사과", "apple; fruit")]),
        ("사과,apple;fruit\n배,pear;ship\n", [("사과", "apple;fruit"), ("배", "pear;ship")]),
        ("word,meaning\n배,pear;boat\n", [("배", "pear;boat")]),
        ("word;meaning\n배;pear, boat\n", [("배", "pear, boat")]),
        ("word,meaning,example\n배,pear;fruit,배를 먹다\n", [("배", "pear;fruit")]),
        ('단어,뜻\n나무,"tree\n\nof any kind"\n', [("나무", "tree\n\nof any kind")]),
        ('단어,뜻\n나무,"tree;숲,forest"\n', [("나무", "tree;숲,forest")]),
        ("사과,명사,과일의 하나,과일", [("사과", "")]),
        ("사과,apple,사과를 먹다,to eat an apple", [("사과", "apple")]),
        ("사과,apple\n배,pear\n\n무,radish\n", [("사과", "apple"), ("배", "pear"), ("무", "radish")]),
        ("사과\n배\n\n무\n파\n", [("사과", ""), ("배", ""), ("무", ""), ("파", "")]),
    ],
)
def test_separators_inside_of_cells_separate_no_rows(text, rows):
    assert read(text) == rows


def test_a_header_without_rows_is_still_refused():
    with pytest.raises(WordListError, match="has a header but no rows"):
        read("단어,뜻,예문")


def test_the_summary_names_the_separator_and_rows_are_counted():
    words = WordList("list.txt", "word,meaning\n고추,chili|무,radish|파,onion".encode())
    assert [row.row for row in words.rows()] == [2, 3, 4]
    assert "The rows are separated by “|”." in words.summary.notes
    words = WordList("list.txt", "고추\nchili\n\n무\nradish\n".encode())
    assert [row.row for row in words.rows()] == [1, 4]
    assert "The rows are separated by empty lines." in words.summary.notes


def test_damage_in_a_line_is_a_warning_for_each_of_its_rows():
    data = "고추\tchili;무\tcaf".encode() + b"\xe9;" + "파\tonion".encode()
    rows = list(WordList("list.txt", data).rows())
    assert [row.values["definition"] for row in rows] == ["chili", "café", "onion"]
    assert all([code for code, _ in row.warnings] == ["encoding"] for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize("part", ["가나\tmeaning;", "가나,", "가, b, ", "(가) ", "\t가", "// ", "가|a;"])
def test_a_very_long_line_is_read_at_once(part):
    start = time.process_time()
    with suppress(WordListError):
        read(part * (90_000 // len(part)))
    assert time.process_time() - start < 5
