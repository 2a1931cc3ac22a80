"""Checks of replies that take time. Another process can import this module quickly."""

import time

from korean_flashcards.domain.records import Problem


def slow_check(seconds: float, text: str) -> tuple[Problem, ...]:
    """Return no problems, after this many seconds."""
    time.sleep(seconds)
    return ()
