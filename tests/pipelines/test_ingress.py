"""Ingress: every row of every list is imported, a duplicate, or rejected with a reason."""

import csv
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipelines.stages import ingress, vocabulary_of
from sqlalchemy import select
from support.ledger import fresh_ledger

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.domain.records import VocabularyItem
from korean_flashcards.formats.word_list import read_word_list
from korean_flashcards.ledger.db.tables import import_rows


def csv_of(*rows: tuple[str, ...], header: tuple[str, ...] = ("word", "meaning", "hanja", "level", "tags")) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def only(frame: pl.DataFrame) -> dict[str, object]:
    return frame.row(0, named=True)


TERMS = st.sampled_from(["배", "남성", " 배 ", "10분", "tv에서", "", "abc", "123", "男性", "가" * 100, "가" * 101, "배[梨]",
                         "잘  지내", "ㅋㅋ"])  # fmt: skip
ROW = st.tuples(
    TERMS,
    st.sampled_from(["", "ship", "a ship", "Pear!", "d" * 500, "d" * 501, "none", "a\nb"]),
    st.sampled_from(["", "男性", "梨"]),
    st.sampled_from(["", "1", "6", "7", "TOPIK 2", "x"]),
    st.sampled_from(["", "a,b", "a b; c"]),
    st.sampled_from(["", "", "extra"]),
)


@pytest.mark.slow
@given(st.lists(st.lists(ROW, min_size=1, max_size=12), min_size=1, max_size=3))
@settings(max_examples=50)
def test_imported_duplicate_and_rejected_rows_add_up_to_all_rows(files):
    # One valid row per file, so that no file is refused as a whole.
    lists = {f"{n}.csv": csv_of(*(row if row[5] else row[:5] for row in [*rows, ("나무", "", "", "", "", "")]))
             for n, rows in enumerate(files)}  # fmt: skip
    frames = ingress(lists)
    places = [frames["vocabulary"], frames["duplicates"], frames["rejects"]]
    where = pl.concat([frame.select("file", "row") for frame in places])
    rows = [(name, row.row) for name, data in lists.items() for row in read_word_list(name, data)]
    same = {name: {other for other in lists if lists[other] == lists[name]} for name in lists}
    assert set(where.rows()) == {(min(same[name]), row) for name, row in rows}
    counts = frames["counts"]
    assert (counts["imported"] + counts["duplicates"] + counts["rejected"]).equals(counts["rows"])
    assert counts["rows"].sum() == len({(min(same[name]), row) for name, row in rows})
    assert frames["vocabulary"]["item_id"].is_unique().all()
    for item in frames["vocabulary"].iter_rows(named=True):
        assert VocabularyItem.model_validate(item)
        assert item["item_id"] == f"{item['term']}#{item['homograph']}"
    assert set(frames["duplicates"]["item_id"]) <= set(frames["vocabulary"]["item_id"])
    assert frames["rejects"]["reason"].str.len_chars().min() != 0


@pytest.mark.parametrize(
    ("row", "code", "says"),
    [
        (("", "tree"), "no_term", "empty"),
        (("tree", "나무"), "no_hangul", "'tree' contains no Hangul syllables"),
        (("123", "x"), "no_hangul", "'123'"),
        (("ㅋㅋ", "haha"), "no_hangul", "'ㅋㅋ'"),
        (("가" * 101, "x"), "too_long", "the term has 101 characters; the limit is 100"),
        (("가", "x", "", "", "", "y", "z"), "extra_cells", "2 more cells"),
        (("배[a[b", "pear"), "invalid", "square brackets"),
    ],
)
def test_a_rejected_row_has_a_code_and_a_reason(row, code, says):
    frames = ingress({"unit.csv": csv_of(("물", "water"), row)})
    reject = only(frames["rejects"])
    assert (reject["file"], reject["row"], reject["code"]) == ("unit.csv", 3, code)
    assert says in str(reject["reason"])
    assert all(cell in str(reject["text"]) for cell in row)
    assert frames["vocabulary"].height == 1


@pytest.mark.parametrize("term", ["10분", "tv에서", "fbi가", "가" * 100, "-님", "~지만", "잘 지내", "뷁", "3D 프린터"])
def test_a_term_needs_only_one_hangul_syllable(term):
    assert only(vocabulary_of(f"word\n{term}\n"))["term"] == term


def test_a_definition_of_500_characters_is_kept_whole():
    assert only(vocabulary_of(f"word,meaning\n가,{'x' * 500}\n"))["definition"] == "x" * 500


def test_homographs_are_numbered_in_order_of_appearance():
    words = vocabulary_of("word,meaning,hanja\n배,ship,\n물,water,\n배,pear,\n배,belly,\n배,pear,梨\n")
    assert words.select("item_id", "definition").rows() == [
        ("배#1", "ship"), ("물#1", "water"), ("배#2", "pear"), ("배#3", "belly"),
    ]  # fmt: skip


def test_a_row_that_repeats_a_meaning_is_a_duplicate_of_the_first_row():
    frames = ingress({"a.csv": csv_of(("물", "water"), ("배", "a ship")), "b.csv": csv_of(("배", "Ship."), ("배", ""))})
    assert frames["duplicates"].select("file", "row", "item_id", "first_file", "first_row").rows() == [
        ("b.csv", 2, "배#1", "a.csv", 3), ("b.csv", 3, "배#1", "a.csv", 3),
    ]  # fmt: skip
    assert frames["counts"].drop("batch_id").rows() == [("a.csv", 2, 2, 0, 0, 0), ("b.csv", 2, 0, 2, 0, 0)]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (("사과", "apple", "沙果"), ("사과", "apple", "謝過"), False),
        (("사과", "apple", ""), ("사과", "apple", "沙果"), True),
        (("사과", "apple", "沙果"), ("사과", "apology", "沙果"), False),
        (("사과", "to go", ""), ("사과", "Go!", ""), True),
        (("사과", "the", ""), ("사과", "a", ""), False),
        (("사과", "", ""), ("사과", "none", ""), True),
        (("사과", "", ""), ("사과", "apple", ""), True),
        (("사과", "go", ""), ("사과", "going", ""), False),
        (("사과", "과일", ""), ("사과", "사죄", ""), False),
    ],
)
def test_a_different_meaning_or_hanja_is_a_different_word(first, second, same):
    frames = ingress({"a.csv": csv_of(first, second)})
    assert (frames["vocabulary"].height, frames["duplicates"].height) == ((1, 1) if same else (2, 0))


def test_a_word_that_macos_decomposed_is_the_same_word():
    frames = ingress({"a.csv": csv_of(("나무", "tree")), "b.csv": "word,meaning\n나무,tree\n".encode()})
    assert frames["duplicates"].height == 1


@pytest.mark.parametrize(
    ("text", "level"),
    [("3", 3), ("3.0", 3), ("TOPIK 3", 3), ("topik3", 3), ("TOPIK_6", 6), ("3급", 3), ("Level 1", 1), ("", None)],
)
def test_topik_levels_are_read_in_the_usual_spellings(text, level):
    frames = ingress({"a.csv": csv_of(("가", "x", "", text))})
    assert only(frames["vocabulary"])["topik_level"] == level
    assert frames["warnings"].is_empty()


@pytest.mark.parametrize("text", ["0", "7", "10", "-1", "2.5", "high", "1-2"])
def test_an_impossible_topik_level_is_left_out_with_a_warning(text):
    frames = ingress({"a.csv": csv_of(("가", "x", "", text))})
    assert only(frames["vocabulary"])["topik_level"] is None
    warning = only(frames["warnings"])
    assert (warning["file"], warning["row"], warning["code"]) == ("a.csv", 2, "topik_level")
    assert repr(text) in str(warning["reason"])


@pytest.mark.parametrize(
    ("text", "tags"), [("food", ["food"]), ("a, b;c", ["a", "b", "c"]), ("unit 1", ["unit_1"]), (" ;, ", []), ("", [])]
)
def test_tags_are_single_words(text, tags):
    assert only(ingress({"a.csv": csv_of(("가", "x", "", "", text))})["vocabulary"])["tags"] == tags


@pytest.mark.parametrize(("position", "number"), [("12", 12), ("1,234", 1234), ("7.0", 7), ("", 3), ("x", 3), ("0", 3)])
def test_the_term_number_is_the_position_column_or_the_row_number(position, number):
    text = f'no,word\n1,물\n2,불\n"{position}",가\n'
    assert vocabulary_of(text)["term_number"].to_list() == [1, 2, number]


@pytest.mark.parametrize("rows", [[("tree", "나무")], [("", "x"), ("abc", ""), ("1", "2")]])
def test_a_list_without_any_word_is_refused_with_the_first_reason(rows):
    with pytest.raises(WordListError) as caught:
        ingress({"a.csv": csv_of(*rows)})
    assert "a.csv" in str(caught.value) and "row 2" in str(caught.value)
    assert str(caught.value).endswith("Nothing from this list was imported.")


@pytest.mark.parametrize("header", ["Homonym No.", "동형어 번호", "homograph"])
def test_homograph_numbers_in_a_column_distinguish_words_without_meanings(header):
    assert vocabulary_of(f"단어,{header}\n김,1\n김,2\n물,0\n")["item_id"].to_list() == ["김#1", "김#2", "물#1"]


def test_files_are_read_in_the_order_of_their_names():
    frames = ingress({"b.csv": csv_of(("배", "pear")), "a.csv": csv_of(("배", "ship"))})
    assert frames["vocabulary"].select("item_id", "definition").rows() == [("배#1", "ship"), ("배#2", "pear")]


def test_unused_columns_are_kept_with_the_rows():
    with fresh_ledger() as ledger:
        ingress({"a.csv": csv_of(("가", "kept"), header=("word", "Verified"))}, ledger)
        with ledger.store.read() as connection:
            assert connection.execute(select(import_rows.c.text)).scalar_one() == "가,kept"
