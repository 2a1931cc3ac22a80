"""What one question has used up so far: attempts, tokens, money, time, and the last text that came back."""

from dataclasses import dataclass
from datetime import UTC, datetime

from korean_flashcards.chat import Ask, ChatReply, ChatTemplate
from korean_flashcards.llm.backend import BackendError, RawReply
from korean_flashcards.llm.cache import StoredReply


@dataclass(slots=True)
class Account:
    """Adds up the attempts of one question; ``waited_out`` of them were rate limits that do not count as failed."""

    ask: Ask
    attempts: int = 0
    waited_out: int = 0
    text: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0
    latency_s: float = 0.0

    def add(self, raw: RawReply) -> None:
        """Count a reply that was paid for, whether it can be used or not."""
        self.text = raw.text
        self.tokens_in += raw.tokens_in
        self.tokens_out += raw.tokens_out
        known = self.cost_usd is not None and raw.cost_usd is not None
        self.cost_usd = self.cost_usd + raw.cost_usd if known else None  # type: ignore[operator]

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
        )

    def reply(self, problem: BackendError | None = None) -> ChatReply:
        """The end of the question: accepted, or failed by ``problem``."""
        return ChatReply(
            key=self.ask.key,
            text=self.text,
            cached=False,
            attempts=self.attempts,
            code=problem.code if problem else None,
            message=str(problem) if problem else None,
            tokens_in=self.tokens_in,
            tokens_out=self.tokens_out,
            cost_usd=self.cost_usd,
            latency_s=self.latency_s,
        )
