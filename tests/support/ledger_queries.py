"""Measure commands on a large ledger, and collect SQLite's query plans."""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

from korean_flashcards.ledger import batches
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.tasks import task_changes, task_list
from korean_flashcards.ledger.tasks.task_list import Filters

_LARGE = ("SCAN tasks", "SCAN import_rows", "SCAN vocabulary_items")
Command = Callable[[LedgerStore], Any]
COMMANDS: dict[str, Command] = {
    "ingress list": lambda store: batches.listing(store),
    "ingress list --status partial --tag odd": lambda store: batches.listing(store, state="partial", tag="odd"),
    "ingress status (its own words)": lambda store: batches.status(store, "batch1"),
    "ingress status (all duplicates)": lambda store: batches.status(store, "batch2"),
    "ingress rollback (before the confirmation)": lambda store: batches.only_here(store, "batch1"),
    "tasks list": lambda store: task_list.listing(store, Filters()),
    "tasks list --state dead": lambda store: task_list.listing(store, Filters(states=("dead",))),
    "tasks list --stage nuance": lambda store: task_list.listing(store, Filters(stages=("nuance",))),
    "tasks list --code refused (none)": lambda store: task_list.listing(store, Filters(codes=("refused",))),
    "tasks list --stale (none)": lambda store: task_list.listing(store, Filters(stale=True)),
    "tasks list --batch batch2": lambda store: task_list.listing(store, Filters(batch="batch2")),
    "tasks list 낱말77": lambda store: task_list.listing(store, Filters(words=("낱말77",))),
    "tasks show 낱말77": lambda store: task_list.show(store, "낱말77"),
    "tasks retry --all-dead": lambda store: task_changes.retry(store, Filters(states=("dead",))),
    "tasks prioritize 9 --batch batch2": lambda store: task_changes.prioritize(store, 9, Filters(batch="batch2")),
    "tasks drop --batch batch2": lambda store: task_changes.drop(store, Filters(batch="batch2")),
}


def measured(store: LedgerStore, command: Command) -> tuple[float, list[str]]:
    """Return the number of seconds that a command takes, and the query plans of its SELECT statements."""
    requested: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            requested.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    started = time.perf_counter()
    command(store)
    seconds = time.perf_counter() - started
    event.remove(Engine, "before_cursor_execute", note)
    with store.read() as connection:
        return seconds, [
            row[3]
            for statement, parameters in requested
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


def without_index(plans: list[str]) -> list[str]:
    """Return the steps that scan a large table without an index."""
    return [step for step in dict.fromkeys(plans) if step.startswith(_LARGE) and "INDEX" not in step]
