"""Test that usable rows of an earlier system's SQLite file are read, others are reported, and the file is unchanged."""

import json
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from legacy.sources import analysis_row, card_row, database, full_database, snapshot

from korean_flashcards.domain.errors import LegacyError
from korean_flashcards.legacy.database import read_database
from korean_flashcards.legacy.legacy_data import LegacyData
from korean_flashcards.legacy.record_check import check


def reasons(data: LegacyData) -> dict[str, str]:
    """Return the reason for each problem that reading or checking found, keyed by its place."""
    problems = [*data.problems, *(problem for word in check(data) for problem in word.problems)]
    return {problem.where: problem.why for problem in problems}


def test_both_word_tables_are_converted_to_the_columns_of_a_word_list(tmp_path: Path) -> None:
    path = database(
        tmp_path / "old.db",
        vocabulary_master=[
            {"id": 1, "korean": "남성[nam.sʌŋ]", "english": "man", "hanja": "男性", "type": "word", "difficulty_level": 3,
             "frequency_rank": 412, "notes": "formal"},
            {"id": 2, "korean": "눈이 높다", "english": "be picky", "hanja": None, "type": "idiom", "difficulty_level": "8",
             "frequency_rank": None, "notes": None},
        ],
        vocabulary_items=[
            {"id": 1, "korean": "물", "english": "water", "hanja": "", "category": "food and drink",
             "difficulty_level": "Beginner", "example_sentence": "물을 마셔요.", "notes": "", "position": 5,
             "tags": '["daily", "a, b"]'}
        ],
    )  # fmt: skip
    data = read_database(path)
    assert not data.problems
    assert [(word.term, word.position) for word in data.words] == [("남성", 412), ("눈이 높다", None), ("물", 5)]
    assert [dict(word.values) for word in data.words] == [
        {"definition": "man", "hanja": "男性", "usage_hint": "formal", "tags": "difficulty:3"},
        {"definition": "be picky", "pos": "idiom", "tags": "difficulty:8"},
        {"definition": "water", "example": "물을 마셔요.", "tags": "food_and_drink,daily,a_b,difficulty:beginner"},
    ]


def test_words_get_their_newest_analysis_and_cards(tmp_path: Path) -> None:
    path = database(
        tmp_path / "old.db",
        vocabulary_master=[
            {"id": 10, "korean": "문", "english": "door"},
            {"id": 20, "korean": "물", "english": "water"},
        ],
        nuance_data=[
            analysis_row(20, "물"),
            analysis_row("10", "문", primary_meaning="old"),
            analysis_row(10.0, "문", primary_meaning="new"),
        ],
        flashcards=[card_row(10, "문", "Hanja"), card_row(10, "문", "Scene"), card_row(20, "물")],
    )
    door, water = check(read_database(path))
    assert door.meaning == "new" and water.meaning == "a test meaning"
    assert [problem.where for problem in door.problems] == ["nuance_data, row 2"]
    assert "superseded" in door.problems[0].why
    cards = json.loads(door.paid[1].text)["cards"]
    assert [card["tab_name"] for card in cards] == ["Scene", "Hanja"]
    assert door.paid[1].count == 2 and water.paid[1].count == 1


def test_each_unusable_row_is_reported_with_its_reason(tmp_path: Path) -> None:
    path = database(
        tmp_path / "old.db",
        vocabulary_items=[
            {
                "id": 1,
                "korean": "문",
                "english": "door",
                "difficulty_level": 11,
                "tags": "[unclosed",
                "notes": b"\xff\x00",
            },
            {
                "id": 2,
                "korean": None,
                "english": "nothing",
                "difficulty_level": "native",
                "tags": '{"a": 1}',
                "notes": None,
            },
            {
                "id": 3,
                "korean": "물",
                "english": 5,
                "difficulty_level": "TOPIK 2",
                "tags": "a; b",
                "notes": "x" * 30_000,
            },
        ],
        nuance_data=[
            analysis_row(1, "문", comparison_data="{'vs': 1}", korean_keywords="문, 창문"),
            analysis_row(99, "문"),
            analysis_row(3, "물", metaphor=None),
            analysis_row(None, "물"),
            analysis_row(3, "문"),
            analysis_row(
                3, "물", homonyms_data='[{"hanja": "水", "reading": "수", "meaning": "w", "differentiator": "w"}]'
            ),
        ],
        flashcards=[
            card_row(1, "문", "Scene", back_content=""),
            card_row(1, "문", "Poem"),
            card_row(1, "문", "Hanja", tags="no json, but tags"),
            card_row(77, "문"),
        ],
    )
    data = read_database(path)
    said = reasons(data)
    in_first = [problem.why for problem in data.problems if problem.where == "vocabulary_items, row 1"]
    assert all(why.endswith("; this value was omitted") for why in in_first)
    assert [why.split(";")[0].split(":")[0] for why in in_first] == [
        "notes is bytes, not text", "tags is not JSON (Expecting value",
        "difficulty_level is 11, which is not between 1 and 10",
    ]  # fmt: skip
    assert said["vocabulary_items, row 2"] == "the korean column has no text"
    assert "30,000 characters" in said["vocabulary_items, row 3"]
    assert "comparison_data is not JSON" in said["nuance_data, row 1"]
    assert "vocabulary_id 99 does not match any word" in said["nuance_data, row 2"]
    assert "metaphor" in said["nuance_data, row 3"] and "contract" in said["nuance_data, row 3"]
    assert "vocabulary_id is empty" in said["nuance_data, row 4"]
    assert "wrong_word" in said["nuance_data, row 5"]
    assert "'수' of 水 is not part of '물'" in said["nuance_data, row 6"]
    assert "back" in said["flashcards, row 1"]
    assert "tab_name" in said["flashcards, row 2"]
    assert "vocabulary_id 77" in said["flashcards, row 4"]
    door, water = check(data)
    assert [paid.stage for paid in door.paid] == ["nuance", "flashcards"] and not water.paid
    assert json.loads(door.paid[0].text)["korean_keywords"] == ["문", "창문"]
    assert json.loads(door.paid[1].text)["cards"][0]["tags"] == ["no_json", "but_tags"]


def test_tables_and_columns_may_be_missing(tmp_path: Path) -> None:
    words_only = database(tmp_path / "1.db", vocabulary_master=[{"korean": "문"}])
    assert [word.term for word in read_database(words_only).words] == ["문"]
    half = database(
        tmp_path / "2.db",
        vocabulary_items=[{"korean": "문", "unknown": 1}],
        nuance_data=[{"vocabulary_id": 1, "primary_meaning": "door"}],
        flashcards=[
            {"vocabulary_id": 1, "deck_name": "Korean::Scene", "front_content": "Where?", "back_content": "A door."}
        ],
    )
    (word,) = check(read_database(half))
    assert [paid.stage for paid in word.paid] == ["flashcards"]
    assert "pos" in word.problems[0].why
    no_ids = database(tmp_path / "3.db", vocabulary_items=[{"korean": "문"}], nuance_data=[{"primary_meaning": "door"}])
    assert "vocabulary_id is empty" in read_database(no_ids).problems[0].why


def test_the_foreign_key_selects_the_word_table(tmp_path: Path) -> None:
    path = database(
        tmp_path / "old.db", vocabulary_master=[{"id": 1, "korean": "문"}], vocabulary_items=[{"id": 1, "korean": "물"}]
    )
    names = list(analysis_row(1, "물"))
    with closing(sqlite3.connect(path)) as connection, connection:
        columns = ", ".join(name for name in names if name != "vocabulary_id")
        connection.execute(f"CREATE TABLE nuance_data (vocabulary_id REFERENCES vocabulary_items(id), {columns})")
        marks = ", ".join(f":{name}" for name in names)
        row = analysis_row(1, "물") | {"comparison": None}
        connection.execute(f"INSERT INTO nuance_data ({', '.join(names)}) VALUES ({marks})", row)
    door, water = check(read_database(path))
    assert not door.paid and water.paid


def test_the_source_is_unchanged_and_may_be_in_a_read_only_folder(tmp_path: Path) -> None:
    path = full_database(tmp_path / "locked" / "old?x=1#.db", ["문", "물"])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    before = snapshot(tmp_path)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        assert len(read_database(path).words) == 2
    finally:
        path.parent.chmod(0o755)
    assert snapshot(tmp_path) == before


def test_rows_in_the_write_ahead_log_are_read(tmp_path: Path) -> None:
    path = full_database(tmp_path / "old.db", ["문"])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("INSERT INTO vocabulary_master (id, korean) VALUES (2, '물')")
        connection.commit()
        copy = tmp_path / "copy"
        copy.mkdir()
        for file in tmp_path.glob("old.db*"):
            (copy / file.name).write_bytes(file.read_bytes())
    assert (copy / "old.db-wal").stat().st_size
    before = snapshot(copy)
    assert [word.term for word in read_database(copy / "old.db").words] == ["문", "물"]
    assert snapshot(copy) == before


def test_text_in_cp949_is_read(tmp_path: Path) -> None:
    path = database(tmp_path / "old.db", vocabulary_master=[{"id": 1, "korean": "x"}])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE vocabulary_master SET korean = CAST(? AS TEXT)", ("남성".encode("cp949"),))
    assert [word.term for word in read_database(path).words] == ["남성"]


def test_a_damaged_file_or_one_without_a_word_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LegacyError, match=r"no table vocabulary_master or vocabulary_items. Found: other"):
        read_database(database(tmp_path / "1.db", other=[{"a": 1}]))
    (tmp_path / "2.db").write_bytes(b"SQLite format 3\0" + b"garbage" * 500)
    with pytest.raises(LegacyError, match="cannot be read"):
        read_database(tmp_path / "2.db")


def test_the_readable_rows_of_a_damaged_file_are_read(tmp_path: Path) -> None:
    path = full_database(tmp_path / "old.db", [f"단어{number}" for number in range(300)])
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3] + b"\xaa" * (len(data) - len(data) * 2 // 3))
    read = read_database(path)
    assert len(read.words) == 300
    assert any("cannot be read after row" in problem.why for problem in read.problems)
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(LegacyError, match=r"malformed.*Nothing was imported"):
        read_database(path)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_CELL = (
    st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.binary(max_size=20)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | _JSON.map(lambda value: json.dumps(value)) | _JSON.map(lambda value: json.dumps(value)[:-1])
)  # fmt: skip


@settings(max_examples=60)
@given(st.data())
def test_no_value_in_any_column_raises_an_exception(data: st.DataObject) -> None:
    def row(good: dict[str, Any]) -> dict[str, Any]:
        return good | data.draw(st.dictionaries(st.sampled_from(list(good)), _CELL, max_size=4))

    with tempfile.TemporaryDirectory() as folder:
        path = database(
            Path(folder) / "old.db",
            vocabulary_items=[
                row({"id": 1, "korean": "문", "english": "door", "hanja": None, "category": "c", "difficulty_level": 1,
                     "example_sentence": "e", "notes": "n", "position": 1, "tags": "[]"})
            ],
            nuance_data=[row(analysis_row(1, "문"))],
            flashcards=[row(card_row(1, "문"))],
        )  # fmt: skip
        check(read_database(path))
