"""Test imports: every row has one outcome, words keep their identity, and hostile text is stored unchanged."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from ledger.invariants import check
from ledger.samples import dump, generated, listed, roll_back, take, words
from sqlalchemy import insert, select, text
from support.ledger import export_words, fresh_ledger, ledger_at

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.formats.word_list import ListFile
from korean_flashcards.ledger.db.export_tables import exported_items
from korean_flashcards.ledger.db.tables import import_batches, import_rows, reviewed_items, runs, tasks
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.words.gone_words import DeletedList
from korean_flashcards.ledger.words.imports import ImportOptions, ImportResult


@pytest.fixture
def ledger(tmp_path: Path):
    with fresh_ledger(tmp_path) as book:
        yield book
        check(book.store)


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    return result.imported, result.duplicates, result.updated, result.rejected


def batches(ledger: Ledger) -> list[tuple[str, str]]:
    with ledger.store.read() as connection:
        query = select(import_batches.c.batch_id, import_batches.c.state).order_by(import_batches.c.number)
        return [(batch_id, state) for batch_id, state in connection.execute(query)]


def priorities(ledger: Ledger) -> dict[str, int]:
    with ledger.store.read() as connection:
        return {row.item_id: row.priority for row in connection.execute(select(tasks).where(tasks.c.stage == "nuance"))}


def test_each_row_has_one_outcome_and_each_word_gets_two_pending_tasks(ledger):
    result = take(ledger, ("배", "ship", "", "", "90"), ("배", "a ship"), ("배", "pear"), ("tree", "나무"), priority=7)
    assert result == ImportResult("words.csv", "words", "partial", 4, 2, 1, 0, 1, 0, None, None)
    assert words(ledger) == {"배#1": "ship", "배#2": "pear"}
    with ledger.store.read() as connection:
        rows = connection.execute(select(import_rows.c.row, import_rows.c.outcome, import_rows.c.text)).all()
        waiting = connection.execute(select(tasks).order_by(tasks.c.item_id, tasks.c.stage)).mappings().all()
        (run,) = connection.execute(select(runs)).mappings().all()
    assert [row[:2] for row in rows] == [(2, "imported"), (3, "duplicate"), (4, "imported"), (5, "rejected")]
    assert rows[3].text == "tree,나무"
    assert [(task["item_id"], task["stage"], task["frequency"], task["position"]) for task in waiting] == [
        ("배#1", "flashcards", 90, 1), ("배#1", "nuance", 90, 1), ("배#2", "flashcards", 0, 3), ("배#2", "nuance", 0, 3),
    ]  # fmt: skip
    assert {(task["state"], task["priority"]) for task in waiting} == {("pending", 7)}
    assert run["kind"] == "import" and run["ended"]


def test_importing_the_same_bytes_again_changes_nothing(ledger):
    first = take(ledger, ("배", "ship"), ("x", ""), tag="unit 1")
    before = dump(ledger.store)
    again = take(ledger, ("배", "ship"), ("x", ""), name="copy.csv", on_duplicate="keep", priority=9, batch_id="words")
    assert again.already and again.already[:10] == first_created(ledger)[:10]
    assert (again.batch_id, again.state, counts(again)) == ("words", "partial", counts(first))
    assert dump(ledger.store) == before


def first_created(ledger: Ledger) -> str:
    with ledger.store.read() as connection:
        return connection.execute(select(import_batches.c.created)).scalars().first()


def test_two_lists_with_the_same_bytes_become_one_batch(ledger):
    one, copy = listed([("배", "ship")], "a.csv"), listed([("배", "ship")], "b.csv")
    results = ledger.imports.take([one, copy])
    assert [result.already is not None for result in results] == [False, True]
    assert batches(ledger) == [("a", "completed")]


@pytest.mark.parametrize(
    ("on_duplicate", "expected", "hint", "found"),
    [
        ("skip", {"배#1": "ship"}, "old", (0, 1, 0, 0)),
        ("update", {"배#1": "a ship"}, "new", (0, 1, 1, 0)),
        ("keep", {"배#1": "ship", "배#2": "a ship"}, "old", (1, 0, 0, 0)),
    ],
)
def test_on_duplicate_decides_what_happens_to_a_word_from_a_different_list(ledger, on_duplicate, expected, hint, found):
    take(ledger, ("배", "ship", "", "old"), name="a.csv")
    result = take(ledger, ("배", "a ship", "", "new"), name="b.csv", on_duplicate=on_duplicate)
    assert counts(result) == found and words(ledger) == expected
    assert ledger.vocabulary.items(None)["usage_hint"][0] == hint


def test_an_update_moves_the_word_in_the_queue(ledger):
    take(ledger, ("배", "ship", "", "", "5"), name="a.csv")
    take(ledger, ("물", "water"), ("배", "ship", "", "", "70"), name="b.csv", on_duplicate="update")
    assert dict(ledger.vocabulary.items(None).select("item_id", "frequency").iter_rows())["배#1"] == 70
    # The word keeps the position from its first list. `check` compares the tasks with it.
    assert dict(ledger.vocabulary.items(None).select("item_id", "term_number").iter_rows())["배#1"] == 1


@pytest.mark.parametrize("on_duplicate", ["skip", "update", "keep"])
def test_a_later_version_of_a_list_updates_the_words_that_the_list_added(ledger, on_duplicate):
    take(ledger, ("배", "ship"), ("물", "water"), ("배", "pear"), ("문", "door"))
    result = take(
        ledger,
        ("배", "ship", "", "by sea"),
        ("배", "belly"),
        ("문", "door"),
        ("문", "writing"),
        on_duplicate=on_duplicate,
    )
    # 배#2 was edited, 배#1 got a hint, and 문 only moved in the list.
    assert words(ledger) == {"배#1": "ship", "물#1": "water", "배#2": "belly", "문#1": "door", "문#2": "writing"}
    assert counts(result) == (1, 3, 2, 0)


def numbers(ledger):
    return dict(ledger.vocabulary.items(None).select("item_id", "term_number").iter_rows())


def test_rows_that_move_keep_their_numbers_and_new_rows_get_new_ones(ledger):
    take(ledger, ("학교", "school"), ("친구", "friend"))
    result = take(ledger, ("집", "house"), ("친구", "friend"), ("학교", "schol"), ("책", "book"))
    assert counts(result) == (2, 2, 1, 0)
    # 책 is at position 4, which is unused. 집 is at position 1, which belongs to 학교.
    assert numbers(ledger) == {"학교#1": 1, "친구#1": 2, "집#1": 3, "책#1": 4}
    take(ledger, ("집", "house"), ("학교", "school"), ("책", "book"))
    assert numbers(ledger) == {"학교#1": 1, "친구#1": 2, "집#1": 3, "책#1": 4}


def test_a_position_that_occurs_twice_numbers_only_one_word(ledger):
    header = ("term", "definition", "position")
    rows = [("학교", "school", "1"), ("친구", "friend", "2"), ("집", "house", "1"), ("책", "book", "7")]
    ledger.imports.take([listed(rows, header=header)])
    assert numbers(ledger) == {"학교#1": 1, "친구#1": 2, "집#1": 3, "책#1": 7}


@pytest.mark.parametrize("known_to", ["exports", "reviews"])
def test_a_word_that_someone_knows_gets_its_number_back(ledger, known_to):
    take(ledger, ("학교", "school"), ("친구", "friend"))
    with ledger.store.write() as connection:
        table = {"exports": exported_items, "reviews": reviewed_items}[known_to]
        times = {"first_exported": "", "last_exported": ""} if known_to == "exports" else {}
        values = {"item_id": "친구#1", "term": "친구", "homograph": 1, "definition": "friend", "term_number": 2}
        connection.execute(insert(table).values(**values, **times))
    roll_back(ledger, "words")
    take(ledger, ("친구", "friend"), ("책", "book"), ("집", "house"))
    assert numbers(ledger) == {"친구#1": 2, "책#1": 3, "집#1": 4}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([("우산", "")], [("우산", "umbrella")]),
        ([("우산", "umbrella")], [("우산", "")]),
        ([("우산", "", "雨傘")], [("우산", "umbrella")]),
        ([("우산", "umbrella")], [("우산", "", "雨傘")]),
        ([("우산", "umbrella", "雨傘")], [("우산", "", "雨傘")]),
    ],
)
@pytest.mark.parametrize("names", [("a.csv", "b.csv"), ("a.csv", "a.csv")])
def test_a_word_with_and_without_a_meaning_is_one_word(ledger, first, second, names):
    take(ledger, *first, name=names[0])
    result = take(ledger, *second, name=names[1])
    assert words(ledger) == {"우산#1": "umbrella"} and result.imported == 0


def test_a_meaning_from_a_different_list_overrides_nothing_and_leaves_with_its_list(ledger):
    take(ledger, ("우산", "", "", "mine"), name="a.csv")
    take(ledger, ("우산", "umbrella", "", "theirs", "7"), name="b.csv")
    (word,) = ledger.vocabulary.items(None).to_dicts()
    assert (word["definition"], word["usage_hint"], word["frequency"]) == ("umbrella", "mine", 7)
    roll_back(ledger, "b")
    (word,) = ledger.vocabulary.items(None).to_dicts()
    assert (word["definition"], word["usage_hint"], word["frequency"]) == (None, "mine", None)


def test_a_row_without_a_meaning_is_rejected_if_the_word_has_several_meanings(ledger):
    take(ledger, ("배", "ship"), ("배", "pear"), name="a.csv")
    result = take(ledger, ("배", ""), ("물", "water"), name="b.csv")
    assert counts(result) == (1, 0, 0, 1)
    (reject,) = ledger.vocabulary.rejects(["b"]).to_dicts()
    assert (reject["row"], reject["code"]) == (2, "several_meanings")
    assert reject["reason"] == "배 has several meanings: “ship” (1), “pear” (2). Add the meaning to this row"
    assert take(ledger, ("배", ""), ("x", ""), name="c.csv").state == "partial"


def test_restoring_an_old_version_of_a_list_imports_it_again(ledger):
    take(ledger, ("물", "water"))
    take(ledger, ("물", "watr"))
    assert words(ledger) == {"물#1": "watr"}
    back = take(ledger, ("물", "water"))
    assert not back.already and words(ledger) == {"물#1": "water"}
    assert take(ledger, ("물", "water")).already
    assert take(ledger, ("물", "watr"), name="copy.csv").already


def test_an_edited_word_keeps_its_tasks(ledger):
    take(ledger, ("문", "door"), ("물", "water"))
    with ledger.store.write() as connection:
        connection.execute(text("UPDATE tasks SET state = 'done', key = 'k'"))
    result = take(ledger, ("문", "door, gate"), ("물", "water"), priority=8)
    assert words(ledger) == {"문#1": "door, gate", "물#1": "water"}
    assert counts(result) == (0, 2, 1, 0)
    with ledger.store.read() as connection:
        assert connection.execute(text("SELECT DISTINCT state, priority FROM tasks")).all() == [("done", 8)]
    assert ledger.vocabulary.duplicates(None).select("definition", "updated").rows() == [
        ("door, gate", True),
        ("water", False),
    ]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Two rows could be the edit, so both are new.
        ([("배", "ship")], [("배", "pear"), ("배", "belly")], {"배#1": "ship", "배#2": "pear", "배#3": "belly"}),
        # Two words could have been edited.
        ([("배", "ship"), ("배", "pear")], [("배", "belly")], {"배#1": "ship", "배#2": "pear", "배#3": "belly"}),
        # The word is in the list unchanged, so the other row is a different word.
        ([("배", "ship")], [("배", "ship"), ("배", "pear")], {"배#1": "ship", "배#2": "pear"}),
        # Two rows with the same meaning count as one.
        ([("배", "ship")], [("배", "pear"), ("배", "a pear")], {"배#1": "pear"}),
    ],
)
def test_a_definition_edit_is_detected_only_if_it_is_unambiguous(ledger, first, second, expected):
    take(ledger, *first)
    take(ledger, *second)
    assert words(ledger) == expected


def test_a_word_that_moves_to_a_different_list_is_not_edited(ledger):
    take(ledger, ("배", "pear"), name="a.csv")
    ledger.imports.take([listed([("배", "belly")], "a.csv"), listed([("배", "A pear")], "b.csv")])
    assert words(ledger) == {"배#1": "pear", "배#2": "belly"}
    assert not ledger.vocabulary.items(None)["gone"].any()


def test_words_that_leave_their_list_are_reported_once(ledger):
    take(ledger, ("학교", "school"), ("친구", "friend"), ("집", "house"), name="a.csv")
    take(ledger, ("집", "house"), name="b.csv")
    result = take(ledger, ("친구", "friend"), name="a.csv")
    assert result.gone == ("학교#1",)  # 집 is still in b.csv
    assert ledger.vocabulary.items(None).filter("gone")["item_id"].to_list() == ["학교#1"]
    assert take(ledger, ("친구", "a friend"), name="a.csv").gone == ()
    assert take(ledger, ("친구", "a friend"), ("학교", "school"), name="a.csv").gone == ()
    assert ledger.vocabulary.gone() == 0


ROWS = [("학교", "school"), ("친구", "friend"), ("집", "house"), ("책", "book"), ("눈", "eye")]


def at(folder, rows, name):
    """Return a list in this folder. Its file exists only if the test creates it."""
    return replace(listed(rows, name), root=folder)


def test_a_renamed_list_continues_the_earlier_list(ledger, tmp_path):
    ledger.imports.take([at(tmp_path, ROWS, "unit3.csv")])
    (result,) = ledger.imports.take([at(tmp_path, [*ROWS[:3], ("책", "novel"), ("비", "rain")], "unit4.csv")])
    assert words(ledger)["책#1"] == "novel" and "책#2" not in words(ledger)
    assert result.gone == ("눈#1",)


@pytest.mark.parametrize(
    ("first", "second", "exists"),
    [
        (ROWS, ROWS[:4], True),
        # Different lists: they share too few words.
        (ROWS[:2], [ROWS[0], ("비", "rain")], False),
        (ROWS[:4], [*ROWS[:3], ("비", "rain")], False),
    ],
)
def test_a_different_list_does_not_continue_an_earlier_list(ledger, tmp_path, first, second, exists):
    if exists:
        (tmp_path / "unit3.csv").touch()
    ledger.imports.take([at(tmp_path, first, "unit3.csv")])
    (result,) = ledger.imports.take([at(tmp_path, second, "unit4.csv")])
    assert result.gone == () and ledger.vocabulary.gone() == 0


@pytest.mark.parametrize("into", ["all.csv", "a.csv"])
def test_a_merged_list_continues_the_lists_in_it(ledger, tmp_path, into):
    (tmp_path / "a.csv").touch()
    ledger.imports.take([at(tmp_path, ROWS[:2], "a.csv"), at(tmp_path, ROWS[2:], "b.csv")])
    if into == "all.csv":
        (tmp_path / "a.csv").unlink()
    (result,) = ledger.imports.take([at(tmp_path, ROWS, into)])
    assert result.gone == ()
    (result,) = ledger.imports.take([at(tmp_path, [ROWS[0], *ROWS[3:]], into)])
    assert result.gone == ("친구#1", "집#1")


def test_a_word_that_moves_between_lists_is_never_reported_as_gone(ledger):
    ledger.imports.take([listed(ROWS[:2], "a.csv"), listed(ROWS[2:], "b.csv")])
    results = ledger.imports.take([listed(ROWS[:1], "a.csv"), listed(ROWS[1:], "b.csv")])
    assert [result.gone for result in results] == [(), ()]


def test_an_edit_is_recognized_after_a_version_that_could_not_be_read(ledger):
    take(ledger, ("배", "ship"), ("물", "water"))
    assert take(ledger, ("boat", "no Korean")).state == "failed"
    take(ledger, ("배", "a boat"), ("물", "water"))
    assert words(ledger) == {"배#1": "a boat", "물#1": "water"}


def test_a_renamed_list_is_recognized_after_a_version_that_could_not_be_read(ledger, tmp_path):
    ledger.imports.take([at(tmp_path, ROWS, "unit3.csv")])
    (failed,) = ledger.imports.take([at(tmp_path, [("boat", "no Korean")], "unit4.csv")])
    assert failed.state == "failed"
    ledger.imports.take([at(tmp_path, [*ROWS[:4], ("눈", "snow")], "unit4.csv")])
    assert words(ledger)["눈#1"] == "snow" and "눈#2" not in words(ledger)


def test_a_word_that_returns_with_a_different_meaning_is_a_new_word(ledger):
    take(ledger, ("말", "horse"), ("물", "water"))
    take(ledger, ("물", "water"))
    take(ledger, ("말", "language"), ("물", "water"))
    assert words(ledger) == {"말#1": "horse", "물#1": "water", "말#2": "language"}


def test_corrected_hanja_of_several_homographs_do_not_add_words(ledger):
    take(ledger, ("배", "pear", "船"), ("배", "boat", "梨"))
    take(ledger, ("배", "pear", "梨"), ("배", "boat", "船"))
    found = ledger.vocabulary.items(None).select("item_id", "definition", "hanja").rows()
    assert found == [("배#1", "pear", "梨"), ("배#2", "boat", "船")]


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        (("쓰다", "", "verb"), ("쓰다", "bitter", "adjective"), 2),
        (("크다", "", "adj"), ("크다", "to grow", "동사"), 2),
        (("쓰다", "", "verb"), ("쓰다", "", "adjective"), 2),
        (("쓰다", "", "v."), ("쓰다", "to write", "동사"), 1),
        (("오늘", "", "noun"), ("오늘", "today", "adverb"), 1),
        (("쓰다", "bitter", "verb"), ("쓰다", "bitter", "adjective"), 1),
    ],
)
def test_a_verb_and_an_adjective_are_different_words_unless_they_have_the_same_meaning(ledger, first, second, count):
    for name, row in (("a.csv", first), ("b.csv", second)):
        ledger.imports.take([listed([row], name, header=("term", "definition", "pos"))])
    assert len(words(ledger)) == count


def test_keep_does_not_repeat_a_word_that_the_list_already_contains(ledger):
    take(ledger, ("물", "water"), name="x.csv")
    take(ledger, ("물", "water"), ("불", "fire"), name="y.csv")
    take(ledger, ("물", "water"), ("불", "flame"), name="y.csv", on_duplicate="keep")
    assert words(ledger) == {"물#1": "water", "불#1": "flame"}


def test_a_new_definition_in_a_different_list_is_a_new_word_and_not_an_edit(ledger):
    take(ledger, ("배", "ship"), name="a.csv")
    take(ledger, ("배", "pear"), name="b.csv", on_duplicate="update")
    assert words(ledger) == {"배#1": "ship", "배#2": "pear"}


def test_an_import_raises_the_priority_of_existing_words_but_never_lowers_it(ledger):
    take(ledger, ("배", "ship"), ("물", "water"), name="a.csv", priority=5)
    take(ledger, ("배", "ship"), name="b.csv", priority=9)
    take(ledger, ("물", "water"), name="c.csv", priority=2)
    assert priorities(ledger) == {"배#1": 9, "물#1": 5}


def test_near_duplicates_are_reported_and_not_merged(ledger):
    take(ledger, ("문", "door"), ("잘지내", "be well"), name="a.csv")
    result = take(
        ledger, ("문을", "door"), ("잘 지내", "be well"), ("물", "water"), ("문이", ""), ("문은", ""), name="b.csv"
    )
    assert (result.imported, result.warnings) == (5, 4)
    reasons = ledger.vocabulary.warnings(["b"])["reason"].to_list()
    assert reasons[0] == "문을 looks like 문 (a); both are kept"
    assert reasons[1] == "잘 지내 looks like 잘지내 (a); both are kept"
    assert reasons[3] == "문은 looks like 문 (a), 문을 (b), 문이 (b); both are kept"
    more = take(ledger, ("문에", ""), name="c.csv")
    assert more.warnings == 1
    assert ledger.vocabulary.warnings(["c"])["reason"][0].endswith("문을 (b), 문이 (b), …; both are kept")


def test_a_near_duplicate_warning_names_the_batch_that_first_had_the_word(ledger):
    take(ledger, ("문", "door"), name="a.csv")
    take(ledger, ("문", "sentence"), name="b.csv")
    take(ledger, ("문을", ""), name="c.csv")
    assert ledger.vocabulary.warnings(["c"])["reason"].to_list() == ["문을 looks like 문 (a); both are kept"]


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("단어,동형어 번호,의미", ["가다,1,go", "가다,1,run (of a bus)", "오다,1,come"]),
        ("단어,뜻", ["가다01,go", "가다01,run (of a bus)", "오다01,come"]),
        ("word,etymology_number,pos,glosses", ["가다,1,verb,go", "가다,1,verb,run (of a bus)", "오다,1,verb,come"]),
    ],
)
def test_a_further_meaning_of_a_word_with_the_same_dictionary_number_is_never_lost_silently(ledger, header, rows):
    data = "\n".join([header, *rows, rows[0]]).encode()
    (result,) = ledger.imports.take([ListFile("words.csv", "words.csv", data)], ImportOptions())
    assert words(ledger) == {"가다#1": "go", "오다#1": "come"} and counts(result) == (2, 2, 0, 0)
    (reason,) = [group.reason_text for group in result.warned if group.code == "other_meaning"]
    assert "가다#1" in reason and "“go”" in reason and "“run (of a bus)” was left out" in reason


def test_the_homograph_number_of_an_exported_word_stays_reserved_for_the_same_meaning(ledger):
    take(ledger, ("배", "ship"), ("배", "pear"))
    export_words(ledger, ["배#2"])
    roll_back(ledger, "words")
    assert words(ledger) == {}
    take(ledger, ("배", "belly"), ("배", "a pear"))
    assert words(ledger) == {"배#3": "belly", "배#2": "a pear"}


def test_an_exported_word_gets_its_number_back_with_its_corrected_meaning(ledger):
    take(ledger, ("선생님", "techer"))
    export_words(ledger, ["선생님#1"])
    take(ledger, ("선생님", "teacher"))
    export_words(ledger, ["선생님#1"])
    for batch_id in ("words-2", "words"):
        roll_back(ledger, batch_id)
    take(ledger, ("선생님", "teacher"))
    assert words(ledger) == {"선생님#1": "teacher"}


def test_batches_are_named_after_their_files(ledger):
    for number, name in enumerate(["unit 3.csv", "unit-3.tsv", "단어장 (새).csv", "---.csv", ".csv", "a/../b.csv"]):
        take(ledger, (f"배{number}", ""), name=name)
    assert [batch_id for batch_id, _ in batches(ledger)] == ["unit-3", "unit-3-2", "단어장-새", "list", "csv", "b"]


@pytest.mark.parametrize("batch_id", ["", " ", "a b", "-x", "a\n", "x" * 101, "../x", "<b>"])
def test_an_invalid_batch_id_is_refused(ledger, batch_id):
    with pytest.raises(LedgerError, match="Nothing was imported"):
        take(ledger, ("배", ""), batch_id=batch_id)


def test_a_batch_id_is_used_only_once(ledger):
    take(ledger, ("배", ""), batch_id="mine")
    with pytest.raises(LedgerError, match="The batch mine already exists"):
        take(ledger, ("물", ""), batch_id="mine")
    with pytest.raises(LedgerError, match="cannot be used for 2 lists"):
        ledger.imports.take([generated(1), generated(1, 5)], ImportOptions(batch_id="both"))
    assert batches(ledger) == [("mine", "completed")]


def test_unreadable_lists_become_failed_batches_without_affecting_others(ledger):
    lists = [
        ListFile("png.csv", "png.csv", b"\x89PNG\0"),
        listed([("tree", "나무")], "bad.csv"),
        listed([("배", "")], "good.csv"),
        ListFile("cut.csv", "cut.csv", generated(1500).data + b'"x'),
    ]
    results = ledger.imports.take(lists)
    assert [result.state for result in results] == ["failed", "failed", "completed", "failed"]
    assert "not a text file" in str(results[0].message)
    failed = "bad.csv: no row contains a valid word (1 row rejected). First rejected row: row 2: the term 'tree'"
    assert str(results[1].message).startswith(failed)
    assert "quotation mark" in str(results[3].message) and results[3].rows == 0
    assert all(
        str(result.message).endswith("Nothing from this list was imported.") for result in results if result.message
    )
    assert list(words(ledger)) == ["배#1"]


def test_importing_a_broken_list_again_replaces_its_failed_batch(ledger):
    for _ in range(3):
        assert take(ledger, ("tree", "")).state == "failed"
    assert batches(ledger) == [("words", "failed")]


def test_a_dry_run_returns_the_same_results_and_changes_nothing(ledger):
    take(ledger, ("배", "ship"), name="a.csv")
    before = dump(ledger.store)
    lists = [
        listed([("배", "ship"), ("문", "door")], "b.csv"),
        listed([("x", "")], "c.csv"),
        listed([("문", "door")], "d.csv"),
    ]
    tried = ledger.imports.take(lists, ImportOptions(dry_run=True))
    assert dump(ledger.store) == before
    done = ledger.imports.take(lists)
    assert tried == done, "no list is imported twice, so the results contain no time"
    assert [counts(result) for result in done] == [(1, 1, 0, 0), (0, 0, 0, 0), (0, 1, 0, 0)]


def test_progress_counts_every_row(ledger):
    seen: list[int] = []
    ledger.imports.take([generated(2500), generated(10, 5000, "b.csv")], progress=seen.append)
    assert seen == [1000, 1000, 500, 10]


def test_rows_with_the_same_meaning_are_one_word_even_if_they_are_far_apart(ledger):
    rows = [("배", "ship"), *((f"물{number}", "") for number in range(2500)), ("배", "a ship"), ("배", "pear")]
    result = take(ledger, *rows, on_duplicate="keep")
    assert counts(result) == (2502, 1, 0, 0) and words(ledger)["배#2"] == "pear"


def test_a_row_that_the_database_refuses_becomes_a_reject(ledger):
    with ledger.store.write() as connection:
        connection.execute(
            text(
                "CREATE TRIGGER no_such_word BEFORE INSERT ON vocabulary_items WHEN NEW.term = '금지' "
                "BEGIN SELECT RAISE(ABORT, 'forbidden'); END"
            )
        )
    result = take(ledger, ("배", "ship"), ("금지", "ban"), ("배", "a ship"), ("물", "water"))
    assert counts(result) == (2, 1, 0, 1)
    reject = ledger.vocabulary.rejects(None).row(0, named=True)
    assert (reject["row"], reject["code"], reject["reason"]) == (
        3,
        "constraint",
        "the ledger rejected the row: forbidden",
    )
    assert "ban" in reject["text"]
    only = take(ledger, ("금지", "ban"), name="b.csv")
    assert only.state == "failed" and "forbidden" in str(only.message)


HOSTILE = [
    "'); DROP TABLE tasks;--문", "<script>alert(1)</script>문", "=cmd|' /C calc'!A1 문", "문%s", "문:x", "문?", "문😀",
    '문"', "문\\", "{문}", "$.문",
]  # fmt: skip


def test_hostile_text_is_stored_unchanged(ledger):
    # In a term, markup, final marks, and emoji at the end are dirt.
    terms = [f"{text}물" if text.endswith(("?", '"', "😀")) else text.replace("script", "int") for text in HOSTILE]
    rows = [(term, text, text, text, "", text) for term, text in zip(terms, HOSTILE, strict=True)]
    result = take(ledger, *rows, name="'; DROP TABLE runs;--\ud83d.csv", tag="\udcff'\0")
    assert counts(result) == (len(HOSTILE), 0, 0, 0)
    frame = ledger.vocabulary.items(None)
    assert frame["term"].to_list() == terms
    for column in ("definition", "hanja", "usage_hint"):
        assert frame[column].to_list() == HOSTILE
    again = take(ledger, *[(*row[:3], "new hint") for row in rows], name="b.csv", on_duplicate="update")
    assert counts(again) == (0, len(HOSTILE), len(HOSTILE), 0)


def test_invisible_characters_are_removed(ledger):
    take(ledger, ("\u202e문\u2066", "do\x1b[31mor\x07\u200f"), ("\u061c문", "door"))
    assert words(ledger) == {"문#1": "door"}


class Lists(list[ListFile]):
    """Call a function before yielding the last list."""

    def __init__(self, lists: list[ListFile], meanwhile: Callable[[], None]) -> None:
        super().__init__(lists)
        self._meanwhile = meanwhile

    def __iter__(self) -> Iterator[ListFile]:
        *first, last = super().__iter__()
        yield from first
        self._meanwhile()
        yield last


def test_batches_are_numbered_in_the_order_in_which_their_rows_are_written(ledger, tmp_path):
    """Another process imports a list after two lists were registered and before the second one is written."""
    with ledger_at(tmp_path / "ledger.db") as other:
        times: list[int] = []

        def meanwhile() -> None:
            times.append(1)
            # The first iteration registers the lists, the second one imports them.
            if len(times) == 2:
                take(other, ("꿈", "dream"), name="quick.csv")

        lists = Lists(
            [listed([("불", "fire")], "one.csv"), listed([("꿈", "dream", "", "hint")], "two.csv")], meanwhile
        )
        results = ledger.imports.take(lists, ImportOptions(on_duplicate="update"))
    assert [counts(result) for result in results] == [(1, 0, 0, 0), (0, 1, 1, 0)]
    assert batches(ledger) == [("one", "completed"), ("quick", "completed"), ("two", "completed")]


def test_deleted_lists_are_reported_with_the_words_that_only_they_contain(ledger, tmp_path):
    (tmp_path / "a.csv").touch()
    ledger.imports.take([at(tmp_path, ROWS[:3], "a.csv"), at(tmp_path, ROWS[2:], "b.csv")])
    ledger.imports.take([replace(listed(ROWS[:1], "c.csv"), source="/elsewhere/c.csv", root=tmp_path)])
    ledger.imports.take([at(tmp_path, [*ROWS[2:4], ("눈", "snow")], "b.csv")])
    assert ledger.vocabulary.deleted_lists(tmp_path) == [DeletedList("b.csv", ("b-2", "b"), 2)]
    (tmp_path / "b.csv").touch()
    assert ledger.vocabulary.deleted_lists(tmp_path) == []


def test_a_list_is_new_until_these_bytes_have_been_imported(ledger: Ledger) -> None:
    before, after = generated(5, 0, "list.csv"), generated(6, 0, "list.csv")
    assert ledger.imports.are_new([before])
    ledger.imports.take([before])
    assert not ledger.imports.are_new([before]) and ledger.imports.are_new([before, after])
    assert not ledger.imports.are_new([])
