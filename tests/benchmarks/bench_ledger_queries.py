"""Measure the queries of `ingress list`, `ingress status` and `tasks list`, and check their query plans.

    python tests/benchmarks/bench_ledger_queries.py [--words 100000 --batches 3]

Every batch contains all words. The goal is at most 1 second per command with 100,000 words, without the start-up of Python
and Kedro. A plan that scans all of `tasks`, `import_rows` or `vocabulary_items` without an index is marked "NO INDEX".
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from support.ledger_queries import COMMANDS, measured, without_index  # noqa: E402
from support.many_words import ledger_of_many  # noqa: E402


def main() -> None:
    """Fill a ledger and time each command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=100_000, help="number of words (default: 100000)")
    parser.add_argument("--batches", type=int, default=3, help="number of batches (default: 3)")
    parser.add_argument("--plans", action="store_true", help="print all plans, not only scans without an index")
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
            whole = without_index(found)
            for line in dict.fromkeys(found) if given.plans else whole:
                print(f"    {line}{'   NO INDEX' if line in whole else ''}")
        store.close()


if __name__ == "__main__":
    main()
