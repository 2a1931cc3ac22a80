"""Send many requests with concurrent workers, retries, and fallback models.

To keep paid replies safe, each reply is stored before it is used: in the cache if accepted, otherwise in the archive.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from korean_flashcards.domain.failures import KINDS
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import FailureCode, PendingCode
from korean_flashcards.domain.requests import ChatReply, Repairer, Request
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.dispatch.backoff import Backoff
from korean_flashcards.llm.dispatch.call import Caller, Unusable
from korean_flashcards.llm.dispatch.limits import Admission
from korean_flashcards.llm.dispatch.progress import ProgressDisplay
from korean_flashcards.llm.dispatch.provider_problems import PENDING, all_timed_out, described
from korean_flashcards.llm.dispatch.reply_writer import ReplyWriter
from korean_flashcards.llm.dispatch.request_progress import RequestProgress
from korean_flashcards.llm.dispatch.routes import Route
from korean_flashcards.llm.dispatch.work_queue import WorkQueue
from korean_flashcards.llm.providers.base import BackendError, RawReply, on_leaving
from korean_flashcards.llm.providers.offline import OfflineBackend
from korean_flashcards.processes.worker_pool import WorkerPool
from korean_flashcards.stages.ports import Ports

logger = logging.getLogger(__name__)

# A word is not requested again after this many timeouts, because each call may be billed.
MOST_TIMEOUTS = 2
# Maximum number of attempts if replies are cut short at the token limit: such replies are expensive and tend to recur.
CUT_SHORT_ATTEMPTS = 2
YIELD_EVERY = 16  # requests
# Requests that the offline model composes together, and the groups in progress. While this process reads the replies in a
# group, the other processes compose the next ones.
_GROUP, _GROUPS = 128, 3


class Dispatcher:
    """A dispatcher for one stage's requests.

    Use each instance only once. ``fatal``: the error that stopped the dispatch, if any.
    """

    def __init__(
        self, routes: Sequence[Route], cache: ReplyCache, settings: LLMParameters, display: ProgressDisplay, ports: Ports,
        recall: Callable[[Iterable[Request]], Mapping[str, ChatReply]], repairer: Repairer | None, counted: set[str],
        reached: dict[str, int], workers: WorkerPool,
    ) -> None:  # fmt: skip
        self._routes, self._cache, self._settings = routes, cache, settings
        self._backoff = Backoff(settings)
        self._admission = Admission(routes, settings, ports.rate_limits, ports.breakers, self._backoff, reached)
        self._writer = ReplyWriter(cache, self._backoff.stop)
        self._caller = Caller(routes, self._writer, settings, repairer, counted, workers)
        self._tasks = asyncio.TaskGroup()
        self._queue = WorkQueue(
            ports, settings.budget, self._backoff, settings.concurrency, display, recall,
            self._caller.reservation_request, cache.paid, cache.store.check_room, self._writer.sync,
        )  # fmt: skip
        self.fatal: BackendError | None = None

    @property
    def replies(self) -> dict[str, ChatReply]:
        """Return the final replies so far, by key."""
        return self._queue.replies

    @property
    def cut_off(self) -> int:
        """Return the number of calls canceled in flight. Their replies are lost but may still be billed."""
        return self._caller.cut_off

    @property
    def unstored(self) -> list[str]:
        """Return the terms whose paid replies could not be stored."""
        return self._writer.unstored()

    async def run(self, requests: Iterable[Request]) -> None:
        """Process requests until each one is accepted, failed, or pending.

        Other runs may complete some of the requests.

        A fatal error stops all requests. Other errors are raised only after all calls in flight have ended, because
        those calls are paid for.

        Raises:
            CacheError: A reply could not be stored immediately. The message lists any lost replies.
        """
        self._writer.open(paid=not all(route.local for route in self._routes))
        self._queue.extend(requests)
        self._queue.open()
        try:
            await self._admission.open()
            for route in self._routes:
                await route.backend.open()
            local = self._local_backend()
            async with self._tasks:
                for _ in range(_GROUPS if local else min(self._admission.workers, len(self._queue))):
                    self._tasks.create_task(self._work_in_groups(local) if local else self._work())
            await self._queue.hold_the_rest()
        finally:
            try:
                await self._store_and_settle()
            finally:
                self._admission.close()
                self._cache.close()
                for route in self._routes:
                    await route.backend.close()

    def drain(self) -> None:
        """Stop making calls. Calls in flight are paid for, so ``run`` waits for them and stores their replies."""
        logger.info(
            "Stopping. Waiting for %s in flight, so that no reply is lost. Press Ctrl-C again to stop immediately.",
            counted(self._caller.in_flight, "call"),
        )
        self._backoff.stop()
        self._caller.skip_checks()

    async def _work(self) -> None:
        try:
            while (progress := await self._queue.next()) is not None:
                # The offline model never waits, so without this pause, Ctrl-C would have no effect.
                if len(self._queue) % YIELD_EVERY == 0:
                    await asyncio.sleep(0)
                reply = await self._complete(progress)
                if reply is not None:
                    self._queue.settle(reply)
        except Exception as error:  # raising it here would cancel the other workers' calls, which are paid for
            self._queue.fail(error)

    async def _work_in_groups(self, backend: OfflineBackend) -> None:
        """Complete groups of requests to the offline model. A task for each request would take as long as the request."""
        try:
            while group := await self._queue.next_group(_GROUP):
                await backend.prepare(self._routes[0].template, [progress.request for progress in group])
                for number, progress in enumerate(group):
                    if number % YIELD_EVERY == 0:  # as in ``_work``
                        await asyncio.sleep(0)
                    reply = await self._complete(progress)
                    if reply is not None:
                        self._queue.settle(reply)
        except Exception as error:  # as in ``_work``
            self._queue.fail(error)

    def _local_backend(self) -> OfflineBackend | None:
        """Return the offline model if it replies to all requests."""
        backend = self._routes[0].backend
        return backend if isinstance(backend, OfflineBackend) and all(route.local for route in self._routes) else None

    async def _check(self, progress: RequestProgress) -> None:
        """Check an accepted reply, and repair it if necessary, while the workers make other calls."""
        try:
            repairing = await self._caller.needs_findings_repair(progress)
            reply = await self._complete(progress) if repairing else self._caller.accepted(progress)
            if reply is not None:
                self._queue.settle(reply)
        except Exception as error:  # as in ``_work``
            self._queue.fail(error)

    async def _store_and_settle(self) -> None:
        """Store the remaining replies, then settle them.

        Raise an error if any reply could not be stored immediately.
        """
        try:
            await self._writer.finish()
        finally:
            # The run is ending, and the ledger may be on the same full disk.
            if self._writer.problem or self._queue.failed:
                self._cache.store.free_reserve()
            try:
                await self._queue.close()
            finally:
                if self._writer.problem:
                    raise self._writer.error()

    async def _complete(self, progress: RequestProgress) -> ChatReply | None:
        """Make calls until a reply is accepted or no retries are left.

        Return None if the request is queued again or left pending, or if an accepted reply is being checked.
        """
        while True:
            progress.ready_at = time.monotonic()
            route = await self._admission.enter(self._caller.typical_tokens, progress.avoided)
            if route is not None and progress.source not in (None, route):
                # Only the model that replied may repair its reply, because the cache key contains the model.
                self._admission.cancel(route)
                route = None
            if route is None or not await self._reserved(progress, route):
                return self._not_called(progress)
            opened = route.opened
            problem = await self._call(progress, route)
            if progress.source is not None:
                if problem is None and self._caller.may_repair(progress, route):
                    self._tasks.create_task(self._check(progress))
                    return None
                return self._caller.accepted(progress)
            assert problem is not None  # without a problem, the reply was accepted
            if problem.fatal:
                self._refuse(route, problem)
            elif not (_repairable(problem, progress) or self._worth_retrying(problem, progress, route)):
                if _never_answered(problem, route):
                    self._refuse(route, problem)
                elif problem.code not in PENDING:
                    return progress.reply(problem)
                elif self._stays_pending(problem, progress, route):
                    self._queue.leave_pending(progress.pending(PENDING[problem.code], described(problem)))
                    return None
            if route.usable:
                await self._rest(problem, progress)
            outage = route.faltering or route.breaker.state != "closed" or route.opened > opened
            if problem.fatal or (outage and not _never_answered(problem, route) and not _paid(problem)):
                progress.excused += 1  # not the request's fault: the provider was down or rejected all calls

    async def _reserved(self, progress: RequestProgress, route: Route) -> bool:
        """Reserve the cost of a call on this route. Return whether the call may be made."""
        progress.route = route
        if route.local:
            return True
        if progress.reserved is None or progress.reserved.model != route.model:
            await self._queue.unreserve(progress)
            await self._queue.reserve(progress)
        if self._queue.may_leave(progress, route.backend.reports_leaving(route.model, self._settings)):
            return True
        self._admission.cancel(route)
        return False

    def _not_called(self, progress: RequestProgress) -> ChatReply | None:
        """Return the accepted reply, if any, even though it was not repaired.

        Otherwise, put the request back in the queue.
        """
        if progress.source is not None:
            return self._caller.accepted(progress)
        self._queue.give_back(progress)
        return None

    async def _call(self, progress: RequestProgress, route: Route) -> BackendError | None:
        """Make one call. Return its problem, or None if the reply was accepted and stored in the cache."""
        started, sent_at = time.perf_counter(), time.monotonic()
        token = on_leaving.set(lambda: self._queue.leave(progress))
        raw = await self._caller.call(progress, route)
        on_leaving.reset(token)
        latency = time.perf_counter() - started
        progress.latency_s += latency
        if isinstance(raw, BackendError):
            problem: BackendError | None = raw
            self._caller.keep_partial(progress, route, raw)
        else:
            problem = self._caller.keep_reply(progress, route, raw)
        if not route.local:
            self._queue.record(self._caller.record(progress, route, raw, problem, latency))
        progress.reserved = None
        _note_waiting(progress, raw, sent_at)
        await self._admission.leave(route, raw, latency, progress.request.term)
        if isinstance(problem, Unusable):
            self._caller.prepare_repair(progress, problem)
        elif problem is not None and progress.repair is not None and not (problem.retry or problem.fatal):
            # The provider rejects the repair but accepted the original request, so the original request is sent again.
            progress.repair = None
            return BackendError(problem.code, str(problem), retry=True)
        return problem

    async def _rest(self, problem: BackendError, progress: RequestProgress) -> None:
        # Back off only after calls without a reply.
        if not isinstance(problem, Unusable) and not problem.fatal:
            await self._backoff.back_off(problem, progress.attempts)

    def _refuse(self, route: Route, problem: BackendError) -> None:
        """Stop using a route that rejects every call or whose address has never been reached."""
        route.refusal = route.refusal or problem
        self._admission.stop_if_unusable()
        if all(each.refusal for each in self._routes):
            if problem.code is FailureCode.QUOTA:
                self._backoff.hold(PendingCode.QUOTA, f"the account for {route.model} has no credit left ({problem})")
            else:
                self.fatal = self.fatal or problem
                self._backoff.stop()

    def _worth_retrying(self, problem: BackendError, progress: RequestProgress, route: Route) -> bool:
        if problem.code is FailureCode.RATE_LIMIT:
            progress.excused += 1
            since = progress.limited_since
            return since is None or time.monotonic() - since < self._settings.max_pause or not route.usable
        if problem.code is FailureCode.TIMEOUT and progress.timeouts >= MOST_TIMEOUTS:
            return False
        limit = self._settings.max_attempts
        if problem.code is FailureCode.CUT_SHORT:
            limit = min(limit, CUT_SHORT_ATTEMPTS)
        return problem.retry and progress.attempts - progress.excused < limit

    def _stays_pending(self, problem: BackendError, progress: RequestProgress, route: Route) -> bool:
        """Return whether to leave a word pending after a provider problem, rather than request it again in this run.

        If the problem affects more than one word, all words wait or are sent to a fallback model.
        """
        if KINDS[problem.code].outage:
            # Calls that may be billed are not repeated until the provider works again.
            return (not route.faltering or _paid(problem)) and not self._moved_to_another_model(progress, route)
        since = progress.timed_out_since
        if progress.timeouts >= MOST_TIMEOUTS and since is not None and route.replied_at < since:
            self._admission.give_up(route, PendingCode.TIMEOUT, all_timed_out(route.model, problem))
        return not self._moved_to_another_model(progress, route)

    def _moved_to_another_model(self, progress: RequestProgress, route: Route) -> bool:
        """Let a word's attempts start again at another model that can be called. Return False if there is none."""
        tried = {route.endpoint, *progress.avoided}
        others = [each for each in self._routes if each.usable and each.endpoint not in tried]
        if not any(each.local or each.breaker.state == "closed" for each in others):
            return False
        progress.avoided.add(route.endpoint)
        progress.excused, progress.timeouts, progress.timed_out_since = progress.attempts, 0, None
        return True


def _paid(problem: BackendError) -> bool:
    """Return whether the call may be billed, so that it counts as an attempt even during an outage."""
    return isinstance(problem, Unusable) or problem.paid is not None or problem.possibly_paid


def _repairable(problem: BackendError, progress: RequestProgress) -> bool:
    """Return whether only part of the reply has to be requested again."""
    return isinstance(problem, Unusable) and progress.repair is not None


def _never_answered(problem: BackendError, route: Route) -> bool:
    """Return whether no call on this route has ever reached a server.

    In that case, the likely cause is a wrong address rather than an outage.
    """
    return problem.code is FailureCode.CONNECTION and not route.answered


def _note_waiting(progress: RequestProgress, outcome: RawReply | BackendError, sent_at: float) -> None:
    """Record when a word's current series of rate limit errors began, and count its timeouts.

    ``sent_at`` comes from the monotonic clock.
    """
    code = outcome.code if isinstance(outcome, BackendError) else None
    if code is FailureCode.TIMEOUT:
        progress.timeouts += 1
        progress.timed_out_since = progress.timed_out_since or sent_at
    if code is not FailureCode.RATE_LIMIT:
        progress.limited_since = None
    elif progress.limited_since is None:
        progress.limited_since = time.monotonic()
