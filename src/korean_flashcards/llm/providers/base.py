"""Define the interface to a model: each request returns a raw reply or raises ``BackendError``."""

from dataclasses import dataclass
from typing import Protocol

from korean_flashcards.domain.calls import RatesSeen
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.domain.requests import ChatTemplate

OFFLINE_MODEL = "offline/dictionary"


@dataclass(frozen=True, slots=True)
class RawReply:
    """A provider's reply, before its content is checked.

    ``tokens_in`` includes the tokens read from the provider's prompt cache (``tokens_cached``) and the tokens written to it
    (``tokens_written``). ``tokens_out`` includes ``tokens_reasoning``. ``cost_usd``: the cost reported by the provider,
    or None if it reports no cost. ``rates``: the rate limits in the response headers.
    """

    text: str
    finish_reason: str | None
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    tokens_cached: int = 0
    tokens_written: int = 0
    tokens_reasoning: int = 0
    rates: RatesSeen | None = None


class BackendError(Exception):
    """Raised when a call returns no usable reply.

    ``retry``: a retry may help. ``fatal``: every later call would fail the same way. ``retry_after``: seconds to wait
    before the next call, according to the provider. ``hint``: what the user should check after a fatal error.
    """

    def __init__(
        self,
        code: FailureCode,
        message: str,
        retry: bool,
        fatal: bool = False,
        retry_after: float | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.retry = retry
        self.fatal = fatal
        self.retry_after = retry_after
        self.hint = hint


class Backend(Protocol):
    """A connection to a model. Only one event loop may use an instance at a time."""

    async def open(self) -> None:
        """Load what the first call needs. Loading it later would block the event loop during other calls."""
        ...

    async def send(self, template: ChatTemplate, user: str, settings: LLMParameters) -> RawReply:
        """Make one call, without retries. Raises BackendError."""
        ...

    async def close(self) -> None:
        """Release the running loop's connections. A different loop can then use the instance."""
        ...
