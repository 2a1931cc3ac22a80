"""What one question has used up so far: attempts, tokens, money, time, and the last text that came back."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from korean_flashcards.domain.calls import Want
from korean_flashcards.domain.records import ReplyError
from korean_flashcards.domain.requests import Ask, ChatReply, ChatTemplate
from korean_flashcards.llm.cache.replies import PART, ArchivedReply, StoredReply
from korean_flashcards.llm.dispatch.routes import Route
from korean_flashcards.llm.providers.base import BackendError, RawReply


@dataclass(frozen=True, slots=True)
class Repair:
    """A request for the parts of a reply that ``error`` names."""

    user: str
    schema: dict[str, Any]
    error: ReplyError


@dataclass(slots=True)
class Account:
    """Adds up the calls of one question.

    ``excused`` of the ``attempts`` do not count as failed: rate limits that were waited out, calls into an outage, repairs.
    ``source``: the model whose reply is in the cache, whatever comes of a repair. ``want``: what is set aside for the next
    call. ``repair``: what is asked for next, where only a part of the last text
    must not be used. Of the last call: ``route``, the model that it went to; ``ready_at`` (monotonic clock), ``sent_at``
    (Unix time), ``queue_s``.
    """

    ask: Ask
    attempts: int = 0
    excused: int = 0
    waited_out: int = 0
    source: Route | None = None
    want: Want | None = None
    route: Route | None = None
    repair: Repair | None = None
    text: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0
    latency_s: float = 0.0
    ready_at: float = field(default_factory=time.monotonic)
    sent_at: float = 0.0
    queue_s: float = 0.0

    def add(self, raw: RawReply, usd: float | None) -> None:
        """Count a reply that was paid for, whether it can be used or not."""
        self.tokens_in += raw.tokens_in
        self.tokens_out += raw.tokens_out
        self.cost_usd = None if self.cost_usd is None or usd is None else self.cost_usd + usd

    def stored(self, template: ChatTemplate) -> StoredReply:
        """The accepted reply as the cache keeps it."""
        assert self.text is not None
        return StoredReply(
            text=self.text,
            tokens_in=self.tokens_in,
            tokens_out=self.tokens_out,
            cost_usd=self.cost_usd,
            latency_s=round(self.latency_s, 3),
            attempts=self.attempts,
            model=template.model,
            stage=template.stage,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            prompt_version=template.prompt_version,
            user=self.ask.user,
            template=template.key(""),
        )

    def archived(
        self, template: ChatTemplate, raw: RawReply, problem: BackendError | None, usd: float | None
    ) -> ArchivedReply:
        """A reply that was not accepted as it came, as the archive keeps it; ``template`` is what was really asked."""
        return ArchivedReply(
            text=raw.text,
            outcome=str(problem.code) if problem else PART,
            message=str(problem) if problem else "",
            user=self.repair.user if self.repair else self.ask.user,
            model=template.model,
            stage=template.stage,
            created=datetime.now(UTC).isoformat(timespec="microseconds"),
            finish_reason=raw.finish_reason,
            tokens_in=raw.tokens_in,
            tokens_out=raw.tokens_out,
            cost_usd=usd,
            prompt_version=template.prompt_version,
            template=None if self.repair else template.key(""),
        )

    def reply(
        self, problem: BackendError | None = None, found: str | None = None, model: str | None = None
    ) -> ChatReply:
        """The end of the question: accepted (from ``model``, under the key ``found``), or failed by ``problem``."""
        return ChatReply(
            key=self.ask.key,
            text=self.text,
            cached=False,
            attempts=self.attempts,
            code=problem.code if problem else None,
            message=str(problem) if problem else None,
            found=found,
            model=model,
            tokens_in=self.tokens_in,
            tokens_out=self.tokens_out,
            cost_usd=self.cost_usd,
            latency_s=self.latency_s,
        )
