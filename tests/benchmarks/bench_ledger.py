"""Measure the ledger: imports, queries and rollbacks.

    python tests/benchmarks/bench_ledger.py [--rows N …]

Each line shows wall time and CPU time in seconds, without process start-up, and the growth of the process's peak memory in
MB. Each list is imported into a new ledger in a separate process. Goals: 10,000 rows in 2 s, 100,000 rows in 12 times that
with the same memory, and queries on 100,000 words in 1 s.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from benchmarks.figures import peak_mb
from ledger.samples import generated, roll_back
from support.ledger import fresh_ledger, ledger_at
from support.long_list import long_list

from korean_flashcards.formats.word_list import ListFile
from korean_flashcards.ledger import batches
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.tasks import task_list
from korean_flashcards.ledger.words.imports import ImportOptions
from korean_flashcards.ledger.words.rollback import cleanup


def measure(name: str, work: Callable[[], object]) -> None:
    memory, processor, start = peak_mb(), time.process_time(), time.perf_counter()
    work()
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    print(f"{name:<46} {seconds:>8.2f} {processor:>8.2f} {peak_mb() - memory:>8.0f}", flush=True)


def warmed(folder: Path) -> Ledger:
    """Return an open ledger after a first import, so that all modules are loaded."""
    ledger = fresh_ledger(folder)
    ledger.imports.take([generated(10, 10**7, "warm-up.csv")])
    return ledger


def bench_import(one: ListFile, folder: Path) -> None:
    """Measure one import, and leave the ledger in the folder."""
    with warmed(folder) as ledger:
        measure(f"import {one.name}", lambda: ledger.imports.take([one]))


def bench_more(one: ListFile, folder: Path) -> None:
    """Measure queries, repeated imports and rollbacks in a ledger that contains the list."""
    # Change about a tenth of the definitions, in generated lists and in the one that resembles a real list.
    later = replace(
        one, data=one.data.replace(b"meaning 1", b"another meaning 1").replace(b"season", b"time of the year")
    )
    with ledger_at(folder / "ledger.db") as ledger:
        queries: dict[str, Callable[[], object]] = {
            "list of batches": lambda: batches.listing(ledger.store),
            "status of a batch": lambda: batches.status(ledger.store, Path(one.name).stem),
            "first 50 tasks": lambda: task_list.listing(ledger.store, task_list.Filters()),
            "all words as a frame": lambda: ledger.vocabulary.items(None),
            "the same list again": lambda: ledger.imports.take([one]),
            "an edited version of it, dry run": lambda: ledger.imports.take([later], ImportOptions(dry_run=True)),
            "an edited version of it": lambda: ledger.imports.take([later]),
            "cleanup": lambda: cleanup(ledger.store, ledger.runs, timedelta(days=-1), dry_run=False),
            "rollback of the edited version": lambda: roll_back(ledger, f"{Path(one.name).stem}-2"),
            "rollback of the list": lambda: roll_back(ledger, Path(one.name).stem),
        }
        for name, query in queries.items():
            measure(f"  {name}", query)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--rows", type=int, nargs="*", default=[10_000, 100_000], help="rows of each list (default: 10000 100000)"
    )
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        rows = given.one
        one = (
            generated(int(rows), name=f"{rows}.csv")
            if rows.isdigit()
            else ListFile(f"{rows}.csv", f"{rows}.csv", long_list())
        )
        with tempfile.TemporaryDirectory() as folder:
            bench_import(one, Path(folder))
            bench_more(one, Path(folder))
        return
    print(f"{'':<46} {'seconds':>8} {'of CPU':>8} {'MB more':>8}")
    for rows in [*map(str, given.rows), "long_list"]:
        subprocess.run([sys.executable, __file__, "--one", rows], check=True)


if __name__ == "__main__":
    main()
