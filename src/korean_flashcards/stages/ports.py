"""The interfaces through which the model stages meet the model client and the ledger; each is defined once, here.

``llm`` and ``ledger`` never import each other: the client takes ``Ports``, which the ledger implements. Methods block, as
they write to a disk, and may be called from any thread.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from korean_flashcards.domain.calls import (
    BatchLine,
    BatchStart,
    Breaker,
    Call,
    ProviderBatch,
    RatesSeen,
    ReservationRequest,
    ReservationResult,
)
from korean_flashcards.domain.parameters import (
    BreakerParameters,
    BudgetParameters,
    LLMParameters,
    RateParameters,
    TaskParameters,
)
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import ChatReply, ChatTemplate, Prompt, Repairer, ReplyCheck, Request
from korean_flashcards.stages.task import ClaimResult, Task, TaskDecision


class TaskClaims(Protocol):
    """Claims on the tasks of one stage, by request key, so that two runs never pay for the same request."""

    def claim(self, keys: Sequence[str]) -> ClaimResult:
        """Claim the requests that no other run has claimed. The caller settles or releases them."""
        ...

    def settle(self, replies: Sequence[ChatReply]) -> None:
        """Record the outcome of requests. Their replies are in the cache already."""
        ...

    def renew(self) -> None:
        """Renew the leases of this run. Cheap enough to call often."""
        ...

    def lapsed(self) -> bool:
        """Return whether the leases expired since the last call, so that another run may hold them now."""
        ...

    def release(self) -> None:
        """Give back the claims that were not settled."""
        ...


class Budgets(Protocol):
    """Budgets in USD and tokens: the maximum cost of a call is reserved before it is sent."""

    def reserve(self, reservations: Sequence[ReservationRequest], budget: BudgetParameters) -> ReservationResult:
        """Reserve the maximum cost of each call, in order, up to the first one that could exceed a budget."""
        ...

    def record(self, calls: Sequence[Call]) -> None:
        """Record calls that ended and free their reservations."""
        ...

    def release(self, reservations: Iterable[str]) -> None:
        """Free the reservations of calls that were never sent."""
        ...

    def settle_dead(self, paid: Callable[[str], float | None]) -> int:
        """Record the calls of runs that died; return how many. ``paid``: USD of the cached reply to a key."""
        ...


class RateLimits(Protocol):
    """Rate limits by model, shared by all runs. Times are Unix seconds."""

    def slots(self, model: str, count: int, tokens: float, rates: RateParameters) -> list[float] | None:
        """Reserve times for the next ``count`` calls; None where no limit is known."""
        ...

    def seen(self, model: str, rates: RatesSeen) -> None:
        """Take over the limits in the provider's response headers."""
        ...

    def refused(self, model: str, requested_rpm: float, wait: float) -> None:
        """The provider throttles all calls: wait this long, then lower the rate."""
        ...


class CircuitBreakers(Protocol):
    """Circuit breakers by model, shared by all runs. Times are Unix seconds."""

    def breaker(self, model: str) -> Breaker:
        """Return the state of the model's circuit breaker."""
        ...

    def open(self, model: str, reason: str, breaker: BreakerParameters) -> Breaker:
        """Open the breaker, unless another run opened it already; return its state."""
        ...

    def probe(self, model: str, lasting: float) -> bool:
        """Return whether the caller may make the one call that tests the provider, within ``lasting`` seconds."""
        ...

    def still_down(self, model: str, reason: str, longest_rest: float) -> Breaker:
        """Record a failed probe: wait twice as long before the next one; return the breaker's state."""
        ...

    def close(self, model: str) -> None:
        """Close the breaker: the provider answers again."""
        ...


class Batches(Protocol):
    """Batches at the providers' batch APIs. They outlive the run that submitted them."""

    def under_way(self, keys: Iterable[str]) -> dict[str, ProviderBatch]:
        """Return the batch of each request that is in one."""
        ...

    def waiting(self, stage: Stage) -> bool:
        """Return whether a batch of the stage has not ended."""
        ...

    def take(self, stage: Stage) -> tuple[list[ProviderBatch], bool]:
        """Claim the stage's open batches; return them, and whether another run holds more of them."""
        ...

    def leave(self) -> None:
        """Release the batches that this run claimed or began."""
        ...

    def lines(self, batch: ProviderBatch) -> dict[str, BatchLine]:
        """Return the batch's lines that have not ended, by key."""
        ...

    def begin(
        self, batch: ProviderBatch, reservations: Sequence[ReservationRequest], budget: BudgetParameters
    ) -> BatchStart:
        """Record a batch before it is submitted, with the requests that are in no other batch and that the budget allows."""
        ...

    def note(self, batch: ProviderBatch) -> None:
        """Record the batch's state."""
        ...

    def settle(self, batch: ProviderBatch, calls: Sequence[Call], undone: Iterable[str]) -> None:
        """Record lines that ended, one call each, and the keys of lines that the provider did not process."""
        ...


@dataclass(frozen=True)
class Ports:
    """Everything that the model client needs besides its cache: claims, budgets, rate limits, breakers, batches."""

    claims: TaskClaims
    budgets: Budgets
    rate_limits: RateLimits
    breakers: CircuitBreakers
    batches: Batches


class Consent(Protocol):
    """Consent to what a run costs: called with the stage before its first request is sent."""

    def __call__(self, stage: Stage) -> None:
        """Return if the stage may be sent. Raises NotConfirmedError otherwise."""
        ...


class ChatClient(Protocol):
    """The ``llm`` dataset as nodes use it (``llm.client.LLMClient``)."""

    def model_version(self, model: str) -> str: ...

    def cached(self, keys: Iterable[str]) -> set[str]: ...

    def recall(self, requests: Iterable[Request]) -> dict[str, ChatReply]: ...

    def user_text(self, key: str) -> str | None: ...

    def complete(
        self, template: ChatTemplate, requests: Sequence[Request], settings: LLMParameters, ports: Ports,
        repairer: Repairer | None, check: ReplyCheck, consent: Consent | None,
    ) -> list[ChatReply]: ...  # fmt: skip


class TaskQueue(Protocol):
    """``ledger.queue`` as nodes use it (``ledger.tasks.queue.LedgerTaskQueue``)."""

    def select(
        self, batches: Sequence[str] | None, words: Sequence[str] | None, priority_min: int | None, limit: int | None
    ) -> list[str]: ...

    def dead(self, item_ids: Iterable[str]) -> set[str]: ...

    def tasks(self, stage: Stage, item_ids: Iterable[str]) -> dict[str, Task]: ...

    def prompt_numbers(self, stage: Stage) -> dict[str, int]: ...

    def note(self, stage: Stage, prompt: Prompt, decisions: Iterable[TaskDecision]) -> None: ...

    def claims(self, stage: Stage, decisions: Iterable[TaskDecision], parameters: TaskParameters) -> TaskClaims: ...


class TaskLedger(Protocol):
    """The ``ledger`` dataset as the model stages use it (``ledger.facade.Ledger``)."""

    @property
    def queue(self) -> TaskQueue: ...

    @property
    def budgets(self) -> Budgets: ...

    @property
    def rate_limits(self) -> RateLimits: ...

    @property
    def breakers(self) -> CircuitBreakers: ...

    @property
    def provider_batches(self) -> Batches: ...
