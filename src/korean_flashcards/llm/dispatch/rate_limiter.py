"""Call a model no faster than its provider allows. An unknown limit is learned from rejected calls (HTTP 429)."""

import asyncio
import logging
import time
from collections import deque

from korean_flashcards.domain.calls import RatesSeen
from korean_flashcards.domain.local_time import clock_time
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.llm.dispatch.backoff import Backoff
from korean_flashcards.llm.providers.base import BackendError
from korean_flashcards.stages.ports import RateLimits

logger = logging.getLogger(__name__)

# After this many consecutive 429 errors, the provider is assumed to throttle all calls. A single 429 among successes
# delays only its own request.
LIMITED_IN_A_ROW = 3
# Length in seconds of the period whose send times are reserved together. A small value wastes few send times when a run
# ends, and lets a changed rate take effect soon. If no limit is known: seconds until the ledger is read again for
# limits that another run learned.
HORIZON = 1.0
# Seconds. Providers count calls per minute, so a rate is safe only if calls succeeded at it for a whole minute.
MINUTE = 60.0
# Seconds over which the current rate of calls is measured, to reserve send times.
_MEASURED = 10.0
_SHORTEST_PAUSE = 0.05  # seconds
# Seconds. Longer waits are announced, so that the run does not seem to hang.
_ANNOUNCED_PAUSE, _ANNOUNCED_GAP = 10.0, 60.0


class RateLimiter:
    """A scheduler that keeps calls to one model within the rate limit that all runs share.

    Each instance is used by only one event loop. Send times are reserved in the ledger in advance, in a separate
    thread. Workers wait for their send times one after another, so a changed rate affects all of them.

    While the provider throttles all calls, only one test call at a time is made, after increasingly long pauses. When a
    test call succeeds, the accepted rate is known. This rate is the number of calls that succeeded in the minute before
    the pause, divided by the time from the first of these calls to the test call.
    """

    def __init__(self, model: str, rate_limits: RateLimits, settings: LLMParameters, backoff: Backoff) -> None:
        self._model, self._rate_limits, self._settings, self._backoff = model, rate_limits, settings, backoff
        self._slots: deque[float] = deque()
        self._free_until = 0.0
        self._lock = asyncio.Lock()
        self._sent: deque[float] = deque(maxlen=10_000)
        self._accepted: deque[float] = deque(maxlen=10_000)
        self._seen: tuple[int | None, int | None] | None = None
        self._refused_in_a_row = 0
        self._throttled_at: float | None = None
        self._pause = 0.0
        self._resume_at = 0.0
        self._test_call: asyncio.Task[object] | None = None
        self._test_ended = asyncio.Event()
        self._unchanged_since = time.time()
        self._rate_before_raise: float | None = None
        self._raise_after = MINUTE
        self._throttle_announced = False

    async def next(self, tokens: float) -> float | None:
        """Wait for the next send time, then return None.

        If the wait would exceed ``max_pause``, return the send time (Unix time) immediately. Do not
        wait if no limit is known or the dispatch stops. If this method returns None, the caller must report the call's
        outcome with ``succeeded``, ``refused``, or ``ended``.
        """
        if self._throttled_at is not None or time.time() >= self._free_until:
            async with self._lock:
                await self._wait_while_throttled()
                while not self._slots and time.time() >= self._free_until and not self._backoff.stopped:
                    await self._fetch(tokens)
                slot = self._slots.popleft() if self._slots else 0.0
                wait = slot - time.time()
                if wait > self._settings.max_pause:
                    self.ended()
                    return slot
                if wait > _ANNOUNCED_GAP:
                    announce_wait(self._model, slot)
                await self._backoff.sleep(wait)
        self._sent.append(time.time())
        return None

    async def succeeded(self, latency: float) -> None:
        """Record a call that got a reply after ``latency`` seconds."""
        sent_at = time.time() - latency
        self._accepted.append(sent_at)
        self._refused_in_a_row = 0
        if self._throttled_at is not None:
            if asyncio.current_task() is self._test_call:
                await self._end_throttle(self._throttled_at, sent_at)
        elif sent_at - self._unchanged_since >= self._raise_after:
            await self._raise_rate()

    async def refused(self, problem: BackendError, latency: float) -> None:
        """Record a 429 error that arrived ``latency`` seconds after its call was made."""
        now, wait = time.time(), problem.retry_after or 0.0
        if self._throttled_at is not None:
            if asyncio.current_task() is self._test_call:
                self._pause_until(now, self._longer_pause(wait))
                self.ended()
            else:
                self._resume_at = max(self._resume_at, now + wait)
            return
        self._refused_in_a_row += 1
        if self._rate_before_raise is not None and now - latency >= self._unchanged_since:
            # If the provider rejects a higher rate, the previous rate is restored, and raises are tried less often from
            # now on.
            self._raise_after *= 2
            await self._set_rate(self._rate_before_raise, wait)
            return
        self._unchanged_since = now
        if self._refused_in_a_row >= LIMITED_IN_A_ROW:
            await self._throttle(now, wait)

    def ended(self) -> None:
        """Record the end of a call that reveals nothing about the rate.

        If the call was the test call, another test call may be made.
        """
        if self._test_call is asyncio.current_task():
            self._test_call = None
            self._test_ended.set()

    def news(self, rates: RatesSeen | None) -> RatesSeen | None:
        """Return the rates from the provider's headers if a limit has changed or been reached, otherwise None."""
        if rates is None:
            return None
        limits = (rates.requests, rates.tokens)
        used_up = 0 in (rates.requests_left, rates.tokens_left)
        if limits == self._seen and not used_up:
            return None
        self._seen = limits
        self._refetch()
        return rates

    async def _throttle(self, now: float, wait: float) -> None:
        self._throttled_at, self._refused_in_a_row = now, 0
        if not self._throttle_announced:
            self._throttle_announced = True
            logger.warning("%s: rate limit reached (HTTP 429). Slowing down until calls are accepted.", self._model)
        self._pause_until(now, self._longer_pause(wait))
        await asyncio.to_thread(self._rate_limits.refused, self._model, None, wait)
        self._refetch()

    async def _end_throttle(self, throttled_at: float, sent_at: float) -> None:
        """Use the rate that the provider accepts. ``sent_at``: when the successful test call was made."""
        rate = self._measured(throttled_at, sent_at)
        self._pause = 0.0
        if rate is not None:  # waiting calls find the rate in the ledger, so it is stored before they may continue
            await self._set_rate(rate, 0.0)
        # One call at a time is made until a rate has been measured. Otherwise, all workers would make calls at once.
        self._throttled_at = None if rate else time.time()
        self.ended()

    def _longer_pause(self, wait: float) -> float:
        """Return the number of seconds until the next test call: the provider's value, or twice the last pause."""
        longest = max(self._settings.max_wait, _SHORTEST_PAUSE)
        self._pause = min(max(2 * self._pause, self._settings.backoff, _SHORTEST_PAUSE), longest)
        return wait or self._pause

    def _pause_until(self, now: float, pause: float) -> None:
        """Send no call for ``pause`` seconds. A long pause is announced, unless it ends the run."""
        self._resume_at = now + pause
        if _ANNOUNCED_PAUSE < pause <= self._settings.max_pause:
            announce_wait(self._model, self._resume_at)

    async def _wait_while_throttled(self) -> None:
        while self._throttled_at is not None and not self._backoff.stopped:
            if self._test_call is not None:
                self._test_ended.clear()
                await self._test_ended.wait()
            elif (left := self._resume_at - time.time()) > 0:
                await self._backoff.sleep(left)
            else:
                self._test_call = asyncio.current_task()
                return

    def _measured(self, throttled_at: float, until: float) -> float | None:
        """Return how many calls per minute the provider accepted, or None if it accepted none before throttling."""
        before = [at for at in self._accepted if throttled_at - MINUTE < at <= throttled_at]
        return 60 * len(before) / max(until - before[0], 0.001) if before else None

    async def _set_rate(self, rpm: float, wait: float) -> None:
        self._rate_before_raise = None
        await asyncio.to_thread(self._rate_limits.refused, self._model, rpm, wait)
        self._unchanged_since = time.time()
        self._refetch()

    async def _raise_rate(self) -> None:
        """Raise the learned rate, if any, because calls at this rate succeeded."""
        since, self._unchanged_since = self._unchanged_since, float("inf")
        self._rate_before_raise = await asyncio.to_thread(self._rate_limits.raise_rate, self._model, since)
        self._unchanged_since = time.time()
        self._refetch()

    def _refetch(self) -> None:
        """Discard the reserved send times, because the rate has changed."""
        self._slots.clear()
        self._free_until = 0.0

    def _rpm(self) -> float:
        """Return the recent call rate, in calls per minute."""
        now = time.time()
        recent = [at for at in self._sent if at > now - _MEASURED]
        return max(1.0, 60 * len(recent) / max(1.0, min(_MEASURED, now - self._sent[0]))) if recent else 1.0

    async def _fetch(self, tokens: float) -> None:
        count = max(1, int(self._rpm() / 60 * HORIZON))
        slots = await asyncio.to_thread(self._rate_limits.slots, self._model, count, tokens, self._settings.rates)
        if slots is None:
            self._free_until = time.time() + HORIZON
        else:
            self._slots.extend(slots)


def announce_wait(model: str, until: float) -> None:
    """Warn the user that calls are waiting for a rate limit. ``until``: a Unix time."""
    logger.warning("%s: rate limit reached; waiting until %s.", model, clock_time(until))
