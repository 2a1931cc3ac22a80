"""Keep track of one request across all its calls: its attempts, its cost, and the repair that its last reply needs."""

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from korean_flashcards.domain.calls import ReservationRequest
from korean_flashcards.domain.records import PendingCode, ReplyError
from korean_flashcards.domain.requests import ChatReply, ChatTemplate, Request
from korean_flashcards.llm.cache.replies import PART, ArchivedReply, StoredReply
from korean_flashcards.llm.dispatch.routes import Route
from korean_flashcards.llm.providers.base import BackendError, RawReply


@dataclass(frozen=True, slots=True)
class Repair:
    """A request to repair the invalid parts of a reply. ``error`` lists these parts."""

    user: str
    schema: dict[str, Any]
    error: ReplyError


@dataclass(slots=True)
class RequestProgress:
    """The progress of one request across all its calls.

    ``attempts``: the number of calls so far. ``excused``: the number of calls that do not count as failed attempts
    (rate limits, outages, and repairs). ``timeouts``: the number of calls that timed out. ``timed_out_since``: when the
    first timed-out call was made. ``limited_since``: when the current series of 429 errors began. Both times come from
    the monotonic clock. ``avoided``: endpoints that failed for this word only. ``source``: the route whose accepted reply
    is in the cache. ``reserved``: the reservation for the next call. ``repair``: the repair to send next, if only parts of
    the last reply are invalid. ``tokens_in``, ``tokens_out``, and ``cost_usd``: totals of the calls with a reply.
    ``lost_in``, ``lost_out``, and ``lost_usd``: totals of the calls without a reply that may be billed, booked at their
    maximum. The following attributes describe the last call: ``route``, ``ready_at`` (monotonic clock), ``sent_at`` (Unix
    time), and ``queue_s`` (seconds).
    """

    request: Request
    attempts: int = 0
    excused: int = 0
    timeouts: int = 0
    timed_out_since: float | None = None
    limited_since: float | None = None
    avoided: set[str] = field(default_factory=set)
    source: Route | None = None
    reserved: ReservationRequest | None = None
    route: Route | None = None
    repair: Repair | None = None
    text: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0
    lost_in: int = 0
    lost_out: int = 0
    lost_usd: float | None = 0.0
    latency_s: float = 0.0
    ready_at: float = field(default_factory=time.monotonic)
    sent_at: float = 0.0
    queue_s: float = 0.0

    def add(self, raw: RawReply, usd: float | None) -> None:
        """Add a reply's tokens and cost to the totals, whether or not the reply is usable."""
        self.tokens_in += raw.tokens_in
        self.tokens_out += raw.tokens_out
        self.cost_usd = _sum(self.cost_usd, usd)

    def add_lost(self, raw: RawReply, usd: float | None) -> None:
        """Add what is booked for a call without a reply.

        The cached reply's cost leaves this out, because it shows what the same reply would cost again.
        """
        self.lost_in += raw.tokens_in
        self.lost_out += raw.tokens_out
        self.lost_usd = _sum(self.lost_usd, usd)

    def stored(self, template: ChatTemplate) -> StoredReply:
        """Return the accepted reply in the form stored in the cache."""
        assert self.text is not None
        return StoredReply(
            text=self.text, tokens_in=self.tokens_in, tokens_out=self.tokens_out, cost_usd=self.cost_usd,
            latency_s=round(self.latency_s, 3), attempts=self.attempts, model=template.model, stage=template.stage,
            created=datetime.now(UTC).isoformat(timespec="seconds"), prompt_version=template.prompt_version,
            user=self.request.user, template=template.key(""),
        )  # fmt: skip

    def archived(
        self, template: ChatTemplate, raw: RawReply, problem: BackendError | None, usd: float | None
    ) -> ArchivedReply:
        """Return a rejected or repaired reply in the form stored in the archive. ``template``: the call's template."""
        return ArchivedReply(
            text=raw.text, outcome=str(problem.code) if problem else PART, message=str(problem) if problem else "",
            user=self.repair.user if self.repair else self.request.user, model=template.model, stage=template.stage,
            created=datetime.now(UTC).isoformat(timespec="microseconds"), finish_reason=raw.finish_reason,
            tokens_in=raw.tokens_in, tokens_out=raw.tokens_out, cost_usd=usd, prompt_version=template.prompt_version,
            template=None if self.repair else template.key(""),
        )  # fmt: skip

    def reply(
        self, problem: BackendError | None = None, found: str | None = None, model: str | None = None
    ) -> ChatReply:
        """Return the final reply: accepted (from ``model``, stored under ``found``), or failed with ``problem``."""
        return ChatReply(
            key=self.request.key, text=self.text, cached=False, attempts=self.attempts,
            code=problem.code if problem else None, message=str(problem) if problem else None, found=found, model=model,
            tokens_in=self.tokens_in + self.lost_in, tokens_out=self.tokens_out + self.lost_out,
            cost_usd=_sum(self.cost_usd, self.lost_usd), latency_s=self.latency_s,
        )  # fmt: skip

    def pending(self, code: PendingCode, message: str) -> ChatReply:
        """Return the final reply for a request that stays pending, with the calls made for it so far."""
        return replace(self.reply(), text=None, pending=code, message=message)


def _sum(usd: float | None, more: float | None) -> float | None:
    """Return the sum of two amounts, or None if either is unknown."""
    return None if usd is None or more is None else usd + more
