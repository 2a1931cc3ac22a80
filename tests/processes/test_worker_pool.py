"""Functions in several processes: the order of results, the share of each process, and the end of processes."""

import asyncio
import operator
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from support.waiting import until

from korean_flashcards.processes.process_copies import CAN_COPY, allow_copies
from korean_flashcards.processes.worker_pool import MOST_WORKERS, WorkerPool
from korean_flashcards.processes.worker_process import WorkerError

SOURCE = Path(__file__).resolve().parents[2] / "src"
# A program with a worker process and its copies. It prints their process IDs and waits.
PROGRAM = """
import time
from korean_flashcards.processes.worker_pool import MOST_WORKERS, WorkerPool
pool = WorkerPool(copying=True)
pool.start(int, MOST_WORKERS)
list(pool.map(abs, range(1000)))
print(*set(pool.map(eval, ["__import__('os').getpid()"] * 400)), flush=True)
time.sleep(60)
"""
PROCESS_ID = "__import__('time').sleep(0.002) or __import__('os').getpid()"


@pytest.fixture(params=[pytest.param(True, marks=pytest.mark.skipif(not CAN_COPY, reason="only Linux")), False])
def pool(request: pytest.FixtureRequest) -> Iterator[WorkerPool]:
    """Return a pool of a worker process and its copies, and one of separate processes."""
    pool = WorkerPool(copying=request.param)
    pool.start(int, MOST_WORKERS)
    list(pool.map(abs, range(1000)))  # what is loaded before a process is copied
    yield pool
    pool.close()


def processes_of(pool: WorkerPool) -> set[int]:
    """Return the IDs of the processes that share the work."""
    return set(pool.map(eval, [PROCESS_ID] * 400))


def test_processes_share_the_items_and_the_results_are_in_order(pool: WorkerPool) -> None:
    processes = processes_of(pool)
    assert len(processes) == MOST_WORKERS > 1 and os.getpid() not in processes
    assert list(pool.map(abs, range(-500, 500))) == [abs(number) for number in range(-500, 500)]


def test_items_are_taken_only_as_they_are_needed(pool: WorkerPool) -> None:
    """The items of a long list are not all in memory at the same time."""
    numbers = iter(range(10_000))
    assert next(pool.map(abs, numbers)) == 0
    assert next(numbers) < 1000


def test_the_event_loop_goes_on_while_the_processes_work(pool: WorkerPool) -> None:
    async def ticks() -> int:
        work = asyncio.ensure_future(pool.run_each(time.sleep, [0.1] * 4))
        count = 0
        while not work.done():
            await asyncio.sleep(0.01)
            count += 1
        return count

    started = time.monotonic()
    assert asyncio.run(ticks()) > 5
    assert time.monotonic() - started < 1.1, "the processes work at the same time"


def test_an_error_is_raised_when_its_result_is_due(pool: WorkerPool) -> None:
    with pytest.raises(WorkerError, match=r"(?s)Traceback.*TypeError"):
        list(pool.map(abs, [1, -2, "three"]))
    with pytest.raises(WorkerError, match="ZeroDivisionError"):
        asyncio.run(pool.run(operator.truediv, 1, 0))
    with pytest.raises(WorkerError, match="ZeroDivisionError"):
        asyncio.run(pool.run_each(partial(operator.truediv, 1), [1, 0, 2]))
    assert asyncio.run(pool.run_each(abs, [-1, 2, -3])) == [1, 2, 3], "no result is taken for a different one"
    assert len(processes_of(pool)) == MOST_WORKERS


def test_without_processes_each_item_is_worked_on_here_when_its_result_is_due() -> None:
    pool = WorkerPool()
    worked_on: list[int] = []
    results = pool.map(worked_on.append, range(100))
    assert pool.running == 0 and next(results) is None and len(worked_on) < 100
    assert asyncio.run(pool.run(os.getpid)) == os.getpid()


def test_after_a_process_has_died_no_result_is_lost(pool: WorkerPool) -> None:
    for process in processes_of(pool):
        results = pool.map(eval, [PROCESS_ID] * 400)
        next(results)
        os.kill(process, signal.SIGTERM)
        assert len(list(results)) == 399
    assert set(pool.map(eval, [PROCESS_ID] * 400)) == {os.getpid()} and pool.running == 0


@pytest.mark.skipif(not CAN_COPY, reason="only Linux copies processes")
def test_the_first_items_are_shared_if_all_that_is_needed_is_loaded_before() -> None:
    for prepare, count in ((allow_copies, MOST_WORKERS), (int, 1)):
        pool = WorkerPool(copying=True)
        pool.start(prepare, MOST_WORKERS)
        assert len(set(pool.map(eval, [PROCESS_ID] * MOST_WORKERS))) == count
        pool.close()


@pytest.mark.skipif(not CAN_COPY, reason="only Linux copies processes")
def test_a_copy_that_has_died_is_not_missed(caplog: pytest.LogCaptureFixture) -> None:
    pool = WorkerPool(copying=True)
    pool.start(int, MOST_WORKERS)
    worker = asyncio.run(pool.run(os.getpid))
    list(pool.map(abs, range(1000)))
    [copy] = processes_of(pool) - {worker}
    os.kill(copy, signal.SIGKILL)
    assert list(pool.map(abs, range(-500, 500))) == [abs(number) for number in range(-500, 500)]
    assert processes_of(pool) == {worker} and caplog.records == []
    pool.close()


def test_closed_processes_have_ended(pool: WorkerPool) -> None:
    processes = processes_of(pool)
    busy = pool.map(time.sleep, [60] * 1000)
    threading.Thread(target=next, args=(busy, None), daemon=True).start()
    started = time.monotonic()
    pool.close()
    assert time.monotonic() - started < 5 and pool.running == 0
    until(lambda: not any(map(is_running, processes)), seconds=10)


@pytest.mark.skipif(not CAN_COPY, reason="only Linux copies processes")
@pytest.mark.parametrize("number", ["SIGKILL", "SIGTERM"])
def test_copies_end_with_the_process_that_uses_them(number: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    run = subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    processes = [int(process) for process in run.stdout.readline().split()]
    assert len(processes) == MOST_WORKERS and all(map(is_running, processes))
    run.send_signal(getattr(signal, number))
    run.communicate(timeout=10)
    until(lambda: not any(map(is_running, processes)), seconds=10)


def is_running(process: int) -> bool:
    """Return whether a process runs. A zombie does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        with suppress(ProcessLookupError):
            os.kill(process, 0)
            return not Path("/proc").is_dir()
        return False
