"""Several processes at once, and processes killed at any moment: nothing is lost, nothing is half done."""

import json
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger.invariants import check
from ledger.samples import generated, items
from sqlalchemy import func, select
from support.ledger import fresh_ledger, ledger_at
from support.ledger_worker import go, start

from korean_flashcards.ledger.ledger import Ledger
from korean_flashcards.ledger.tables import import_batches

KILLS = 15


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fresh_ledger(tmp_path / "base").close()
    return tmp_path / "base"


def write(folder: Path, count: int, first: int, name: str) -> Path:
    path = folder / name
    path.write_bytes(generated(count, first, name).data)
    return path


def killed(ledger: Path, *command: str, after: float) -> bool:
    """Start a worker and kill it so many seconds after it began; return whether it was still at work."""
    worker = start(ledger, *command)
    go(worker)
    try:
        worker.wait(timeout=after)
    except subprocess.TimeoutExpired:
        worker.kill()
    _, errors = worker.communicate()
    assert not errors, errors
    return worker.returncode != 0


def moments(base: Path, *command: str) -> Iterator[tuple[Path, float]]:
    """(a copy of the ledger, seconds), as often as there is to be a kill: spread over the time that the command takes."""
    copies = [
        shutil.copytree(base, base.with_name(f"{base.name}-{number}")) / "ledger.db" for number in range(KILLS + 1)
    ]
    worker = start(copies[KILLS], *command)
    begin = time.monotonic()
    go(worker)
    _, errors = worker.communicate()
    longest = time.monotonic() - begin
    assert worker.returncode == 0, errors
    for number, copy in enumerate(copies[:KILLS]):
        yield copy, longest * (number + random.random()) / KILLS


def test_four_processes_take_different_and_overlapping_lists_at_once(folder: Path) -> None:
    """Each brings 1,250 words of its own and 1,250 that its neighbour has too, and all the same list at the end."""
    same = write(folder, 500, 20_000, "same.csv")
    lists = [write(folder, 2500, number * 1250, f"{number}.csv") for number in range(4)]
    workers = [start(folder / "ledger.db", "import", str(one), str(same)) for one in lists]
    for worker in workers:
        go(worker)
    ended = [worker.communicate(timeout=120) for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * 4, [errors for _, errors in ended]
    assert not any("locked" in errors for _, errors in ended)
    results = [result for out, _ in ended for result in json.loads(out)]
    with ledger_at(folder / "ledger.db") as ledger:
        check(ledger.store)
        own = [result for result in results if result["file"] != "same.csv"]
        assert [result["rows"] for result in own] == [2500] * 4
        assert sum(result["imported"] for result in own) == 1250 * 5
        assert sum(result["duplicates"] for result in own) == 1250 * 3
        assert sum(result["already"] is None for result in results if result["file"] == "same.csv") == 1
        assert len(items(ledger.store)) == 1250 * 5 + 500
        assert ledger.vocabulary.counts(None)["rows"].sum() == 10_500


def test_an_import_that_is_killed_happened_or_did_not(folder: Path) -> None:
    with ledger_at(folder / "ledger.db") as ledger:
        ledger.imports.take([generated(300, 0, "old.csv")])
        before = items(ledger.store)
    # Half of the old words are in it too, so that rows of both kinds are under way.
    new = write(folder.parent, 1200, 150, "new.csv")
    stopped = 0
    for copy, after in moments(folder, "import", str(new)):
        stopped += killed(copy, "import", str(new), after=after)
        with ledger_at(copy) as ledger:
            ledger.runs.sweep()
            check(ledger.store)
            happened = state(ledger, "new") == "completed"
            assert happened or (state(ledger, "new") in (None, "failed") and items(ledger.store) == before)
            (again,) = ledger.imports.take([generated(1200, 150, "new.csv")])
            assert (again.already is not None) == happened
            assert (again.batch_id, again.imported, again.duplicates) == ("new", 1050, 150)
            assert len(items(ledger.store)) == 1350
    assert stopped >= KILLS // 2


@pytest.mark.parametrize(("batch_id", "left"), [("first", 1200), ("second", 900)])
def test_a_rollback_that_is_killed_happened_or_did_not(folder: Path, batch_id: str, left: int) -> None:
    """Words go ("second"), or go over to the other list that has them ("first")."""
    with ledger_at(folder / "ledger.db") as ledger:
        ledger.imports.take([generated(900, 0, "first.csv"), generated(1200, 0, "second.csv")])
        before = items(ledger.store)
    stopped = 0
    for copy, after in moments(folder, "rollback", batch_id):
        stopped += killed(copy, "rollback", batch_id, after=after)
        with ledger_at(copy) as ledger:
            check(ledger.store)
            if state(ledger, batch_id):
                assert items(ledger.store) == before
            else:
                assert len(items(ledger.store)) == left
    assert stopped >= KILLS // 2


def state(ledger: Ledger, batch_id: str) -> str | None:
    with ledger.store.read() as connection:
        query = select(func.max(import_batches.c.state)).where(import_batches.c.batch_id == batch_id)
        found: str | None = connection.execute(query).scalar_one()
        return found
