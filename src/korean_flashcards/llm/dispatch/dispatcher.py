"""Asks many questions at once: workers, retries, and the order of things that makes a paid reply safe.

A reply that its question accepts is in the cache, and any other in the archive, before anything else happens with it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence

from korean_flashcards.domain.failures import KINDS
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import FailureCode, PendingCode
from korean_flashcards.domain.requests import Ask, ChatReply, Repairer
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.dispatch.account import Account
from korean_flashcards.llm.dispatch.call import Asker, Unusable
from korean_flashcards.llm.dispatch.limits import Gate
from korean_flashcards.llm.dispatch.pace import Pace
from korean_flashcards.llm.dispatch.progress import Progress
from korean_flashcards.llm.dispatch.routes import Route
from korean_flashcards.llm.dispatch.work_queue import Supply
from korean_flashcards.llm.providers.base import BackendError
from korean_flashcards.stages.ports import Office

logger = logging.getLogger(__name__)

# A 429 with Retry-After is not the question's fault: so many are waited out beside ``max_attempts``.
RATE_LIMIT_PATIENCE = 10
# A reply cut short at the token limit is dear and mostly comes again: it is asked once more only.
CUT_SHORT_ATTEMPTS = 2
YIELD_EVERY = 16  # questions


class FanOut:
    """One template asked for many words, once. ``fatal``: why it stopped, if it did."""

    def __init__(
        self, routes: Sequence[Route], cache: ReplyCache, settings: LLMParameters, progress: Progress, office: Office,
        recall: Callable[[Ask], ChatReply | None], repairer: Repairer | None,
    ) -> None:  # fmt: skip
        self._routes, self._cache, self._settings = routes, cache, settings
        self._pace = Pace(settings)
        self._gate = Gate(routes, settings, office.traffic, self._pace)
        self._asker = Asker(routes, cache, settings, repairer)
        self._supply = Supply(
            office, settings.budget, self._pace, settings.concurrency, progress, recall, self._asker.want, cache.paid,
            cache.store.check_room,
        )  # fmt: skip
        self.fatal: BackendError | None = None

    @property
    def replies(self) -> dict[str, ChatReply]:
        """The end of every question so far, by key."""
        return self._supply.replies

    async def run(self, asks: Iterable[Ask]) -> None:
        """Ask until each question is answered, failed or held, here or in another run, or a fatal error stopped all.

        Raises CacheError when a reply cannot be stored; calls in flight are then cancelled, as their replies would be
        lost too. Raises what makes the office fail; calls in flight are then waited for.
        """
        self._supply.extend(asks)
        self._supply.open()
        try:
            await self._gate.open()
            for route in self._routes:
                await route.backend.open()
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._gate.workers, len(self._supply))):
                    group.create_task(self._work())
            self._supply.hold_the_rest()
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
        finally:
            try:
                await self._supply.close()
            finally:
                self._cache.close()
                for route in self._routes:
                    await route.backend.close()

    def drain(self) -> None:
        """Start no further call; those under way are paid for, so ``run`` waits for them and keeps their replies."""
        logger.info(
            "Stopping: %s calls are under way, and their replies are kept (Ctrl-C again to stop at once).",
            f"{self._asker.under_way:,}",
        )
        self._pace.stop()

    async def _work(self) -> None:
        while (account := await self._supply.next()) is not None:
            # A model that never waits (the embedded one) must still let Ctrl-C have its turn.
            if len(self._supply) % YIELD_EVERY == 0:
                await asyncio.sleep(0)
            reply = await self._settle(account)
            if reply is not None:
                self._supply.settle(reply)

    async def _settle(self, account: Account) -> ChatReply | None:
        """Ask until the reply is accepted or hopeless; None when the question went back to the supply."""
        while True:
            account.ready_at = time.monotonic()
            route = await self._gate.enter(self._asker.typical_tokens)
            if route is not None and account.source not in (None, route):
                self._gate.pass_by(route)  # whose answer it is mends it: nobody else would be found under its key
                route = None
            if route is None or not await self._funded(account, route):
                return self._not_called(account)
            opened = route.opened
            problem = await self._call(account, route)
            if account.source is not None:
                if problem is None and self._asker.in_doubt(account, route):
                    continue
                return self._asker.accepted(account)
            assert problem is not None  # what has none was accepted
            if problem.fatal:
                self._refuse(route, problem)
            elif not (_repairable(problem, account) or self._worth_retrying(problem, account)):
                if _nobody_there(problem, route):
                    self._refuse(route, problem)
                elif not (KINDS[problem.code].outage and route.faltering):
                    return account.reply(problem)
            await self._rest(problem, account)
            outage = route.faltering or route.breaker.state != "closed" or route.opened > opened
            if problem.fatal or (outage and not _nobody_there(problem, route)):
                account.excused += 1  # it fell into an outage, or asked whom nobody can ask: not its fault

    async def _funded(self, account: Account, route: Route) -> bool:
        """Whether money is set aside for a call of this model; where there is none, the supply has the question back."""
        account.route = route
        if route.local or (account.want and account.want.model == route.model):
            return True
        await self._supply.unfund(account)
        if await self._supply.fund(account):
            return True
        self._gate.pass_by(route)
        return False

    def _not_called(self, account: Account) -> ChatReply | None:
        """The end of a question that only a repair was to be asked for; any other goes back to the supply."""
        if account.source is not None:
            return self._asker.accepted(account)
        self._supply.give_back(account)
        return None

    async def _call(self, account: Account, route: Route) -> BackendError | None:
        """One call; None when its reply was accepted, and then it is in the cache."""
        started = time.perf_counter()
        raw = await self._asker.ask(account, route)
        latency = time.perf_counter() - started
        account.latency_s += latency
        problem = raw if isinstance(raw, BackendError) else self._asker.judge(account, route, raw)
        if not route.local:
            self._supply.record(self._asker.record(account, route, raw, problem, latency))
        account.want = None
        await self._gate.leave(route, raw, latency, account.ask.term)
        if isinstance(problem, Unusable):
            self._asker.prepare_repair(account, problem)
        elif problem is not None and account.repair is not None and not (problem.retry or problem.fatal):
            # Whatever the provider has against the repair: it took the whole question, which is asked again.
            account.repair = None
            return BackendError(problem.code, str(problem), retry=True)
        return problem

    async def _rest(self, problem: BackendError, account: Account) -> None:
        # A provider that answered needs no rest: only calls without an answer back off.
        if not isinstance(problem, Unusable) and not problem.fatal:
            await self._pace.back_off(problem, account.attempts)

    def _refuse(self, route: Route, problem: BackendError) -> None:
        """Ask this model no more: it refuses every call, or nobody has ever answered at its address."""
        route.refusal = route.refusal or problem
        if all(other.refusal for other in self._routes):
            if problem.code is FailureCode.QUOTA:
                self._pace.hold(PendingCode.QUOTA, f"{route.model} has no credit left ({problem})")
            else:
                self.fatal = self.fatal or problem
                self._pace.stop()

    def _worth_retrying(self, problem: BackendError, account: Account) -> bool:
        if problem.code is FailureCode.RATE_LIMIT and problem.retry_after is not None:
            patient = account.waited_out < RATE_LIMIT_PATIENCE
            account.waited_out += patient
            account.excused += patient
        limit = self._settings.max_attempts
        if problem.code is FailureCode.CUT_SHORT:
            limit = min(limit, CUT_SHORT_ATTEMPTS)
        return problem.retry and account.attempts - account.excused < limit


def _repairable(problem: BackendError, account: Account) -> bool:
    """Whether a reply came of which only a part is to be asked for again."""
    return isinstance(problem, Unusable) and account.repair is not None


def _nobody_there(problem: BackendError, route: Route) -> bool:
    """Whether no call has ever come through: an address that is wrong, not a provider that is down."""
    return problem.code is FailureCode.CONNECTION and not route.answered
