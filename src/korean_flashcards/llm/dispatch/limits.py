"""Decide when a call may be sent, based on concurrency, circuit breakers, rate limits, and backoff after a 429 or 503.

``Admission`` combines the other classes. The dispatcher uses only ``Admission`` and ``Backoff``.
"""

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Sequence

from korean_flashcards.domain.calls import RatesSeen
from korean_flashcards.domain.failures import KINDS
from korean_flashcards.domain.parameters import LLMParameters, RateParameters
from korean_flashcards.domain.records import FailureCode, PendingCode
from korean_flashcards.llm.dispatch.routes import Route
from korean_flashcards.llm.providers.base import BackendError, RawReply
from korean_flashcards.stages.ports import CircuitBreakers, RateLimits

logger = logging.getLogger(__name__)

# After this many 429 errors without a success in between, the provider is assumed to throttle all calls, so all workers
# pause. A single 429 among successes delays only its own request.
LIMITED_IN_A_ROW = 3
# Seconds of send times that are reserved together. A small value wastes little when a run ends, and lets a changed rate
# take effect soon. If no limit is known: seconds until the ledger is read again for limits that another run learned.
HORIZON = 1.0
# Seconds over which the rate of calls is measured after a 429.
_MEASURED = 10.0
# A reply counts as fast while the mean latency is below this multiple of the best mean so far.
SLOWER = 2.0
_NEWEST_WEIGHT = 0.1  # of the newest latency in the mean
# Overloads within this many seconds (or one call's latency, if longer) have the same cause, so the limit is halved once.
ONE_OVERLOAD = 1.0
# Seconds between reads of open breakers, which another run may have closed.
_BREAKER_POLL = 1.0
# Seconds after a call's timeout when a probe without a result counts as lost.
_PROBE_GRACE = 5.0


class Backoff:
    """Waits before retries and while a provider throttles all calls. All waits end when the dispatch stops.

    All workers share one instance. Times are in seconds on the event loop's clock. ``held``: the reason why the
    remaining requests are left pending, as a code and a message.
    """

    def __init__(self, settings: LLMParameters) -> None:
        self._settings = settings
        self._stopped = asyncio.Event()
        self._resume_at = 0.0
        self._limited = 0
        self.held: tuple[PendingCode, str] | None = None

    @property
    def stopped(self) -> bool:
        """Return whether the dispatch has stopped, so that no new call may be sent."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Stop the dispatch: send no new calls, and end all waits."""
        self._stopped.set()

    def hold(self, code: PendingCode, message: str) -> None:
        """Stop the dispatch, and leave the remaining requests pending for this reason."""
        self.held = self.held or (code, message)
        self.stop()

    def on_success(self) -> None:
        """Record a reply, which shows that the provider is not throttling all calls."""
        self._limited = 0

    def on_rate_limit(self, problem: BackendError) -> bool:
        """Record a 429 error. Pause all workers after several in a row. Return whether this error started a pause."""
        self._limited += 1
        if self._limited < LIMITED_IN_A_ROW:
            return False
        now = asyncio.get_running_loop().time()
        began = self._resume_at <= now
        self._resume_at = max(self._resume_at, now + self.wait_of(problem))
        return began

    async def wait_for_pause(self) -> None:
        """Wait until the pause for all workers ends."""
        while not self.stopped and (left := self._resume_at - asyncio.get_running_loop().time()) > 0:
            await self.sleep(left)

    def wait_of(self, problem: BackendError) -> float:
        """Return the number of seconds in the provider's Retry-After header, but at most ``max_wait``."""
        return min(problem.retry_after or 0.0, self._settings.max_wait)

    async def back_off(self, problem: BackendError, failed: int) -> None:
        """Wait before the next attempt at a request that has failed ``failed`` times.

        The wait is exponential with full jitter, but at least the provider's Retry-After and at most ``max_wait``.
        """
        jittered = random.uniform(0, self._settings.backoff * 2 ** min(failed - 1, 20))
        await self.sleep(min(max(jittered, problem.retry_after or 0.0), self._settings.max_wait))

    async def sleep(self, seconds: float) -> None:
        """Wait for this many seconds, or until the dispatch stops."""
        if seconds <= 0:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        except TimeoutError:
            return


class RateLimiter:
    """A scheduler that keeps calls to one model within the rate limit that all runs share.

    Each instance is used by only one event loop. Send times are reserved in the ledger in advance, in a separate
    thread.
    """

    def __init__(self, model: str, rate_limits: RateLimits, rates: RateParameters, backoff: Backoff) -> None:
        self._model, self._rate_limits, self._rates, self._backoff = model, rate_limits, rates, backoff
        self._slots: deque[float] = deque()
        self._free_until = 0.0
        self._lock = asyncio.Lock()
        self._sent: deque[float] = deque(maxlen=10_000)
        self._seen: tuple[int | None, int | None] | None = None

    async def next(self, tokens: float) -> None:
        """Wait for the next send time. Return immediately if no limit is known or the dispatch stops."""
        if time.time() >= self._free_until:
            async with self._lock:
                while not self._slots and time.time() >= self._free_until and not self._backoff.stopped:
                    await self._fetch(tokens)
                slot = self._slots.popleft() if self._slots else 0.0
            await self._backoff.sleep(slot - time.time())
        self._sent.append(time.time())

    def news(self, rates: RatesSeen | None) -> RatesSeen | None:
        """Return the rates from the provider's headers if a limit has changed or is used up, or None otherwise."""
        if rates is None:
            return None
        limits = (rates.requests, rates.tokens)
        used_up = 0 in (rates.requests_left, rates.tokens_left)
        if limits == self._seen and not used_up:
            return None
        self._seen = limits
        self.refetch()
        return rates

    def refetch(self) -> None:
        """Discard the reserved send times, because the rate has changed."""
        self._slots.clear()
        self._free_until = 0.0

    def rpm(self) -> float:
        """Return the recent number of calls per minute."""
        now = time.time()
        recent = [at for at in self._sent if at > now - _MEASURED]
        return max(1.0, 60 * len(recent) / max(1.0, min(_MEASURED, now - self._sent[0]))) if recent else 1.0

    async def _fetch(self, tokens: float) -> None:
        count = max(1, int(self.rpm() / 60 * HORIZON))
        slots = await asyncio.to_thread(self._rate_limits.slots, self._model, count, tokens, self._rates)
        if slots is None:
            self._free_until = time.time() + HORIZON
        else:
            self._slots.extend(slots)


class AdaptiveConcurrency:
    """A limit on calls in flight, which grows while replies are fast and is halved when the provider is overloaded.

    The algorithm is additive increase, multiplicative decrease, as in TCP. Until the first overload, each reply adds
    one permit, which doubles the limit each round. Each instance is used by only one event loop. ``limit``: the current
    maximum number of calls in flight.
    """

    def __init__(self, start: int, most: int) -> None:
        self.limit = float(start)
        self._most = max(start, most)
        self._in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._doubling = True
        self._mean = self._best = 0.0
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
        """Give a permit back."""
        self._in_flight -= 1
        self._hand_out()

    def on_success(self, latency: float) -> None:
        """Raise the limit after a reply, if replies are still fast. ``latency``: in seconds."""
        self._mean = latency if not self._mean else (1 - _NEWEST_WEIGHT) * self._mean + _NEWEST_WEIGHT * latency
        self._best = min(self._best or self._mean, self._mean)
        if self._mean <= SLOWER * self._best:
            self.limit = min(self.limit + (1.0 if self._doubling else 1.0 / self.limit), float(self._most))
            self._hand_out()

    def on_overload(self) -> None:
        """Halve the limit, because the provider is overloaded (429, 503)."""
        now = time.monotonic()
        if now - self._cut_at >= max(ONE_OVERLOAD, self._mean):
            self._cut_at, self._doubling = now, False
            self.limit = max(1.0, self.limit / 2)

    def _hand_out(self) -> None:
        while self._waiting and self._in_flight < int(self.limit):
            permit = self._waiting.popleft()
            if not permit.done():
                self._in_flight += 1
                permit.set_result(None)


class Admission:
    """Admission control for calls, shared by a dispatch's workers.

    Each call needs a permit, a route with a closed breaker, and a send time within the rate limit. Workers use
    ``enter`` before each call and ``leave`` after it.
    """

    def __init__(
        self, routes: Sequence[Route], settings: LLMParameters, rate_limits: RateLimits, breakers: CircuitBreakers,
        backoff: Backoff,
    ) -> None:  # fmt: skip
        self._routes, self._settings, self._backoff = routes, settings, backoff
        self._rate_limits, self._breakers = rate_limits, breakers
        self._concurrency = AdaptiveConcurrency(settings.concurrency, settings.max_concurrency)
        self._rate_limiters = {
            route.endpoint: RateLimiter(route.endpoint, rate_limits, settings.rates, backoff)
            for route in routes
            if not route.local
        }
        self._down_since = 0.0
        self._probing: set[str] = set()

    @property
    def workers(self) -> int:
        """Return the maximum number of calls in flight."""
        return max(self._settings.concurrency, self._settings.max_concurrency)

    async def open(self) -> None:
        """Read each model's circuit breaker."""
        for route in self._routes:
            if not route.local:
                route.breaker = await asyncio.to_thread(self._breakers.breaker, route.endpoint)

    async def enter(self, tokens: float) -> Route | None:
        """Wait until a call of about ``tokens`` tokens may be sent. Return its route, or None if the dispatch stops."""
        await self._concurrency.acquire()
        route = await self._open_route()
        if route is not None and not route.local:
            await self._rate_limiters[route.endpoint].next(tokens)
        if route is None or self._backoff.stopped:
            self._concurrency.release()
            return None
        return route

    def cancel(self, route: Route) -> None:
        """Give back the permit for a call that is not sent after all."""
        self._probing.discard(route.endpoint)
        self._concurrency.release()

    async def leave(self, route: Route, outcome: RawReply | BackendError, latency: float, term: str) -> None:
        """Give back the permit for a call about ``term``, and adapt to the call's outcome. ``latency``: in seconds."""
        self._concurrency.release()
        if route.local:
            return
        if isinstance(outcome, BackendError) and KINDS[outcome.code].outage:
            await self._on_outage(route, outcome, term)
            return
        await self._on_answer(route)
        if isinstance(outcome, RawReply):
            self._backoff.on_success()
            self._concurrency.on_success(latency)
            if rates := self._rate_limiters[route.endpoint].news(outcome.rates):
                await asyncio.to_thread(self._rate_limits.seen, route.endpoint, rates)
        elif outcome.code is FailureCode.RATE_LIMIT:
            await self._on_rate_limit(route, outcome)

    async def _open_route(self) -> Route | None:
        while not self._backoff.stopped:
            await self._backoff.wait_for_pause()
            usable = [route for route in self._routes if route.refusal is None]
            for route in usable:
                if route.breaker.state == "closed" or await self._may_probe(route):
                    return route
            if not usable:
                return None
            await self._wait_for_providers(usable)
        return None

    async def _may_probe(self, route: Route) -> bool:
        if time.time() < route.breaker.probe_at:
            return False
        lasting = self._settings.timeout + _PROBE_GRACE
        if await asyncio.to_thread(self._breakers.probe, route.endpoint, lasting):
            logger.info("%s: sending a test call", route.model)
            self._probing.add(route.endpoint)
            return True
        route.breaker = await asyncio.to_thread(self._breakers.breaker, route.endpoint)
        return route.breaker.state == "closed"

    async def _wait_for_providers(self, routes: Sequence[Route]) -> None:
        self._down_since = self._down_since or time.time()
        if time.time() - self._down_since >= self._settings.breaker.give_up:
            names = ", ".join(route.model for route in routes)
            self._backoff.hold(PendingCode.OUTAGE, f"no reply from {names} for {self._settings.breaker.give_up:g} s")
            return
        probe_at = min(route.breaker.probe_at for route in routes)
        await self._backoff.sleep(min(max(probe_at - time.time(), 0.02), _BREAKER_POLL))
        for route in routes:
            if time.time() < route.breaker.probe_at:
                route.breaker = await asyncio.to_thread(self._breakers.breaker, route.endpoint)

    async def _on_answer(self, route: Route) -> None:
        """Record that the provider responded, even if only with an error about the request."""
        route.answered, route.failures, self._down_since = True, 0, 0.0
        route.failing.clear()
        if route.endpoint in self._probing:
            self._probing.discard(route.endpoint)
            await asyncio.to_thread(self._breakers.close, route.endpoint)
            route.breaker = await asyncio.to_thread(self._breakers.breaker, route.endpoint)
            logger.info("%s is available again.", route.model)

    async def _on_outage(self, route: Route, problem: BackendError, term: str) -> None:
        route.failures += 1
        route.failing.add(term)
        if problem.code is FailureCode.PROVIDER_OUTAGE:
            self._concurrency.on_overload()
        reason = f"{problem.code}: {problem}"
        if route.endpoint in self._probing:
            self._probing.discard(route.endpoint)
            longest = self._settings.breaker.longest_rest
            route.breaker = await asyncio.to_thread(self._breakers.still_down, route.endpoint, reason, longest)
        elif problem.code is FailureCode.CONNECTION and not route.answered:
            return  # no server was ever reached, so the address is probably wrong
        elif route.failures >= self._settings.breaker.failures and route.faltering:
            await self._open_breaker(route, reason)

    async def _open_breaker(self, route: Route, reason: str) -> None:
        before = route.breaker
        breaker = await asyncio.to_thread(self._breakers.open, route.endpoint, reason, self._settings.breaker)
        first, route.breaker = before is route.breaker and before.state == "closed", breaker
        if first and breaker.state != "closed":
            route.opened += 1
            logger.warning(
                "%s is down (%s). No words are lost, and these failures do not count as attempts. Next test call in %.0f s.",
                route.model, reason, max(0.0, route.breaker.probe_at - time.time()),
            )  # fmt: skip

    async def _on_rate_limit(self, route: Route, problem: BackendError) -> None:
        self._concurrency.on_overload()
        if self._backoff.on_rate_limit(problem):
            limiter = self._rate_limiters[route.endpoint]
            wait = self._backoff.wait_of(problem)
            await asyncio.to_thread(self._rate_limits.refused, route.endpoint, limiter.rpm(), wait)
            limiter.refetch()
