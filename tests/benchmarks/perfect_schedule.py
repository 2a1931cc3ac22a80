"""Compute how long requests take with a perfect scheduler, given their latencies."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def makespan(latencies: Iterable[float], cap: int) -> float:
    """Return the seconds that requests take if each starts, in this order, as soon as fewer than ``cap`` are running."""
    ends: list[float] = []
    for latency in latencies:
        start = heapq.heappop(ends) if len(ends) >= cap else 0.0
        heapq.heappush(ends, start + latency)
    return max(ends, default=0.0)


def share_of_perfect(log: Sequence[Mapping[str, Any]], cap: int, stages: Iterable[str]) -> float:
    """Return the time of a perfect scheduler as a share of the actual time, both summed over the stages.

    A stage lasts from the arrival of its first request to the end of its last reply in the server's log. The perfect
    scheduler works at the stages one after the other. It takes no time between two requests.
    """
    perfect = actual = 0.0
    for stage in stages:
        requests = [request for request in log if request["stage"] == stage]
        perfect += makespan((request["latency"] for request in requests), cap)
        actual += max(request["done_at"] for request in requests) - min(request["at"] for request in requests)
    return perfect / actual
