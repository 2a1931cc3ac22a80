"""Share work among a few worker processes, so that it uses more than one core.

Each process loads its own copy of the data that the functions need, which for the morphological analyzer is 300 MB. The
number of processes is therefore small.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from itertools import islice
from typing import TypeVar

from korean_flashcards.processes.worker_process import WorkerEnded, WorkerProcess

T = TypeVar("T")
R = TypeVar("R")

# Processes. More would be faster on more cores, but a run with two already uses up to 1 GB.
MOST_WORKERS = 2
_CHUNK = 16  # items of ``map`` in a message
_CHUNKS_AHEAD = 2  # per process. With one, a process would be idle until its result has been read.


class WorkerPool:
    """Processes that run functions at the same time.

    Until it is started, and after all processes have died, the functions run in this process. Functions are passed by
    name, and their arguments and results are copied.
    """

    def __init__(self) -> None:
        self._workers = [WorkerProcess() for _ in range(MOST_WORKERS)]

    @property
    def running(self) -> int:
        """Return the number of processes that are running."""
        return sum(worker.running for worker in self._workers)

    def start(self, prepare: Callable[[], object], count: int) -> None:
        """Start up to ``count`` processes that are not running yet, and call ``prepare`` in each, without waiting.

        A process that died is not started again.
        """
        for worker in self._workers[:count]:
            worker.start(prepare)

    def close(self) -> None:
        """End all processes. They can be started again."""
        for worker in self._workers:
            worker.close()

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """Return the function's result, without blocking the event loop if a process is running.

        Raises:
            WorkerError: The function failed in a process.
        """
        return await self._idlest().run(function, *arguments)

    def map(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Yield the function's result for each item, in order, like the built-in function.

        Raises:
            WorkerError: The function failed in a process.
        """
        chunks = _chunks(items)
        submitted: deque[tuple[list[T], Future[list[R]] | None]] = deque()
        while True:
            ahead = max(1, self.running * _CHUNKS_AHEAD)  # fewer after a process has died
            for chunk in islice(chunks, max(0, ahead - len(submitted))):
                submitted.append((chunk, self._idlest().submit(_apply, function, chunk)))
            if not submitted:
                return
            chunk, future = submitted.popleft()
            try:
                yield from _apply(function, chunk) if future is None else future.result()
            except WorkerEnded:
                yield from _apply(function, chunk)

    def _idlest(self) -> WorkerProcess:
        """Return the process with the least work. Dead ones are left out, unless all are dead."""
        running = [worker for worker in self._workers if worker.running]
        return min(running or self._workers, key=lambda worker: worker.unfinished)


def cores() -> int:
    """Return the number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk


def _apply(function: Callable[[T], R], items: list[T]) -> list[R]:
    return [function(item) for item in items]
