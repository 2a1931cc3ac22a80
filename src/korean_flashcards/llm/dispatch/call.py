"""Make the calls for a request: send it, check and store the reply, prepare repairs, and record the cost."""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import replace

from korean_flashcards.domain.calls import Call, CallKind, ReservationRequest, provider_of
from korean_flashcards.domain.failures import KINDS
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import FailureCode, Problem, ReplyError
from korean_flashcards.domain.requests import ChatReply, ChatTemplate, Repairer, Request
from korean_flashcards.formats.json_text import ends_complete, is_json
from korean_flashcards.llm.dispatch.booked_usage import booked, longest_reply
from korean_flashcards.llm.dispatch.reply_writer import ReplyWriter
from korean_flashcards.llm.dispatch.request_progress import Repair, RequestProgress
from korean_flashcards.llm.dispatch.routes import Route
from korean_flashcards.llm.providers.base import BackendError, RawReply
from korean_flashcards.llm.secrets import key_remover, redacted
from korean_flashcards.processes.worker_pool import WorkerPool

logger = logging.getLogger(__name__)

# Weight of the newest call in the moving average of tokens per call. The average is needed to stay within token limits.
_NEWEST_WEIGHT = 0.1


class Unusable(BackendError):
    """Raised for a paid reply that cannot be used. ``rejected``: the error from the request's own check, if any."""

    rejected: ReplyError | None = None


class Caller:
    """The component that makes the calls in a dispatch.

    ``in_flight``: the number of calls in progress. ``cut_off``: the number of calls canceled in flight.
    ``typical_tokens``: a moving average of tokens per call. ``counted``: the models whose providers do not report
    plausible token usage, so their tokens are counted locally.
    """

    def __init__(
        self, routes: Sequence[Route], writer: ReplyWriter, settings: LLMParameters, repairer: Repairer | None,
        counted: set[str], workers: WorkerPool,
    ) -> None:  # fmt: skip
        self._routes, self._writer, self._settings, self._repairer = routes, writer, settings, repairer
        self._workers = workers
        self._checks: set[asyncio.Future[tuple[Problem, ...]]] = set()
        self._without_keys = key_remover()
        self._counted = counted
        self.in_flight = 0
        self.cut_off = 0
        self.typical_tokens = 0.0

    def reservation_request(self, progress: RequestProgress) -> ReservationRequest | None:
        """Return the reservation for the request's next call, or None for the offline model, which is free."""
        route = progress.route or self._routes[0]
        if route.local:
            return None
        # A fallback's reply has a separate key, so that it can be found even if the run dies.
        return replace(
            route.reservation_request(progress.request, *self._next(progress, route)), key=self._key(progress, route)
        )

    async def call(self, progress: RequestProgress, route: Route) -> RawReply | BackendError:
        """Make one call and return its reply or its error. CancelledError is the only exception raised."""
        template, user = self._next(progress, route)
        progress.attempts += 1
        progress.sent_at = time.time()
        progress.queue_s = time.monotonic() - progress.ready_at
        self.in_flight += 1
        try:
            raw = await route.backend.send(template, user, route.settings(self._settings))
            return self.booked(raw, route, template, user)
        except asyncio.CancelledError:
            self.cut_off += not route.local
            raise
        except BackendError as failed:
            failed.paid = self.booked(failed.paid, route, template, user) if failed.paid else None
            return failed
        except Exception as error:  # a bug in a backend fails one word, not the run
            logger.exception("A call to %s failed because of a bug.", route.model)
            return BackendError(FailureCode.INTERNAL, _bug(error), retry=False, possibly_paid=True)
        finally:
            self.in_flight -= 1

    def keep_reply(self, progress: RequestProgress, route: Route, raw: RawReply) -> BackendError | None:
        """Store the reply in the cache if the request accepts it, otherwise in the archive. Return any problem."""
        raw = replace(raw, text=self._without_keys(raw.text))
        progress.add(raw, route.usd(raw))
        self._learn(raw)
        problem: BackendError | None = _unusable(raw, progress.text)
        text = raw.text
        if progress.repair is not None:
            progress.excused += 1
            problem, text = self._repaired(progress, progress.repair, raw, problem)
        problem = problem or _rejected(progress, text)
        if progress.repair is None or problem is None:
            progress.text = text
        key = self._key(progress, route)
        if problem is None:
            self._writer.put(progress.request, key, progress.stored(route.template))
            progress.source = route
        if problem or progress.repair:
            self._archive(progress, route, raw, problem)
        return problem

    def keep_partial(self, progress: RequestProgress, route: Route, problem: BackendError) -> None:
        """Archive the part of a reply that arrived with an error, if it was paid for.

        Without such a part, add what is booked for the call.
        """
        if problem.paid is None:
            lost = _unanswered(problem, progress, route)
            progress.add_lost(lost, route.usd(lost))
        else:
            paid = replace(problem.paid, text=self._without_keys(problem.paid.text))
            progress.add(paid, route.usd(paid))
            self._archive(progress, route, paid, problem)

    def accepted(self, progress: RequestProgress) -> ChatReply:
        """Return the accepted and cached reply as the request's final reply."""
        route = progress.source
        if route is None or route is self._routes[0]:
            return progress.reply()
        return progress.reply(found=self._key(progress, route), model=route.model)

    def may_repair(self, progress: RequestProgress, route: Route) -> bool:
        """Return whether quality problems in an accepted reply are repaired. A repaired reply is not repaired again."""
        return progress.repair is None and self._repairer is not None and not route.local

    async def needs_findings_repair(self, progress: RequestProgress) -> bool:
        """Prepare to repair the quality problems in an accepted reply. Return whether a repair should be sent."""
        assert progress.text is not None
        problems = await self._problems_found(progress.request, progress.text)
        if problems:
            self._set_repair(progress, ReplyError(FailureCode.CONTRACT, problems[0].message, problems))
        return progress.repair is not None

    def skip_checks(self) -> None:
        """Do not wait for the running checks, because no repairs will be sent."""
        for check in self._checks:
            check.cancel()

    def prepare_repair(self, progress: RequestProgress, problem: Unusable) -> None:
        """Prepare to repair a reply's invalid parts if its other parts are valid.

        If a repair fails, no second repair is attempted.
        """
        repaired, progress.repair = progress.repair, None
        if repaired is None and problem.rejected is not None:
            self._set_repair(progress, problem.rejected)

    def record(
        self, progress: RequestProgress, route: Route, raw: RawReply | BackendError, problem: BackendError | None,
        latency: float,
    ) -> Call:  # fmt: skip
        """Return the call's record for the ledger. ``latency``: in seconds."""
        reply = raw if isinstance(raw, RawReply) else raw.paid or _unanswered(raw, progress, route)
        kind: CallKind = "ask" if progress.repair is None else "repair"
        return Call(
            at=progress.sent_at, stage=route.template.stage, term=progress.request.term, model=route.model,
            provider=provider_of(route.model), prompt_version=route.template.prompt_version,
            key=self._key(progress, route), kind=kind, attempt=progress.attempts,
            outcome=str(problem.code) if problem else "ok", message=str(problem) if problem else None,
            tokens_in=reply.tokens_in, tokens_out=reply.tokens_out, tokens_cached=reply.tokens_cached,
            tokens_reasoning=reply.tokens_reasoning, usd=route.usd(reply), latency_s=round(latency, 3),
            queue_s=round(progress.queue_s, 3), fixed=problem is None and kind == "ask" and not is_json(reply.text),
            reservation=progress.reserved.reservation if progress.reserved else None, booked=reply.booked,
        )  # fmt: skip

    def booked(self, raw: RawReply, route: Route, template: ChatTemplate, user: str | None) -> RawReply:
        """Return the reply with the token counts and cost to book.

        Warn once for each model whose tokens we count.
        """
        checked = booked(raw, template, user, route.price, route.batch)
        if checked.booked != "reported" and route.model not in self._counted:
            self._counted.add(route.model)
            logger.warning(
                "The token usage reported by %s is missing or implausible. The tokens are counted locally instead. "
                "`kedro llm calls` marks the affected calls.", route.model,
            )  # fmt: skip
        return checked

    def _archive(self, progress: RequestProgress, route: Route, raw: RawReply, problem: BackendError | None) -> None:
        """Archive a reply that was paid for: its text, or the start of the response if it is unreadable."""
        text = raw.text if raw.text.strip() else self._without_keys(raw.body)
        if text.strip():
            template, _ = self._next(progress, route)
            archived = progress.archived(template, replace(raw, text=text), problem, route.usd(raw))
            self._writer.archive(progress.request, self._key(progress, route), archived)

    def _key(self, progress: RequestProgress, route: Route) -> str:
        """Return the request's cache key on this route. The key is different for each fallback model."""
        request = progress.request
        return request.key if route is self._routes[0] else route.template.key(request.user)

    def _next(self, progress: RequestProgress, route: Route) -> tuple[ChatTemplate, str]:
        """Return the template and user text for the next call: the request itself, or a repair of its last reply."""
        if progress.repair is None or self._repairer is None:
            return route.template, progress.request.user
        template = replace(route.template, system=self._repairer.system, schema=progress.repair.schema)
        return template, progress.repair.user

    def _set_repair(self, progress: RequestProgress, error: ReplyError) -> None:
        if self._repairer is not None and progress.text is not None:
            user = self._repairer.request(progress.text, error, progress.request.user)
            if user is not None:
                progress.repair = Repair(user, self._repairer.schema(error), error)

    def _repaired(
        self, progress: RequestProgress, repair: Repair, raw: RawReply, problem: BackendError | None
    ) -> tuple[BackendError | None, str]:
        """Return any problem with the repair, and the text of the last reply with the repaired parts merged in."""
        assert self._repairer is not None and progress.text is not None
        if problem is not None:
            return problem, progress.text
        try:
            return None, self._repairer.repaired(progress.text, raw.text, repair.error, progress.request.user)
        except ReplyError as error:
            return Unusable(error.code, f"the repair failed: {error}", retry=True), progress.text

    async def _problems_found(self, request: Request, text: str) -> tuple[Problem, ...]:
        """Return the problems that the request's quality check finds in an accepted reply."""
        check = asyncio.ensure_future(self._workers.run(request.quality_check, text))
        self._checks.add(check)
        try:
            return await check
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise
            return ()  # only the check was canceled, by ``skip_checks``
        except Exception:  # a bug in a check does no harm: the reply has already been accepted
            logger.exception("The quality checks on a reply failed because of a bug.")
            return ()
        finally:
            self._checks.discard(check)
            check.cancel()

    def _learn(self, raw: RawReply) -> None:
        tokens = raw.tokens_in + raw.tokens_out
        self.typical_tokens += (tokens - self.typical_tokens) * (_NEWEST_WEIGHT if self.typical_tokens else 1.0)


def _bug(error: Exception) -> str:
    """Return a message about an unexpected error, including the error's class for a bug report."""
    return redacted(f"unexpected {type(error).__name__}: {error}")


def _unanswered(problem: BackendError, progress: RequestProgress, route: Route) -> RawReply:
    """Return an empty reply that carries the cost to book for a failed call.

    A call that timed out may still be processed and billed. Its maximum cost is unknown if the price is unknown.
    """
    lost = progress.reserved if problem.code is FailureCode.TIMEOUT or problem.possibly_paid else None
    if lost is None:
        return RawReply("", None, 0, 0, 0.0)
    tokens_out = longest_reply(route.template, route.price) or 0
    usd = lost.usd if route.price else None
    return RawReply("", None, lost.tokens - tokens_out, tokens_out, usd, booked="reserved")


def _unusable(raw: RawReply, before: str | None) -> Unusable | None:
    """Return the problem that makes a reply unusable even before its text is parsed, or None if there is none.

    ``before`` is the text of the previous reply, or None. Some providers send an empty reply instead of saying that they
    blocked the request, so two empty replies in a row end the attempts.
    """
    if raw.finish_reason == "length" and not ends_complete(raw.text):
        message = "the reply was cut short at the token limit: raise llm.max_tokens or choose a different model"
        return Unusable(FailureCode.CUT_SHORT, message, retry=True)
    if raw.finish_reason == "content_filter":
        return Unusable(
            FailureCode.REFUSED, "the model or the provider's content filter refused the request", retry=False
        )
    if not raw.text.strip():
        return Unusable(FailureCode.EMPTY, "the reply was empty", retry=before is None or bool(before.strip()))
    return None


def _rejected(progress: RequestProgress, text: str) -> Unusable | None:
    """Return the problem if the request's own check rejects the text.

    If the check has a bug, only the current word fails.
    """
    try:
        progress.request.accept(text)
    except ReplyError as error:
        problem = Unusable(error.code, str(error), retry=KINDS[error.code].retry)
        problem.rejected = error
        return problem
    except Exception as error:  # a bug in a check fails one word, but keeps the other words' paid replies
        logger.exception("Checking a reply failed because of a bug.")
        return Unusable(FailureCode.INTERNAL, _bug(error), retry=False)
    return None
