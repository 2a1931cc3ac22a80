"""Test that simultaneous imports lose nothing, and that a killed import or rollback is complete or has no effect."""

import random
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import BaseContext
from pathlib import Path

import pytest
from ledger.invariants import check
from ledger.samples import generated, items
from sqlalchemy import func, select
from support import ledger_work
from support.ledger import fresh_ledger, ledger_at

from korean_flashcards.ledger.db.tables import import_batches
from korean_flashcards.ledger.facade import Ledger

KILLS = ledger_work.kills(15)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fresh_ledger(tmp_path / "base").close()
    return tmp_path / "base"


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> BaseContext:
    return ledger_work.processes(monkeypatch)


def stopped_while(
    processes: BaseContext, base: Path, work: Callable[..., object], *arguments: object
) -> Iterator[tuple[Path, bool]]:
    """Do the work on copies of the ledger and kill it, each time at a later moment of its usual duration.

    Yield each copy after the kill, and whether the work was still running.
    """

    def run(copy: Path, seconds: float | None) -> tuple[float, int | None]:
        process = processes.Process(target=work, args=(copy, *arguments))  # type: ignore[attr-defined]
        began = time.monotonic()
        process.start()
        process.join(timeout=seconds)
        process.kill()
        process.join()
        return time.monotonic() - began, process.exitcode

    copies = [
        shutil.copytree(base, base.with_name(f"{base.name}-{number}")) / "ledger.db" for number in range(KILLS + 3)
    ]
    # Take the median of three: after a single slow measurement, most kills would come when the work is already done.
    undisturbed = sorted(run(copies.pop(), None) for _ in range(3))
    assert [code for _, code in undisturbed] == [0, 0, 0]
    usual = undisturbed[1][0]
    for number, copy in enumerate(copies):
        seconds, code = run(copy, usual * (number + random.random()) / KILLS)
        assert code == 0 or code < 0, "the work failed instead of being killed"
        if code == 0:  # the machine is less busy than before
            usual = min(usual, seconds)
        yield copy, code != 0


@pytest.mark.slow
def test_four_processes_import_overlapping_lists_at_once(folder: Path, processes: BaseContext) -> None:
    """Each list shares 1,250 words with the next one, and all processes import the same list at the end.

    A "database is locked" error would make the process fail.
    """
    same = generated(500, 20_000, "same.csv")
    lists = [generated(2500, number * 1250, f"{number}.csv") for number in range(4)]
    all_there = processes.Barrier(4)
    with ProcessPoolExecutor(4, processes, initializer=all_there.wait, initargs=(60,)) as workers:
        ends = [workers.submit(ledger_work.take_in, folder / "ledger.db", one, same) for one in lists]
        results = [result for end in ends for result in end.result(timeout=120)]
    with ledger_at(folder / "ledger.db") as ledger:
        check(ledger.store)
        own = [result for result in results if result.file != "same.csv"]
        assert [result.rows for result in own] == [2500] * 4
        assert sum(result.imported for result in own) == 1250 * 5
        assert sum(result.duplicates for result in own) == 1250 * 3
        assert sum(result.already is None for result in results if result.file == "same.csv") == 1
        assert len(items(ledger.store)) == 1250 * 5 + 500
        assert ledger.vocabulary.counts(None)["rows"].sum() == 10_500


@pytest.mark.slow
def test_a_killed_import_is_complete_or_has_no_effect(folder: Path, processes: BaseContext) -> None:
    with ledger_at(folder / "ledger.db") as ledger:
        ledger.imports.take([generated(300, 0, "old.csv")])
        before = items(ledger.store)
    # The new list has half of the old words, so that the import writes new words and duplicates.
    new = generated(1200, 150, "new.csv")
    stopped = 0
    for copy, running in stopped_while(processes, folder, ledger_work.take_in, new):
        stopped += running
        with ledger_at(copy) as ledger:
            ledger.runs.sweep()
            check(ledger.store)
            happened = state(ledger, "new") == "completed"
            assert happened or (state(ledger, "new") in (None, "failed") and items(ledger.store) == before)
            (again,) = ledger.imports.take([new])
            assert (again.already is not None) == happened
            assert (again.batch_id, again.imported, again.duplicates) == ("new", 1050, 150)
            assert len(items(ledger.store)) == 1350
    assert stopped >= KILLS // 2


@pytest.mark.slow
@pytest.mark.parametrize(("batch_id", "left"), [("first", 1200), ("second", 900)])
def test_a_killed_rollback_is_complete_or_has_no_effect(
    folder: Path, processes: BaseContext, batch_id: str, left: int
) -> None:
    """The list "second" contains all words of "first". A rollback of "first" assigns them to "second"."""
    with ledger_at(folder / "ledger.db") as ledger:
        ledger.imports.take([generated(900, 0, "first.csv"), generated(1200, 0, "second.csv")])
        before = items(ledger.store)
    stopped = 0
    for copy, running in stopped_while(processes, folder, ledger_work.take_back, batch_id):
        stopped += running
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
