"""Wait for conditions in other threads and processes."""

import time
from collections.abc import Callable


def until(condition: Callable[[], bool], seconds: float = 90) -> None:
    """Wait until the condition is true.

    Raises:
        AssertionError: The condition is still false after this many seconds.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"the condition is still false after {seconds:g} s"
        time.sleep(0.02)
