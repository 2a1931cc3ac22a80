"""Test `kedro tasks list`, `retry`, `drop` and `prioritize`, and the tasks in `kedro word show`."""

import tempfile
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from support.many_words import ledger_of_many

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.records import WORD_STAGES
from korean_flashcards.ledger.db.export_tables import exported_items
from korean_flashcards.ledger.db.prompt_tables import prompt_versions
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import runs, tasks, vocabulary_items
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.tasks import task_changes, task_list
from korean_flashcards.ledger.tasks.task_list import STATES, Filters
from korean_flashcards.stages.task import TaskRequest, decide_state


@pytest.fixture
def store(tmp_path: Path) -> Iterable[LedgerStore]:
    """Yield a ledger with 200 words. In both stages, 2 words are dead, 4 failed, and the others are done or pending."""
    ledger = ledger_of_many(tmp_path, words=200, batches=2, rejected=150)
    with ledger:
        yield ledger.store


def set_tasks(store: LedgerStore, item_id: str, **values: Any) -> None:
    with store.write() as connection:
        connection.execute(update(tasks).where(tasks.c.item_id == item_id).values(values))


def task(store: LedgerStore, item_id: str, stage: str = "nuance") -> dict[str, Any]:
    with store.read() as connection:
        query = select(tasks).where(tasks.c.item_id == item_id, tasks.c.stage == stage)
        return dict(connection.execute(query).mappings().one())


def all_tasks(store: LedgerStore) -> list[dict[str, Any]]:
    with store.read() as connection:
        return [dict(row) for row in connection.execute(select(tasks)).mappings()]


def in_order(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the tasks in the documented order of the queue: priority, frequency, position in the list."""
    stages = ["nuance", "flashcards"]
    key = lambda row: (-row["priority"], -row["frequency"], row["position"], row["item_id"], stages.index(row["stage"]))  # noqa: E731
    return [(row["item_id"], row["stage"]) for row in sorted(rows, key=key)]


@given(
    states=st.sets(st.sampled_from(STATES)),
    stages=st.sets(st.sampled_from(task_list.STAGES)),
    by_batch=st.booleans(),
    limit=st.integers(1, 500),
)
def test_a_filtered_list_has_the_order_of_the_queue(
    store_with_dropped_tasks: LedgerStore, states: set[str], stages: set[str], by_batch: bool, limit: int
) -> None:
    filters = Filters(states=tuple(states), stages=tuple(stages), batch="batch2" if by_batch else None)
    fits = [
        row
        for row in all_tasks(store_with_dropped_tasks)
        if row["state"] in (states or STATES)
        and row["stage"] in (stages or task_list.STAGES)
        and (not by_batch or row["position"] <= 50)
    ]

    found = task_list.listing(store_with_dropped_tasks, filters, limit)

    assert [(row["item_id"], row["stage"]) for row in found.rows] == in_order(fits)[:limit]
    assert found.more == max(0, len(fits) - limit)
    assert sum(found.states.values()) == len(fits)


@pytest.fixture(scope="module")
def store_with_dropped_tasks() -> Iterable[LedgerStore]:
    with tempfile.TemporaryDirectory() as folder, _ledger_with_dropped_tasks(Path(folder)) as ledger:
        yield ledger.store


def _ledger_with_dropped_tasks(folder: Path) -> Ledger:
    ledger = ledger_of_many(folder, words=200, batches=2, rejected=150)
    with ledger.store.write() as connection:
        dropped = (tasks.c.stage == "flashcards") & (tasks.c.position % 7 == 0)
        connection.execute(update(tasks).where(dropped).values(state="dropped", priority=10))
    return ledger


def test_tasks_are_found_by_code_and_staleness(store: LedgerStore) -> None:
    set_tasks(store, "낱말1#1", code="refused", message="no")
    set_tasks(store, "낱말3#1", stale="prompt v3→v4; model unchanged")

    refused = task_list.listing(store, Filters(codes=("refused",)))
    stale = task_list.listing(store, Filters(stale=True, stages=("nuance",)))

    assert {row["item_id"] for row in refused.rows} == {"낱말1#1"}
    assert [(row["item_id"], row["stale"]) for row in stale.rows] == [("낱말3#1", "prompt v3→v4; model unchanged")]


def test_a_word_is_found_by_headword_by_item_id_and_in_decomposed_form(store: LedgerStore) -> None:
    decomposed = unicodedata.normalize("NFD", "낱말7")
    assert decomposed != "낱말7"

    for word in ("낱말7", "낱말7#1", decomposed, " 낱말7 "):
        assert [found.item["item_id"] for found in task_list.show(store, word)] == ["낱말7#1"]


def test_a_headword_selects_all_its_homographs(store: LedgerStore) -> None:
    second = {
        "item_id": "낱말7#2",
        "term": "낱말7",
        "homograph": 2,
        "stem": "낱말7",
        "term_number": 201,
        "tags": '["a"]',
    }
    with store.write() as connection:
        connection.execute(insert(vocabulary_items).values(**second, batch=2, row=200))

    assert [found.item["item_id"] for found in task_list.show(store, "낱말7")] == ["낱말7#1", "낱말7#2"]
    assert [found.item["item_id"] for found in task_list.show(store, "낱말7#2")] == ["낱말7#2"]


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("낱말7을", "낱말7#1"),
        ("낱 말7", "낱말7#1"),
        ("낱말7#9", "낱말7#1"),
        ("낱", "낱말1#1"),
        ("사과", "kedro tasks list"),
    ],
)
def test_the_error_for_an_unknown_word_names_similar_words(store: LedgerStore, word: str, hint: str) -> None:
    with pytest.raises(LedgerError, match=f"The word {word} is not in the ledger") as caught:
        task_list.show(store, word)
    assert hint in str(caught.value)


def test_show_returns_tasks_rows_and_exports_of_a_word(store: LedgerStore) -> None:
    with store.write() as connection:
        at = "2026-10-09T09:00:00Z"
        prompt = {"stage": "nuance", "version": "abc123", "text": "Analyze"}
        connection.execute(insert(prompt_versions).values(**prompt, number=3, first_used=at))
        run = {"run_id": "run1", "kind": "run", "fingerprint": "", "host": "laptop", "pid": 7, "started": at}
        connection.execute(insert(runs).values(run))
        lease = {"state": "running", "run_id": "run1", "leased_until": 2e9, "prompt_version": "abc123"}
        connection.execute(update(tasks).where(tasks.c.item_id == "낱말2#1", tasks.c.stage == "nuance").values(lease))
        word = {"item_id": "낱말2#1", "term": "낱말2", "homograph": 1, "first_exported": at, "last_exported": at}
        connection.execute(insert(exported_items).values(word))

    (found,) = task_list.show(store, "낱말2")

    nuance, flashcards = found.tasks
    assert (nuance["stage"], flashcards["stage"]) == ("nuance", "flashcards")
    assert (nuance["prompt_number"], nuance["run_host"], nuance["run_pid"]) == (3, "laptop", 7)
    assert (flashcards["state"], flashcards["run_host"], flashcards["prompt_number"]) == ("pending", None, None)
    assert [(row["batch_id"], row["row"], row["outcome"]) for row in found.rows] == [
        ("batch1", 2, "imported"), ("batch2", 2, "duplicate")
    ]  # fmt: skip
    assert found.exported == {"first_exported": at, "last_exported": at}
    assert found.item["tags"] == []


def test_retry_puts_failed_tasks_back_with_all_attempts(store: LedgerStore) -> None:
    set_tasks(store, "낱말100#1", attempts=3)

    changes = task_changes.retry(store, Filters(states=("dead",)))

    assert (changes.changed, changes.words, changes.left) == ({"dead": 4}, 2, {})
    fresh = task(store, "낱말100#1")
    assert [fresh[name] for name in ("state", "attempts", "code", "message")] == ["pending", 0, None, None]
    assert task(store, "낱말51#1")["state"] == "failed"


def test_retry_does_not_change_done_running_and_pending_tasks(store: LedgerStore) -> None:
    with store.write() as connection:
        run = {"run_id": "run1", "kind": "run", "fingerprint": "", "host": "laptop", "pid": 7, "started": ""}
        connection.execute(insert(runs).values(run))
    set_tasks(store, "낱말4#1", state="running", run_id="run1", leased_until=2e9)
    before = {word: task(store, word) for word in ("낱말2#1", "낱말3#1", "낱말4#1")}

    changes = task_changes.retry(store, Filters(words=tuple(before)))

    assert (changes.changed, changes.left) == ({}, {"pending": 2, "running": 2, "done": 2})
    assert {word: task(store, word) for word in before} == before


def test_a_record_of_an_earlier_system_is_retried_only_if_its_word_or_batch_is_named(store: LedgerStore) -> None:
    set_tasks(store, "낱말3#1", pinned=1)
    assert task_changes.retry(store, Filters(stages=("nuance",))).records == 0
    assert task(store, "낱말3#1")["pinned"] == 1

    by_word = task_changes.retry(store, Filters(words=("낱말3",), stages=("nuance",)))
    by_batch = task_changes.retry(store, Filters(batch="batch2"))

    assert (by_word.changed, by_word.records) == ({"done": 1}, 1)
    assert by_batch.records == 1  # the task of the other stage
    # The task stays done, because its reply is used until a run has a new one.
    assert [task(store, "낱말3#1")[name] for name in ("state", "pinned")] == ["done", 0]


def test_the_next_run_requests_the_retried_words(tmp_path: Path) -> None:
    """Dead letters and records of an earlier system are requested again only after retry."""
    with ledger_of_many(tmp_path, words=100) as ledger:
        set_tasks(ledger.store, "낱말3#1", pinned=1)
        words = ("낱말100#1", "낱말3#1")
        set_tasks(ledger.store, "낱말100#1", key="today", attempts=3)
        today = TaskRequest("nuance", "today", "model", "version")

        def decisions() -> list[str]:
            known = ledger.queue.tasks("nuance", words)
            return [decide_state(known[word], today, {"key3"}, {}, "redo", lambda: None).state for word in words]

        assert decisions() == ["dead", "kept"]
        task_changes.retry(ledger.store, Filters(words=words))
        assert decisions() == ["new", "stale"]


def test_a_dropped_task_stays_dropped_until_retry(store: LedgerStore) -> None:
    dropped = task_changes.drop(store, Filters(words=("낱말2", "낱말3", "낱말100")))

    assert (dropped.changed, dropped.left, dropped.words) == ({"pending": 2, "dead": 2}, {"done": 2}, 2)
    assert task(store, "낱말2#1")["state"] == "dropped"

    assert task_changes.retry(store, Filters(states=("dropped",))).changed == {"dropped": 4}
    assert task(store, "낱말2#1")["state"] == "pending"


def test_a_priority_applies_to_both_stages_and_only_changed_tasks_are_counted(store: LedgerStore) -> None:
    set_tasks(store, "낱말2#1", priority=9)

    changes = task_changes.prioritize(store, 9, Filters(words=("낱말2", "낱말3")))

    assert (changes.changed, changes.left) == ({"done": 2}, {"pending": 2})
    assert {task(store, word, stage)["priority"] for word in ("낱말2#1", "낱말3#1") for stage in WORD_STAGES} == {9}
    assert task_list.listing(store, Filters(words=("낱말1", "낱말3")), 1).rows[0]["item_id"] == "낱말3#1"


def test_a_dry_run_has_the_same_counts_and_changes_nothing(store: LedgerStore) -> None:
    before = all_tasks(store)
    filters = Filters(batch="batch2")

    planned = [
        task_changes.retry(store, filters, dry_run=True),
        task_changes.drop(store, filters, dry_run=True),
        task_changes.prioritize(store, 10, filters, dry_run=True),
    ]

    assert all_tasks(store) == before
    assert planned[2] == task_changes.prioritize(store, 10, filters)
    assert planned[0] == task_changes.retry(store, filters)


def test_nothing_changes_if_one_of_the_words_or_the_batch_is_unknown(store: LedgerStore) -> None:
    before = all_tasks(store)

    for change in (task_changes.retry, task_changes.drop):
        with pytest.raises(LedgerError, match="The word 사과 is not in the ledger"):
            change(store, Filters(words=("낱말100", "사과")))
    with pytest.raises(LedgerError, match="There is no batch named unit9"):
        task_changes.prioritize(store, 9, Filters(batch="unit9"))

    assert all_tasks(store) == before
