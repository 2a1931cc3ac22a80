"""Functions in a separate process: results, errors, and the end of either process."""

import asyncio
import gc
import logging
import operator
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from support.waiting import until

from korean_flashcards.processes.worker_process import WorkerError, WorkerProcess

SOURCE = Path(__file__).resolve().parents[2] / "src"
# A program with a worker process. It prints the worker's process ID and waits.
PROGRAM = """
import os, sys, time
from korean_flashcards.processes.worker_process import WorkerProcess
worker = WorkerProcess()
worker.start(int)
print(worker.submit(os.getpid).result(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def worker() -> Iterator[WorkerProcess]:
    worker = WorkerProcess()
    worker.start(int)
    yield worker
    worker.close()


def process_of(worker: WorkerProcess) -> int:
    """Return the ID of the process in which the worker's functions run."""
    process = asyncio.run(worker.run(os.getpid))
    assert worker.call(os.getpid) == process
    return process


def test_a_worker_process_searches_for_garbage_rarely(worker: WorkerProcess) -> None:
    assert worker.call(gc.get_threshold)[0] == 100_000


def test_functions_run_in_one_other_process(worker: WorkerProcess) -> None:
    processes = {process_of(worker) for _ in range(3)}
    assert len(processes) == 1 and os.getpid() not in processes


@pytest.mark.skipif(not hasattr(os, "nice"), reason="Windows has no nice values")
def test_the_process_gives_precedence_to_this_one(worker: WorkerProcess) -> None:
    assert worker.call(os.nice, 0) == min(os.nice(0) + 5, 19)


def test_the_event_loop_goes_on_while_the_process_works(worker: WorkerProcess) -> None:
    async def ticks() -> int:
        work = asyncio.ensure_future(worker.run(time.sleep, 0.2))
        count = 0
        while not work.done():
            await asyncio.sleep(0.01)
            count += 1
        return count

    assert asyncio.run(ticks()) > 5


def test_an_error_is_raised_with_its_traceback_and_the_process_goes_on(worker: WorkerProcess) -> None:
    with pytest.raises(WorkerError, match=r"(?s)Traceback.*ZeroDivisionError"):
        asyncio.run(worker.run(operator.truediv, 1, 0))
    with pytest.raises(WorkerError, match="cannot pickle"):
        asyncio.run(worker.run(eval, "(one for one in [])"))
    assert asyncio.run(worker.run(operator.truediv, 1, 2)) == 0.5 and worker.running


def test_printed_text_does_not_get_between_the_results(worker: WorkerProcess) -> None:
    assert asyncio.run(worker.run(print, "text")) is None  # type: ignore[func-returns-value]
    assert asyncio.run(worker.run(abs, -1)) == 1


def test_without_a_process_functions_run_here() -> None:
    worker = WorkerProcess()
    assert not worker.running
    assert process_of(worker) == os.getpid() and worker.submit(abs, -1) is None


@pytest.mark.parametrize("seconds", [0, 0.2], ids=["at once", "later"])
def test_after_the_process_has_died_functions_run_here(caplog: pytest.LogCaptureFixture, seconds: float) -> None:
    worker = WorkerProcess()
    worker.start(partial(os._exit, 3))
    time.sleep(seconds)
    with caplog.at_level(logging.WARNING):
        assert process_of(worker) == os.getpid() and not worker.running
    worker.start(int)
    assert not worker.running, "it may have died because the memory is full"
    assert [record.getMessage() for record in caplog.records] == [
        "A worker process ended unexpectedly (exit code 3). The run continues without it."
    ]
    worker.close()


def test_if_no_process_can_be_started_functions_run_here(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "missing"))
    worker = WorkerProcess()
    worker.start(int)
    worker.start(int)
    assert process_of(worker) == os.getpid() and not worker.running
    assert len(caplog.records) == 1 and "no other process can be started" in caplog.text


def test_a_closed_process_has_ended_and_can_be_started_again(
    worker: WorkerProcess, caplog: pytest.LogCaptureFixture
) -> None:
    first = process_of(worker)
    started = time.monotonic()
    busy = worker.submit(time.sleep, 60)
    worker.close()
    assert busy is not None and time.monotonic() - started < 5 and not worker.running
    if sys.platform != "win32":
        with pytest.raises(ProcessLookupError):  # neither running nor a zombie
            os.kill(first, 0)
    worker.start(int)
    assert process_of(worker) != first
    assert caplog.records == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither SIGKILL nor SIGINT for other processes")
@pytest.mark.parametrize("number", ["SIGKILL", "SIGINT"])
def test_the_process_ends_with_the_one_that_started_it(number: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    run = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    worker = int(run.stdout.readline())
    run.send_signal(getattr(signal, number))
    _, err = run.communicate(timeout=10)
    assert err.count("Traceback") == (number == "SIGINT"), "only the traceback of the program itself"
    until(lambda: not _is_running(worker), seconds=10)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
