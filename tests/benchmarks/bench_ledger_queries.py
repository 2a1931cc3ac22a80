"""How long a person waits for `ingress list`, `ingress status`, `tasks list`: seconds of work, and the query plans.

    python tests/benchmarks/bench_ledger_queries.py [--words 100000 --batches 3]

Every batch holds all the words. At 100,000 words the goal is 1 second each; a plan that scans `tasks`, `import_rows` or
`vocabulary_items` whole without an index is printed with "NO INDEX". Start-up of Python and Kedro is not counted.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from support.many_words import ledger_of_many  # noqa: E402

from korean_flashcards.ledger import batches, task_changes, task_list  # noqa: E402
from korean_flashcards.ledger.store import LedgerStore  # noqa: E402
from korean_flashcards.ledger.task_list import Filters  # noqa: E402

LARGE = ("SCAN tasks", "SCAN import_rows", "SCAN vocabulary_items")
Command = Callable[[LedgerStore], Any]
COMMANDS: dict[str, Command] = {
    "ingress list": lambda store: batches.listing(store),
    "ingress list --status partial --tag odd": lambda store: batches.listing(store, state="partial", tag="odd"),
    "ingress status (its own words)": lambda store: batches.status(store, "batch1"),
    "ingress status (all duplicates)": lambda store: batches.status(store, "batch2"),
    "ingress rollback (before it asks)": lambda store: batches.only_here(store, "batch1"),
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
    """The seconds that a command takes, and the query plans of its SELECTs."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    started = time.perf_counter()
    command(store)
    seconds = time.perf_counter() - started
    event.remove(Engine, "before_cursor_execute", note)
    with store.read() as connection:
        return seconds, [
            row[3]
            for statement, parameters in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


def main() -> None:
    """Fill a ledger, then time each command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=100_000)
    parser.add_argument("--batches", type=int, default=3)
    parser.add_argument("--plans", action="store_true", help="print every plan, not only what goes without an index")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        store = ledger_of_many(Path(folder), given.words, given.batches).store
        size = store.path.stat().st_size / 2**20
        print(
            f"{given.words:,} words in {given.batches} batches, {size:.0f} MB ({time.perf_counter() - started:.1f} s)\n"
        )
        print(f"{'command':<42} {'seconds':>8}")
        for name, command in COMMANDS.items():
            seconds, found = measured(store, command)
            print(f"{name:<42} {seconds:>8.3f}")
            whole = [line for line in dict.fromkeys(found) if line.startswith(LARGE) and "INDEX" not in line]
            for line in dict.fromkeys(found) if given.plans else whole:
                print(f"    {line}{'   NO INDEX' if line in whole else ''}")
        store.close()


if __name__ == "__main__":
    main()
