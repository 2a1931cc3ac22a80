"""Figures that several benchmarks print: the share of ideal by the server's log, and memory."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Efficiency:
    """How near some requests came to the ideal: as many at once as the cap allows, from the first to the last."""

    requests: int
    failed: int
    ideal: float
    seconds: float

    @property
    def share(self) -> float:
        """The ideal time as a share of the time that was needed."""
        return self.ideal / self.seconds


def efficiency(log: Sequence[dict[str, Any]], cap: int, latency: float) -> Efficiency:
    """Measure requests in the server's log, from the first request's arrival to the last reply's departure.

    The ideal is requests / cap x latency, in seconds.
    """
    ended = [request["done_at"] for request in log if request["done_at"] is not None]
    seconds = max(ended) - min(request["at"] for request in log)
    failed = sum(request["status"] != 200 for request in log)
    return Efficiency(len(log), failed, len(log) / cap * latency, seconds)


def peak_mb() -> float:
    """Return the peak memory of this process so far, in MB; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    return in_mb(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def in_mb(maxrss: int) -> float:
    """Return a system's ``ru_maxrss`` in MB: macOS counts bytes, Linux kilobytes."""
    return maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def shown_mb(megabytes: float | None) -> str:
    """Return memory as text, "-" where it is not known."""
    return f"{megabytes:,.0f}" if megabytes else "-"
