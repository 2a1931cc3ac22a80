"""Test that the queries of commands use indexes. `bench_ledger_queries.py` measures how long the queries take."""

from collections.abc import Iterator

import pytest
from support.ledger_queries import COMMANDS, measured, without_index
from support.many_words import ledger_of_many

from korean_flashcards.ledger.db.store import LedgerStore


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerStore]:
    """Yield a ledger with three batches of the same words.

    SQLite has no statistics about it, so the query plans are the same as for a large ledger.
    """
    with ledger_of_many(tmp_path_factory.mktemp("many"), words=200, batches=3) as ledger:
        yield ledger.store


@pytest.mark.parametrize("name", COMMANDS)
def test_no_query_scans_a_whole_large_table(store: LedgerStore, name: str) -> None:
    _, plans = measured(store, COMMANDS[name])
    assert plans and without_index(plans) == []


def test_a_full_table_scan_is_detected(store: LedgerStore) -> None:
    def whole(store: LedgerStore) -> None:
        with store.read() as connection:
            connection.exec_driver_sql("SELECT message FROM tasks WHERE attempts > 2").all()

    assert without_index(measured(store, whole)[1]) == ["SCAN tasks"]


@pytest.mark.parametrize("name", ["tasks list", "tasks list --state dead", "tasks list --stage nuance"])
def test_the_queue_is_read_in_index_order_without_sorting(store: LedgerStore, name: str) -> None:
    _, plans = measured(store, COMMANDS[name])
    assert any("USING INDEX ix_tasks_queue" in step for step in plans)
    assert not [step for step in plans if step == "USE TEMP B-TREE FOR ORDER BY"]
