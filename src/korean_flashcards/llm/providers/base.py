"""The protocol of a provider: one request in, one raw reply out, or a ``BackendError`` that says what to do."""

from dataclasses import dataclass
from typing import Protocol

from korean_flashcards.domain.calls import RatesSeen
from korean_flashcards.domain.parameters import LLMParameters
from korean_flashcards.domain.records import FailureCode
from korean_flashcards.domain.requests import ChatTemplate

OFFLINE_MODEL = "offline/dictionary"


@dataclass(frozen=True, slots=True)
class RawReply:
    """A provider's reply before its content is checked.

    ``tokens_in`` includes those read from the provider's prompt cache (``tokens_cached``) and written into it
    (``tokens_written``); ``tokens_out`` includes ``tokens_reasoning``. ``cost_usd``: what the provider says, else None.
    ``rates``: what its headers say of its limits.
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
    """A call without a usable reply.

    ``retry``: a retry may help. ``fatal``: every further call would fail alike. ``retry_after``: seconds that
    the provider tells us to wait. ``hint``: what the user should check, for the message of a fatal error.
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
    """A model behind the client. An instance is used by one event loop at a time."""

    async def open(self) -> None:
        """Load what the first call needs, before many leave at once: a loop held up then sends them all in waves."""
        ...

    async def send(self, template: ChatTemplate, user: str, settings: LLMParameters) -> RawReply:
        """One call, never retried inside. Raises BackendError."""
        ...

    async def close(self) -> None:
        """Release the connections of the running loop; the instance can be used again with another loop."""
        ...
