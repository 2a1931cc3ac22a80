"""Share the work of a worker process with copies of it, which share the memory of all that it has loaded.

Only Linux can copy a process safely. A copy ends when the process that it copies ends.
"""

import gc
import os
import pickle
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")
R = TypeVar("R")

CAN_COPY = sys.platform == "linux"

_copies: "list[_Copy]" = []
_has_loaded = False  # what the functions need


def share(function: Callable[[T], R], items: Sequence[T], copies: int) -> list[R]:
    """Return the function's result for each item. Call it only in a worker process.

    ``copies``: how many copies of the process take a part of the items. Unless ``allow_copies`` has been called, the first
    call uses none, so that what the function loads is in memory before the process is copied.
    """
    used = _ready(copies)
    count = len(used) + 1
    for start, copy in enumerate(used, 1):
        copy.send(function, items[start::count])
    results: list[Any] = [None] * len(items)
    try:
        results[::count] = [function(item) for item in items[::count]]
    finally:  # a result that is not read now would be taken for the next one
        parts = [copy.result() for copy in used]
    for start, part in enumerate(parts, 1):
        results[start::count] = [function(item) for item in items[start::count]] if part is None else part
    return results


def allow_copies() -> None:
    """Declare that all that the copies need is in memory."""
    global _has_loaded
    _has_loaded = True


def _ready(copies: int) -> "list[_Copy]":
    if _has_loaded and len(_copies) < copies:
        gc.freeze()  # a collection would touch all memory, which is then no longer shared
        _copies.extend(_Copy() for _ in range(copies - len(_copies)))
    allow_copies()
    return [copy for copy in _copies[:copies] if not copy.ended]


class _Copy:
    """A copy of this process. If it cannot be made or has died, ``ended`` is true."""

    def __init__(self) -> None:
        requests, own_requests = os.pipe()
        own_replies, replies = os.pipe()
        self.ended = False
        try:
            process = os.fork()
        except OSError:  # the memory is full
            self.ended, process = True, -1
        if process == 0:
            os.close(own_requests)
            os.close(own_replies)
            _serve(requests, replies)
        os.close(requests)
        os.close(replies)
        self._requests, self._replies = os.fdopen(own_requests, "wb"), os.fdopen(own_replies, "rb")

    def send(self, function: Callable[[Any], object], items: Sequence[object]) -> None:
        """Let the copy apply the function to the items."""
        try:
            pickle.dump((function, items), self._requests)
            self._requests.flush()
        except OSError:
            self.ended = True

    def result(self) -> list[Any] | None:
        """Return the results for the items that were sent, or None if the copy has died or the function failed."""
        try:
            results: list[Any] | None = None if self.ended else pickle.load(self._replies)
        except (OSError, EOFError, pickle.UnpicklingError):
            self.ended, results = True, None
        return results


def _serve(requests: int, replies: int) -> NoReturn:
    """Apply functions until the pipe ``requests`` is closed, which happens when the copied process ends."""
    with suppress(Exception), os.fdopen(requests, "rb") as reader, os.fdopen(replies, "wb") as writer:
        while True:
            function, items = pickle.load(reader)
            try:
                results = [function(item) for item in items]
            except Exception:  # the copied process calls the function again and reports the error
                results = None
            pickle.dump(results, writer)
            writer.flush()
    os._exit(0)
