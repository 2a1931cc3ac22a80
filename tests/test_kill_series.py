"""Kill runs at random moments: what is booked and what is requested again stays within what was in flight.

`tests/drills/kill_series.py` is the long series.
"""

import sys

import pytest
from drills.kill_series import line, series

pytestmark = pytest.mark.slow


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process at once on any signal")
@pytest.mark.parametrize("kind", ["SIGKILL", "SIGHUP", "SIGTERM"])
def test_killed_runs_book_and_repeat_only_what_was_in_flight(kind: str) -> None:
    broken = [f"{line(killed)}: {killed.problems}" for killed in series([kind] * 3, seed=1) if killed.problems]
    assert not broken, "\n".join(broken)
