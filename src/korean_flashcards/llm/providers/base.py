"""Define the interface to a model: each request returns a raw reply or raises ``BackendError``."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from korean_flashcards.domain.calls import RatesSeen, UsageSource
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.domain.requests import ChatTemplate
from korean_flashcards.llm.pricing.usage import ClaimedUsage

OFFLINE_MODEL = "offline/dictionary"
# Called just before a request of the current call is sent. If it raises an error, the request is not sent.
on_leaving: ContextVar[Callable[[], None] | None] = ContextVar("on_leaving", default=None)


@dataclass(frozen=True, slots=True)
class RawReply:
    """A provider's reply, before its content is checked.

    Attributes:
        tokens_in: Prompt tokens, including ``tokens_cached`` (read from the provider's prompt cache) and
            ``tokens_written`` (written to it).
        tokens_out: Reply tokens, including ``tokens_reasoning``.
        cost_usd: The cost in USD reported by the provider, or None.
        rates: The rate limits in the response headers, or None.
        claimed: The usage that the provider claims; ``booked_usage`` checks it before setting the token counts and the
            cost. None if the token counts and the cost are already known.
        reasoning: The visible reasoning, which is billed but is not part of the reply.
        body: The start of the response, if no part of it could be read as a reply.
        booked: The source of the token counts and the cost.
    """

    text: str
    finish_reason: str | None
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    tokens_cached: int = 0
    tokens_written: int = 0
    tokens_reasoning: int = 0
    rates: RatesSeen | None = None
    claimed: ClaimedUsage | None = None
    reasoning: str = ""
    body: str = ""
    booked: UsageSource = "reported"


class BackendError(Exception):
    """Raised when a call returns no usable reply.

    Attributes:
        code: What went wrong.
        retry: Whether a retry may help.
        fatal: Whether every later call would fail the same way.
        retry_after: The number of seconds to wait before the next call, if the provider specifies it.
        hint: What the user should check after a fatal error.
        paid: A partial reply that arrived with the error and was paid for, or None.
        possibly_paid: Whether the provider may bill the call even though no reply arrived.
        perhaps_word: Whether a fatal error may affect only this request. If the model has replied before, only this
            request is affected.
        rejects_format: Whether the provider may have rejected only the response format.
    """

    def __init__(
        self,
        code: FailureCode,
        message: str,
        retry: bool,
        fatal: bool = False,
        retry_after: float | None = None,
        hint: str = "",
        paid: RawReply | None = None,
        possibly_paid: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.retry = retry
        self.fatal = fatal
        self.retry_after = retry_after
        self.hint = hint
        self.paid = paid
        self.possibly_paid = possibly_paid
        self.perhaps_word = False
        self.rejects_format = False


class Backend(Protocol):
    """A connection to a model. An instance may be used by only one event loop at a time."""

    async def open(self) -> None:
        """Load the code and data that the first call needs. Loading them later would block other calls."""
        ...

    async def send(self, template: ChatTemplate, user: str, settings: LLMParameters) -> RawReply:
        """Make one call, without retries. Raises BackendError."""
        ...

    def reports_leaving(self, model: str, settings: LLMParameters) -> bool:
        """Return whether ``on_leaving`` is guaranteed to be called before each request to the model."""
        ...

    async def close(self) -> None:
        """Release the running loop's connections. A different loop can then use the instance."""
        ...
