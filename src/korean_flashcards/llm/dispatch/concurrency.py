"""How many calls are under way at once: more while answers come as fast as before, half when the provider is overloaded.

Additive increase, multiplicative decrease, as TCP does it; to begin with, one more for every answer, which doubles each
round, until the provider first says that it is too much.
"""

import asyncio
import time
from collections import deque

# An answer is as fast as before while the mean of the last ones is under so many times the best mean seen.
SLOWER = 2.0
_MEAN_OF = 0.1  # weight of the newest answer in the mean
# Signs of overload that come within so many seconds, or one answer's time, are answers to one mistake.
ONE_MISTAKE = 1.0


class Concurrency:
    """Permits for calls; used by one event loop. ``limit``: how many calls may be under way now."""

    def __init__(self, start: int, most: int) -> None:
        self.limit = float(start)
        self._most = max(start, most)
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._doubling = True
        self._mean = self._best = 0.0
        self._cut_at = 0.0

    async def acquire(self) -> None:
        """Wait for a permit."""
        if self._under_way < int(self.limit) and not self._waiting:
            self._under_way += 1
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
        """Give a permit back."""
        self._under_way -= 1
        self._hand_out()

    def held(self, latency: float) -> None:
        """A call was answered after so many seconds."""
        self._mean = latency if not self._mean else (1 - _MEAN_OF) * self._mean + _MEAN_OF * latency
        self._best = min(self._best or self._mean, self._mean)
        if self._mean <= SLOWER * self._best:
            self.limit = min(self.limit + (1.0 if self._doubling else 1.0 / self.limit), float(self._most))
            self._hand_out()

    def congested(self) -> None:
        """The provider is overloaded (429, 503)."""
        now = time.monotonic()
        if now - self._cut_at >= max(ONE_MISTAKE, self._mean):
            self._cut_at, self._doubling = now, False
            self.limit = max(1.0, self.limit / 2)

    def _hand_out(self) -> None:
        while self._waiting and self._under_way < int(self.limit):
            permit = self._waiting.popleft()
            if not permit.done():
                self._under_way += 1
                permit.set_result(None)
