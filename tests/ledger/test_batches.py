"""Test the data that `kedro ingress list` and `kedro ingress status` show."""

from pathlib import Path

import pytest
from sqlalchemy import insert, update
from support.ledger import fresh_ledger
from support.many_words import ledger_of_many

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.ledger import batches
from korean_flashcards.ledger.db.export_tables import exported_items
from korean_flashcards.ledger.db.tables import import_batches, import_rows, import_warnings, tasks


def test_the_newest_batches_are_listed_and_the_others_counted(tmp_path: Path) -> None:
    store = ledger_of_many(tmp_path, words=10, batches=5).store

    found = batches.listing(store, limit=2)

    assert [row["batch_id"] for row in found.rows] == ["batch5", "batch4"]
    assert found.more == 3
    assert batches.listing(store, limit=5).more == 0


def test_batches_can_be_filtered_by_state_tag_and_time(tmp_path: Path) -> None:
    store = ledger_of_many(tmp_path, words=10, batches=5).store

    def found(**filters: str) -> list[str]:
        return [row["batch_id"] for row in batches.listing(store, **filters).rows]

    assert found(state="completed") == ["batch1"]
    assert found(tag="even") == ["batch4", "batch2"]
    assert found(since="2026-10-04T00:00:00Z") == ["batch5", "batch4"]
    assert found(since="2026-10-02T09:00:00Z", until="2026-10-03T09:00:00Z") == ["batch2"]
    assert found(state="completed", tag="even") == []
    # The tag is a parameter, not part of the SQL.
    assert found(tag="even' OR '1'='1") == []


def test_a_batch_lists_its_rejects_warnings_and_duplicates(tmp_path: Path) -> None:
    store = ledger_of_many(tmp_path, words=10, batches=3, rejected=2).store
    with store.write() as connection:
        warning = {"code": "near_duplicate", "reason": "낱말3 and 낱말3을 (batch1) look alike"}
        connection.execute(insert(import_warnings).values(batch=2, row=3, **warning))

    found = batches.status(store, "batch2")

    assert {name: found.batch[name] for name in ("rows", "imported", "duplicates", "rejected")} == {
        "rows": 10, "imported": 0, "duplicates": 8, "rejected": 2
    }  # fmt: skip
    reject = {"code": "no_hangul", "reason": "no Hangul in it"}
    assert found.rejects == [{"row": 9, **reject, "text": "text 9"}, {"row": 10, **reject, "text": "text 10"}]
    assert found.warnings == [{"row": 3, "item_id": "낱말3#1", **warning}]
    assert found.duplicates_of == [{"batch_id": "batch1", "rows": 8}]


def test_the_progress_of_a_batch_includes_words_that_other_batches_added(tmp_path: Path) -> None:
    store = ledger_of_many(tmp_path, words=10, batches=2, rejected=4).store
    with store.write() as connection:
        connection.execute(update(tasks).where(tasks.c.stage == "flashcards").values(state="dropped"))
        exported = {"homograph": 1, "first_exported": "2026-10-09T09:00:00Z", "last_exported": "2026-10-09T09:00:00Z"}
        for number in (6, 7):  # batch2 contains the words 1 to 6
            word = {"item_id": f"낱말{number}#1", "term": f"낱말{number}", **exported}
            connection.execute(insert(exported_items).values(word))

    found = batches.status(store, "batch2")

    assert found.stages == {"nuance": {"done": 2, "failed": 1, "pending": 3}, "flashcards": {"dropped": 6}}
    assert list(found.stages) == ["nuance", "flashcards"]
    assert (found.words, found.own_words, found.exported) == (6, 0, 1)
    assert (batches.status(store, "batch1").words, batches.status(store, "batch1").own_words) == (10, 10)


def test_only_here_counts_words_that_no_other_batch_has(tmp_path: Path) -> None:
    store = ledger_of_many(tmp_path, words=10, batches=2, rejected=4).store  # 7 to 10 are only in batch1; 9 is done
    with store.write() as connection:
        exported = {"homograph": 1, "first_exported": "2026-10-09T09:00:00Z", "last_exported": "2026-10-09T09:00:00Z"}
        for number in (6, 7):
            word = {"item_id": f"낱말{number}#1", "term": f"낱말{number}", **exported}
            connection.execute(insert(exported_items).values(word))

    assert batches.only_here(store, "batch1") == batches.OnlyHere(words=4, done=2, exported=1, reviewed=0)
    assert batches.only_here(store, "batch2") == batches.OnlyHere(words=0, done=0, exported=0, reviewed=0)


def test_a_word_that_a_list_contains_twice_counts_once(tmp_path: Path) -> None:
    store = ledger_of_many(tmp_path, words=3).store
    with store.write() as connection:
        connection.execute(update(import_batches).values(rows=4, duplicates=1))
        connection.execute(insert(import_rows).values(batch=1, row=4, outcome="duplicate", item_id="낱말2#1"))

    found = batches.status(store, "batch1")

    assert found.words == 3
    assert sum(found.stages["nuance"].values()) == 3
    assert found.duplicates_of == [{"batch_id": "batch1", "rows": 1}]


def test_the_error_for_an_unknown_batch_suggests_similar_names(tmp_path: Path) -> None:
    ledger = ledger_of_many(tmp_path / "some", words=3, batches=3)

    with pytest.raises(
        LedgerError, match=r"There is no batch named bacth2\. Did you mean .*batch2.*\? `kedro ingress list`"
    ):
        batches.status(ledger.store, "bacth2")
    with pytest.raises(LedgerError, match=r"no batch named unit1\. No word list has been imported yet"):
        batches.status(fresh_ledger(tmp_path / "none").store, "unit1")
