"""Functions in several processes: the order of results, the share of each process, and the end of processes."""

import asyncio
import contextlib
import logging
import operator
import os
import signal
import time
from collections.abc import Iterator

import pytest

from korean_flashcards.processes.worker_pool import MOST_WORKERS, WorkerPool
from korean_flashcards.processes.worker_process import WorkerError

PROCESS_ID = "__import__('time').sleep(0.002) or __import__('os').getpid()"


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool()
    pool.start(int, MOST_WORKERS)
    yield pool
    pool.close()


def test_processes_share_the_items_and_the_results_are_in_order(pool: WorkerPool) -> None:
    processes = set(pool.map(eval, [PROCESS_ID] * 400))
    assert pool.running == len(processes) == MOST_WORKERS > 1 and os.getpid() not in processes
    assert list(pool.map(abs, range(-500, 500))) == [abs(number) for number in range(-500, 500)]


def test_items_are_taken_only_as_they_are_needed(pool: WorkerPool) -> None:
    """The items of a long list are not all in memory at the same time."""
    numbers = iter(range(10_000))
    assert next(pool.map(abs, numbers)) == 0
    assert next(numbers) < 200


def test_functions_run_at_the_same_time(pool: WorkerPool) -> None:
    async def both() -> set[int]:
        return set(await asyncio.gather(pool.run(eval, PROCESS_ID), pool.run(eval, PROCESS_ID)))

    assert len(asyncio.run(both())) == MOST_WORKERS


def test_an_error_is_raised_when_its_result_is_due(pool: WorkerPool) -> None:
    with pytest.raises(WorkerError, match=r"(?s)Traceback.*TypeError"):
        list(pool.map(abs, [1, -2, "three"]))
    with pytest.raises(WorkerError, match="ZeroDivisionError"):
        asyncio.run(pool.run(operator.truediv, 1, 0))
    assert pool.running == MOST_WORKERS


def test_without_processes_each_item_is_worked_on_here_when_its_result_is_due() -> None:
    pool = WorkerPool()
    worked_on: list[int] = []
    results = pool.map(worked_on.append, range(100))
    assert pool.running == 0 and next(results) is None and len(worked_on) < 100
    assert asyncio.run(pool.run(os.getpid)) == os.getpid()


def test_after_a_process_has_died_no_result_is_lost(pool: WorkerPool, caplog: pytest.LogCaptureFixture) -> None:
    results = pool.map(eval, [PROCESS_ID] * 400)
    with caplog.at_level(logging.WARNING):
        first = next(results)
        os.kill(first, signal.SIGTERM)
        others = list(results)
    assert len(others) == 399 and pool.running == MOST_WORKERS - 1
    assert others[-1] not in (first, os.getpid()), "the other process continues"
    assert len(caplog.records) == 1 and "A worker process ended unexpectedly" in caplog.text


def test_after_all_processes_have_died_the_rest_is_done_here(pool: WorkerPool) -> None:
    results = pool.map(eval, [PROCESS_ID] * 400)
    for process in {next(results) for _ in range(100)}:
        os.kill(process, signal.SIGTERM)
    assert list(results)[-1] == os.getpid() and pool.running == 0


def test_closed_processes_have_ended(pool: WorkerPool) -> None:
    processes = set(pool.map(eval, [PROCESS_ID] * 400))
    pool.map(eval, [PROCESS_ID] * 400)
    started = time.monotonic()
    pool.close()
    assert time.monotonic() - started < 5 and pool.running == 0
    for process in processes:
        with contextlib.suppress(ProcessLookupError):  # neither running nor a zombie
            os.kill(process, 0)
            pytest.fail("a process goes on")
