"""What a call passes before it leaves: a permit, a model that is up, and the model's rate."""

import asyncio
import logging
import time
from collections.abc import Sequence

from korean_flashcards.domain.failures import KINDS
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import FailureCode, PendingCode
from korean_flashcards.llm.dispatch.concurrency import Concurrency
from korean_flashcards.llm.dispatch.departures import Departures
from korean_flashcards.llm.dispatch.pace import Pace
from korean_flashcards.llm.dispatch.routes import Route
from korean_flashcards.llm.providers.base import BackendError, RawReply
from korean_flashcards.stages.ports import Traffic

logger = logging.getLogger(__name__)

# Seconds between two looks at breakers that are open: another run may have closed them.
_LOOK_EVERY = 1.0
# Seconds beside the timeout of the call after which a probe that says nothing counts as dead.
_PROBE_GRACE = 5.0


class Gate:
    """Shared by the workers of one fan-out. ``enter`` before a call, ``leave`` after it."""

    def __init__(self, routes: Sequence[Route], settings: LLMParameters, traffic: Traffic, pace: Pace) -> None:
        self._routes, self._settings, self._traffic, self._pace = routes, settings, traffic, pace
        self._concurrency = Concurrency(settings.concurrency, settings.max_concurrency)
        self._departures = {
            route.model: Departures(route.model, traffic, settings.rates, pace) for route in routes if not route.local
        }
        self._down_since = 0.0
        self._probing: set[str] = set()

    @property
    def workers(self) -> int:
        """The most calls that can be under way at once."""
        return max(self._settings.concurrency, self._settings.max_concurrency)

    async def open(self) -> None:
        """Read how each model's breaker stands."""
        for route in self._routes:
            if not route.local:
                route.breaker = await asyncio.to_thread(self._traffic.breaker, route.model)

    async def enter(self, tokens: float) -> Route | None:
        """Wait until a call of about so many tokens may leave; return the model to ask, None when the run stops."""
        await self._concurrency.acquire()
        route = await self._open_route()
        if route is not None and not route.local:
            await self._departures[route.model].next(tokens)
        if route is None or self._pace.stopped:
            self._concurrency.release()
            return None
        return route

    def pass_by(self, route: Route) -> None:
        """Give back the permit of a call that does not leave after all."""
        self._probing.discard(route.model)
        self._concurrency.release()

    async def leave(self, route: Route, outcome: RawReply | BackendError, latency: float, term: str) -> None:
        """Learn from a call about ``term`` that ended."""
        self._concurrency.release()
        if route.local:
            return
        if isinstance(outcome, BackendError) and KINDS[outcome.code].outage:
            await self._outage(route, outcome, term)
            return
        await self._is_up(route)
        if isinstance(outcome, RawReply):
            self._pace.succeeded()
            self._concurrency.held(latency)
            if rates := self._departures[route.model].seen(outcome.rates):
                await asyncio.to_thread(self._traffic.seen, route.model, rates)
        elif outcome.code is FailureCode.RATE_LIMIT:
            await self._limited(route, outcome)

    async def _open_route(self) -> Route | None:
        while not self._pace.stopped:
            await self._pace.turn()
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
        if await asyncio.to_thread(self._traffic.probe, route.model, lasting):
            logger.info("%s: trying whether it answers again", route.model)
            self._probing.add(route.model)
            return True
        route.breaker = await asyncio.to_thread(self._traffic.breaker, route.model)
        return route.breaker.state == "closed"

    async def _wait_for_providers(self, routes: Sequence[Route]) -> None:
        self._down_since = self._down_since or time.time()
        if time.time() - self._down_since >= self._settings.breaker.give_up:
            names = ", ".join(route.model for route in routes)
            self._pace.hold(PendingCode.OUTAGE, f"{names} did not answer for {self._settings.breaker.give_up:g} s")
            return
        probe_at = min(route.breaker.probe_at for route in routes)
        await self._pace.sleep(min(max(probe_at - time.time(), 0.02), _LOOK_EVERY))
        for route in routes:
            if time.time() < route.breaker.probe_at:
                route.breaker = await asyncio.to_thread(self._traffic.breaker, route.model)

    async def _is_up(self, route: Route) -> None:
        """The provider said something, if only that it does not like the question."""
        route.answered, route.failures, self._down_since = True, 0, 0.0
        route.failing.clear()
        if route.model in self._probing:
            self._probing.discard(route.model)
            await asyncio.to_thread(self._traffic.close, route.model)
            route.breaker = await asyncio.to_thread(self._traffic.breaker, route.model)
            logger.info("%s answers again.", route.model)

    async def _outage(self, route: Route, problem: BackendError, term: str) -> None:
        route.failures += 1
        route.failing.add(term)
        if problem.code is FailureCode.PROVIDER_OUTAGE:
            self._concurrency.congested()
        reason = f"{problem.code}: {problem}"
        if route.model in self._probing:
            self._probing.discard(route.model)
            longest = self._settings.breaker.longest_rest
            route.breaker = await asyncio.to_thread(self._traffic.still_down, route.model, reason, longest)
        elif problem.code is FailureCode.CONNECTION and not route.answered:
            return  # nobody was ever there: an address that is wrong, not a provider that is down
        elif route.failures >= self._settings.breaker.failures and route.faltering:
            before = route.breaker
            breaker = await asyncio.to_thread(self._traffic.open, route.model, reason, self._settings.breaker)
            first, route.breaker = before is route.breaker and before.state == "closed", breaker
            if first and breaker.state != "closed":
                route.opened += 1
                logger.warning(
                    "%s is down (%s). Nothing is lost and no attempt counts; it is tried again in %.0f s.",
                    route.model, reason, max(0.0, route.breaker.probe_at - time.time()),
                )  # fmt: skip

    async def _limited(self, route: Route, problem: BackendError) -> None:
        self._concurrency.congested()
        if self._pace.limited(problem):
            departures = self._departures[route.model]
            await asyncio.to_thread(self._traffic.refused, route.model, departures.rpm(), self._pace.wait_of(problem))
            departures.refetch()
