"""Compute figures that several benchmarks print: the share of the ideal time, and memory."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Efficiency:
    """Compare the time of some requests with the ideal time, in which the concurrency is always at its maximum.

    ``ideal`` and ``seconds`` are in seconds.
    """

    requests: int
    failed: int
    ideal: float
    seconds: float

    @property
    def share(self) -> float:
        """Return the ideal time as a share of the actual time."""
        return self.ideal / self.seconds


def efficiency(log: Sequence[dict[str, Any]], cap: int, latency: float) -> Efficiency:
    """Measure requests in the server's log, from the arrival of the first request to the end of the last reply.

    The ideal time is requests / cap x latency, in seconds.
    """
    ended = [request["done_at"] for request in log if request["done_at"] is not None]
    seconds = max(ended) - min(request["at"] for request in log)
    failed = sum(request["status"] != 200 for request in log)
    return Efficiency(len(log), failed, len(log) / cap * latency, seconds)


def peak_mb() -> float:
    """Return the peak memory of this process so far, in MB, or 0 if the system does not report it."""
    try:
        import resource
    except ImportError:
        return 0.0
    return in_mb(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def in_mb(maxrss: int) -> float:
    """Return the value of ``ru_maxrss`` in MB. It is in bytes on macOS and in kilobytes on Linux."""
    return maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def shown_mb(megabytes: float | None) -> str:
    """Return memory as text, or "-" if it is unknown."""
    return f"{megabytes:,.0f}" if megabytes else "-"
