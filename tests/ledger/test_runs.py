"""Test active runs: a run is active while its process is alive, and the tasks of a dead run become pending again."""

import _thread
import itertools
import logging
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from support.ledger import fill_ledger, fresh_ledger, ledger_at
from support.project import ROOT, kill

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.ledger.facade import Ledger

ACTIVE_RUN = """
import sys, time
from pathlib import Path
from korean_flashcards.ledger.facade import Ledger
ledger = Ledger(Path(sys.argv[1]), 2, 30, 3)
print(ledger.runs.enter("run", sys.argv[2]), flush=True)
sys.stdin.read()
ledger.close()
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Return an empty ledger."""
    return fresh_ledger(tmp_path)


def other(ledger: Ledger) -> Ledger:
    """Open the same ledger again, as another process would."""
    return ledger_at(ledger.store.path)


def start_run(ledger: Ledger, fingerprint: str = "other") -> tuple[subprocess.Popen[str], str]:
    """Start a process whose run ends when its input is closed, and return the process and the id of the run."""
    process = subprocess.Popen(
        [sys.executable, "-c", ACTIVE_RUN, str(ledger.store.path), fingerprint], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def lock_files(ledger: Ledger) -> list[str]:
    """Return the ids of the runs that have a lock file."""
    return sorted(file.stem for file in (ledger.store.path.parent / ".runs").iterdir())


def values(ledger: Ledger, query: str) -> list[tuple[object, ...]]:
    with ledger.store.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_entering_again_returns_the_same_run_until_it_ends(ledger: Ledger) -> None:
    first = ledger.runs.enter("import")
    assert ledger.runs.enter("run") == ledger.runs.current == first == ledger.runs.wait_for_others("x")
    assert lock_files(ledger) == [first] and other(ledger).runs.alive(first)
    ledger.runs.end()
    assert ledger.runs.current is None and lock_files(ledger) == [] and not ledger.runs.alive(first)
    assert ledger.runs.enter("run") != first
    ledger.close()


def test_a_killed_process_frees_its_tasks_and_fails_its_batch(ledger: Ledger) -> None:
    fill_ledger(ledger, ["배#1"])
    process, run_id = start_run(ledger)
    with ledger.store.write() as connection:
        connection.exec_driver_sql(
            f"UPDATE tasks SET state = 'running', run_id = '{run_id}', leased_until = 9e9, attempts = 1"
        )
        connection.exec_driver_sql(
            "INSERT INTO import_batches (batch_id, file, source, sha256, state, priority, on_duplicate, created, run_id) "
            f"VALUES ('b', 'b', 'b', 'b', 'processing', 5, 'skip', '2026', '{run_id}')"
        )
    assert ledger.runs.alive(run_id) and ledger.runs.sweep() == 0
    kill(process)
    assert not ledger.runs.alive(run_id) and ledger.runs.sweep() == 1 and ledger.runs.sweep() == 0
    assert values(ledger, "SELECT DISTINCT state, run_id, attempts FROM tasks") == [("pending", None, 1)]
    ((state, message),) = values(ledger, "SELECT state, message FROM import_batches WHERE batch_id = 'b'")
    assert state == "failed" and "import the list again" in str(message)
    assert values(ledger, f"SELECT ended IS NULL FROM runs WHERE run_id = '{run_id}'") == [(0,)]
    assert run_id not in lock_files(ledger)


def test_only_old_lock_files_without_a_process_are_deleted(ledger: Ledger) -> None:
    run_id = ledger.runs.enter("run")
    folder = ledger.store.path.parent / ".runs"
    for name in ("killed", "starting", run_id):
        (folder / f"{name}.lock").touch()
        if name != "starting":
            os.utime(folder / f"{name}.lock", (time.time() - 3600, time.time() - 3600))
    other(ledger).runs.sweep()
    assert lock_files(ledger) == sorted([run_id, "starting"])
    ledger.close()


@pytest.mark.slow
def test_runs_start_while_other_runs_clean_up(ledger: Ledger) -> None:
    stop = threading.Event()

    def sweep() -> None:
        while not stop.is_set():
            other(ledger).runs.sweep()

    sweeping = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in sweeping:
        thread.start()
    try:
        for _ in range(20):
            with other(ledger) as starting:
                assert ledger.runs.alive(starting.runs.enter("run"))
    finally:
        stop.set()
    for thread in sweeping:
        thread.join()


@pytest.mark.slow
def test_only_runs_with_a_different_fingerprint_wait_and_log_it_once(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    process, _ = start_run(ledger, "a")
    with other(ledger) as same:
        same.runs.wait_for_others("a")
    with caplog.at_level(logging.INFO, logger="korean_flashcards"):
        waiting = threading.Thread(target=ledger.runs.wait_for_others, args=("b",))
        waiting.start()
        time.sleep(1.2)
        assert waiting.is_alive()
        kill(process)
        waiting.join(10)
    assert ledger.runs.current
    ledger.close()
    assert [record.getMessage() for record in caplog.records] == [
        "Waiting for a run with different parameters to finish (Ctrl-C to stop waiting)."
    ]


def test_a_run_does_not_wait_for_imports_or_for_nodes_called_outside_a_run(ledger: Ledger) -> None:
    with other(ledger) as importing, other(ledger) as notebook, ledger:
        importing.runs.enter("import")
        notebook.runs.enter("run")
        started = time.monotonic()
        ledger.runs.wait_for_others("a")
        assert time.monotonic() - started < 0.4


@pytest.mark.slow
def test_checking_an_ending_run_leaves_no_lock_file(ledger: Ledger) -> None:
    """Checking whether a run is active acquires its lock, which may create the lock file again."""
    for _ in range(100):
        with other(ledger) as theirs:
            run_id = theirs.runs.enter("run")
            looking = threading.Thread(target=lambda run_id=run_id: all(iter(lambda: ledger.runs.alive(run_id), False)))
            looking.start()
        looking.join(30)
        assert not looking.is_alive() and lock_files(ledger) == []


@pytest.mark.slow
def test_runs_with_different_parameters_never_overlap(ledger: Ledger) -> None:
    spans: list[tuple[float, float]] = []

    def work(number: int) -> None:
        with other(ledger) as mine:
            mine.runs.wait_for_others(f"parameters {number}")
            started = time.monotonic()
            time.sleep(0.05)
            spans.append((started, time.monotonic()))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    spans.sort()
    assert len(spans) == 5
    assert all(ended <= started for (_, ended), (started, _) in itertools.pairwise(spans))
    assert lock_files(ledger) == []


@pytest.mark.slow
def test_ctrl_c_ends_the_wait_and_leaves_no_lock_file(ledger: Ledger) -> None:
    with other(ledger) as busy:
        run_id = busy.runs.enter("run", "a")
        presser = threading.Timer(0.8, _thread.interrupt_main)
        presser.start()
        with pytest.raises(KeyboardInterrupt):
            ledger.runs.wait_for_others("b")
        presser.join()
        assert ledger.runs.current is None and lock_files(ledger) == [run_id]


def test_an_unwritable_lock_folder_is_an_error_with_advice(ledger: Ledger) -> None:
    (ledger.store.path.parent / ".runs").write_text("in the way", encoding="utf-8")
    with pytest.raises(LedgerError, match="make the folder writable"):
        ledger.runs.enter("run")
    assert ledger.runs.current is None


@pytest.mark.skipif(sys.platform == "win32", reason="processes cannot be forked on Windows")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_does_not_own_or_end_the_run(ledger: Ledger) -> None:
    run_id = ledger.runs.enter("run")
    child = multiprocessing.get_context("fork").Process(target=ledger.runs.end)
    child.start()
    child.join()
    assert child.exitcode == 0 and ledger.runs.current == run_id
    assert other(ledger).runs.alive(run_id)
    ledger.close()
