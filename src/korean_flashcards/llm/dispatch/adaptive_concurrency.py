"""Adapt the number of calls in flight to the provider: more while replies are fast, and fewer after an overload."""

import asyncio
import time
from collections import deque

# A reply counts as fast while the mean latency is below this multiple of the best mean so far.
SLOWER = 2.0
# Number of replies until there is a mean to compare with. The first replies to arrive are the fastest, so fewer of them
# would be too few.
_FIRST_REPLIES = 8
# Number of replies that show whether calls queue at the server.
_REPLIES_TO_JUDGE = 4
# The limit skips the last steps below the maximum if the maximum is at most this multiple of the raised limit.
_NEAR = 1.5
# If a server generates one reply at a time, a call waits for those before it: its latency is that many times the shortest
# one. Calls count as queued above two thirds of this. Latencies that only vary, as those of large providers, stay far below.
_QUEUED = 2 / 3
# Increase of the limit for each reply until the first overload.
_EARLY_GROWTH = 2.0
_NEWEST_WEIGHT = 0.1  # weight of the newest latency in the mean
# Overloads within this many seconds (or one call's latency, if longer) have the same cause, so the limit is halved once.
ONE_OVERLOAD = 1.0


class AdaptiveConcurrency:
    """A limit on calls in flight that grows while replies are fast and is halved when the provider is overloaded.

    The algorithm is additive increase, multiplicative decrease, as in TCP. Until the first overload, each reply raises
    the limit by two, so the limit triples with each round of calls. The first round raises it at once, as soon as it is
    known that calls do not queue at the server. Each instance is used by only one event loop.
    ``limit``: the current maximum number of calls in flight.
    """

    def __init__(self, start: int, most: int) -> None:
        self.limit = float(start)
        self._first_round = start
        self._most = max(start, most)
        self._in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._early = True
        self._replies = 0
        # Number of replies that have raised the limit before they arrived.
        self._counted_to = 0
        self._mean = self._best = 0.0
        self._fastest = float("inf")
        self._cut_at = 0.0

    async def acquire(self) -> None:
        """Wait for a permit."""
        if self._in_flight < int(self.limit) and not self._waiting:
            self._in_flight += 1
            return
        permit = asyncio.get_running_loop().create_future()
        self._waiting.append(permit)
        try:
            await permit
        except asyncio.CancelledError:
            if permit.done() and not permit.cancelled():
                self.release()
            raise

    def release(self) -> None:
        """Release a permit."""
        self._in_flight -= 1
        self._hand_out()

    def on_success(self, latency: float) -> None:
        """Raise the limit after a reply, if replies are still fast. ``latency``: in seconds."""
        self._replies += 1
        self._mean += max(_NEWEST_WEIGHT, 1 / self._replies) * (latency - self._mean)
        self._fastest = min(self._fastest, latency)
        self._best = self._mean if self._replies <= _FIRST_REPLIES else min(self._best, self._mean)
        if self._mean <= SLOWER * self._best and not self._are_queued():
            growth = self._early_growth() if self._early else self._growth()
            self.limit = min(self.limit + growth, float(self._most))
            self._hand_out()

    def _early_growth(self) -> float:
        """Return the increase of the limit for a reply before the first overload."""
        if self._replies < _REPLIES_TO_JUDGE:
            return 0.0
        if not self._counted_to:
            self._counted_to = max(self._first_round, self._replies)
            growth = _EARLY_GROWTH * self._counted_to
            # The rest of the way to the maximum would take almost as long as the first round.
            return float(self._most) if self._most <= _NEAR * (self.limit + growth) else growth
        return _EARLY_GROWTH if self._replies > self._counted_to else 0.0

    def _growth(self) -> float:
        """Return the increase of the limit for a reply after an overload: one for each round of calls."""
        if self._replies < _FIRST_REPLIES:
            return 0.0
        return (_FIRST_REPLIES if self._replies == _FIRST_REPLIES else 1) / self.limit

    def _are_queued(self) -> bool:
        """Return whether calls probably wait for each other at the server. A few calls are too few to tell."""
        before = min((self._replies + 1) / 2, self.limit)
        return self.limit >= _FIRST_REPLIES and self._mean > _QUEUED * before * self._fastest

    def on_overload(self) -> None:
        """Halve the limit because the provider is overloaded (429, 503, or no reply in time)."""
        now = time.monotonic()
        if now - self._cut_at >= max(ONE_OVERLOAD, self._mean):
            self._cut_at, self._early = now, False
            self.limit = max(1.0, self.limit / 2)

    def _hand_out(self) -> None:
        while self._waiting and self._in_flight < int(self.limit):
            permit = self._waiting.popleft()
            if not permit.done():
                self._in_flight += 1
                permit.set_result(None)
