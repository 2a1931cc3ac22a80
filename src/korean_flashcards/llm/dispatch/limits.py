"""Decide when a call may be made, and when to give up on a model.

``Admission`` combines concurrency, circuit breakers, and rate limits. The dispatcher uses only ``Admission``.
"""

import asyncio
import logging
import time
from collections.abc import Collection, MutableMapping, Sequence

from korean_flashcards.domain.failures import KINDS
from korean_flashcards.domain.local_time import clock_time
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import FailureCode, PendingCode
from korean_flashcards.llm.dispatch.adaptive_concurrency import AdaptiveConcurrency
from korean_flashcards.llm.dispatch.backoff import Backoff
from korean_flashcards.llm.dispatch.provider_problems import PENDING, TIMEOUT_ADVICE, no_reply
from korean_flashcards.llm.dispatch.rate_limiter import RateLimiter, announce_wait
from korean_flashcards.llm.dispatch.routes import Route
from korean_flashcards.llm.providers.base import BackendError, RawReply
from korean_flashcards.stages.ports import CircuitBreakers, RateLimits

logger = logging.getLogger(__name__)

# Seconds between reads of open breakers, which another run may have closed.
_BREAKER_POLL = 1.0
# Seconds. A longer wait for a rate limit is announced at the start of a run.
_ANNOUNCED_WAIT = 1.0
# Seconds after the call timeout until a probe without a result is considered lost.
_PROBE_GRACE = 5.0


class Admission:
    """Admission control for calls, shared by a dispatch's workers.

    Each call needs a permit, a route whose circuit breaker is closed, and a send time within the rate limit. Workers
    call ``enter`` before each call and ``leave`` after it. ``reached``: the number of parallel calls with which the
    previous stage ended, by the endpoint of the main model. ``close`` updates it.
    """

    def __init__(
        self, routes: Sequence[Route], settings: LLMParameters, rate_limits: RateLimits, breakers: CircuitBreakers,
        backoff: Backoff, reached: MutableMapping[str, int],
    ) -> None:  # fmt: skip
        self._routes, self._settings, self._backoff = routes, settings, backoff
        self._rate_limits, self._breakers = rate_limits, breakers
        self._reached = reached
        start = min(reached.get(routes[0].endpoint, settings.first_calls), settings.concurrency)
        self._concurrency = AdaptiveConcurrency(start, settings.concurrency)
        self._rate_limiters = {
            route.endpoint: RateLimiter(route.endpoint, rate_limits, settings, backoff)
            for route in routes
            if not route.local
        }
        self._down_since = 0.0
        self._probing: set[str] = set()
        self._warned_of_timeouts = False

    @property
    def workers(self) -> int:
        """Return the maximum number of calls in flight."""
        return self._settings.concurrency

    async def open(self) -> None:
        """Read each model's circuit breaker, and any wait for a rate limit recorded in the ledger."""
        for route in self._routes:
            if not route.local:
                route.breaker = await asyncio.to_thread(self._breakers.breaker, route.endpoint)
                free_at = await asyncio.to_thread(self._rate_limits.free_at, route.endpoint)
                if free_at - time.time() > self._settings.max_pause:
                    # The ledger stores no wait of more than an hour, so the limit may last longer.
                    self._limited_until(route, free_at, at_least=True)
                elif free_at - time.time() > _ANNOUNCED_WAIT:
                    announce_wait(route.model, free_at)

    def close(self) -> None:
        """Let the next stage that calls the main model start with as many parallel calls as this one has reached."""
        self._reached[self._routes[0].endpoint] = int(self._concurrency.limit)

    async def enter(self, tokens: float, avoided: Collection[str] = ()) -> Route | None:
        """Wait until a call of about ``tokens`` tokens may be made. Return its route, or None if the dispatch stops.

        ``avoided``: the endpoints to use only if no other model may be called.
        """
        await self._concurrency.acquire()
        while (route := await self._open_route(avoided)) is not None and not route.local:
            until = await self._rate_limiters[route.endpoint].next(tokens)
            if until is None:
                break
            self._probing.discard(route.endpoint)
            self._limited_until(route, until)
        if route is None or self._backoff.stopped:
            if route is not None:
                self.cancel(route)
            else:
                self._concurrency.release()
            return None
        return route

    def cancel(self, route: Route) -> None:
        """Release the permit for a call that is not made after all."""
        self._probing.discard(route.endpoint)
        if not route.local:
            self._rate_limiters[route.endpoint].ended()
        self._concurrency.release()

    async def leave(self, route: Route, outcome: RawReply | BackendError, latency: float, term: str) -> None:
        """Release the permit after a call for ``term``, and adapt the limits to the call's outcome.

        ``latency``: in seconds.
        """
        self._concurrency.release()
        if route.local:
            return
        code = outcome.code if isinstance(outcome, BackendError) else None
        if code not in (None, FailureCode.RATE_LIMIT):
            self._rate_limiters[route.endpoint].ended()
        if isinstance(outcome, RawReply):
            await self._on_reply(route, outcome, latency)
        elif code is FailureCode.TIMEOUT:
            await self._on_timeout(route, outcome, term)
        elif KINDS[outcome.code].outage:
            await self._on_outage(route, outcome, term)
        elif code is FailureCode.INTERNAL:
            await self._on_no_answer(route, outcome)
        else:
            await self._on_answer(route)
            if code is FailureCode.RATE_LIMIT:
                await self._on_rate_limit(route, outcome, latency)
        self._watch(route, outcome)

    def give_up(self, route: Route, code: PendingCode, message: str) -> None:
        """Stop calling a model in this run.

        If no other model is left, leave all remaining requests pending.
        """
        route.given_up = route.given_up or (code, message)
        self.stop_if_unusable()

    def stop_if_unusable(self) -> None:
        """Leave all remaining requests pending if no model is usable and the run has given up on at least one model."""
        if not any(route.usable for route in self._routes):
            for route in self._routes:
                if route.given_up is not None:
                    self._backoff.hold(*route.given_up)

    def _watch(self, route: Route, outcome: RawReply | BackendError) -> None:
        """Give up on a model that has been, or will be, unavailable for more than ``max_pause`` seconds."""
        now = time.monotonic()
        if not isinstance(outcome, BackendError) or outcome.code not in PENDING:
            route.problems_since = None
            route.replied_at = now
            return
        if route.problems_since is None:
            route.problems_since = now
        wait, silent = outcome.retry_after or 0.0, now - route.problems_since
        if wait and silent + wait > self._settings.max_pause:
            self._limited_until(route, time.time() + wait, PENDING[outcome.code])
        elif silent >= self._settings.max_pause:
            self.give_up(route, PENDING[outcome.code], no_reply(route.model, silent, outcome))

    def _limited_until(
        self, route: Route, until: float, code: PendingCode = PendingCode.RATE_LIMIT, at_least: bool = False
    ) -> None:
        """Give up on a model that cannot be called again within ``max_pause`` seconds. ``until``: a Unix time."""
        limited = code is PendingCode.RATE_LIMIT
        what = "rate limit reached; no calls possible" if limited else "the provider accepts no calls"
        when = f"until at least {clock_time(until)}" if at_least else f"until {clock_time(until)}"
        self.give_up(route, code, f"{route.model}: {what} {when} (a wait longer than llm.max_pause)")

    async def _open_route(self, avoided: Collection[str]) -> Route | None:
        while not self._backoff.stopped:
            usable = [route for route in self._routes if route.usable]
            usable = [route for route in usable if route.endpoint not in avoided] or usable
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
        give_up = min(self._settings.breaker.give_up, self._settings.max_pause)
        if time.time() - self._down_since >= give_up:
            names = ", ".join(route.model for route in routes)
            self._backoff.hold(PendingCode.OUTAGE, f"no reply from {names} for {give_up:g} s")
            return
        probe_at = min(route.breaker.probe_at for route in routes)
        await self._backoff.sleep(min(max(probe_at - time.time(), 0.02), _BREAKER_POLL))
        for route in routes:
            if time.time() < route.breaker.probe_at:
                route.breaker = await asyncio.to_thread(self._breakers.breaker, route.endpoint)

    async def _on_reply(self, route: Route, raw: RawReply, latency: float) -> None:
        await self._on_answer(route)
        limiter = self._rate_limiters[route.endpoint]
        await limiter.succeeded(latency)
        self._concurrency.on_success(latency)
        if rates := limiter.news(raw.rates):
            await asyncio.to_thread(self._rate_limits.seen, route.endpoint, rates)
            if rates.wait_s > self._settings.max_pause:
                self._limited_until(route, time.time() + rates.wait_s)

    async def _on_answer(self, route: Route) -> None:
        """Record that the provider responded, even if only with an error about the request."""
        route.answered, route.failures, self._down_since = True, 0, 0.0
        route.failing.clear()
        if route.endpoint in self._probing:
            self._probing.discard(route.endpoint)
            await asyncio.to_thread(self._breakers.close, route.endpoint)
            route.breaker = await asyncio.to_thread(self._breakers.breaker, route.endpoint)
            logger.info("%s is available again.", route.model)

    async def _on_no_answer(self, route: Route, problem: BackendError) -> None:
        """Leave the circuit breaker unchanged after an internal error, which reveals nothing about the provider."""
        if route.endpoint in self._probing:
            self._probing.discard(route.endpoint)
            longest = self._settings.breaker.longest_rest
            reason = route.breaker.reason or f"{problem.code}: {problem}"
            route.breaker = await asyncio.to_thread(self._breakers.still_down, route.endpoint, reason, longest)

    async def _on_outage(self, route: Route, problem: BackendError, term: str) -> None:
        route.failures += 1
        route.failing.add(term)
        if problem.code is FailureCode.PROVIDER_OUTAGE:
            self._concurrency.on_overload()
        if route.endpoint in self._probing:
            await self._still_down(route, problem)
        elif problem.code is FailureCode.CONNECTION and not route.answered:
            return  # no server was ever reached, so the address is probably wrong
        elif route.failures >= self._settings.breaker.failures and route.faltering:
            await self._open_breaker(route, f"{problem.code}: {problem}")

    async def _on_timeout(self, route: Route, problem: BackendError, term: str) -> None:
        """Reduce the number of concurrent calls.

        A slow server is not down, so a timeout does not open the circuit breaker.
        """
        self._concurrency.on_overload()
        if route.endpoint in self._probing:
            await self._still_down(route, problem)
        if not self._warned_of_timeouts:
            self._warned_of_timeouts = True
            logger.warning(
                "%s: no reply for %s (%s). The provider may bill the call, so it is booked at its maximum cost. %s. `kedro "
                "llm doctor` measures the time per reply.", route.model, term, problem, TIMEOUT_ADVICE,
            )  # fmt: skip

    async def _still_down(self, route: Route, problem: BackendError) -> None:
        self._probing.discard(route.endpoint)
        longest, reason = self._settings.breaker.longest_rest, f"{problem.code}: {problem}"
        route.breaker = await asyncio.to_thread(self._breakers.still_down, route.endpoint, reason, longest)

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

    async def _on_rate_limit(self, route: Route, problem: BackendError, latency: float) -> None:
        self._concurrency.on_overload()
        await self._rate_limiters[route.endpoint].refused(problem, latency)
        wait = problem.retry_after or 0.0
        if wait > self._settings.max_pause:
            await asyncio.to_thread(self._rate_limits.refused, route.endpoint, None, wait)
