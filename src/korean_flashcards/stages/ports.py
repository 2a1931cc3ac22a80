"""Define the interfaces between the model stages, the model client and the ledger.

``llm`` and ``ledger`` do not import each other: the client takes ``Ports``, which the ledger implements. The methods
block, because they write to disk, and may be called from any thread.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from korean_flashcards.domain.calls import (
    BatchLine,
    BatchStart,
    Breaker,
    Call,
    PaidReply,
    ProviderBatch,
    RatesSeen,
    ReservationRequest,
    ReservationResult,
    RunPayments,
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
    """Claim the tasks of one stage by request key, so that two runs never pay for the same request."""

    def claim(self, keys: Sequence[str]) -> ClaimResult:
        """Claim the requests that no different run has claimed. The caller must settle or release them."""
        ...

    def settle(self, replies: Sequence[ChatReply]) -> None:
        """Record the outcome of requests. Their replies are in the cache already."""
        ...

    def renew(self) -> None:
        """Renew the leases of this run. Cheap to call often."""
        ...

    def lapsed(self) -> bool:
        """Return whether the leases have expired since the last call, so that a different run may have them now."""
        ...

    def release(self) -> None:
        """Release the claims that were not settled."""
        ...


class Budgets(Protocol):
    """Enforce budgets in USD, tokens and requests. The maximum cost of a call is reserved before it is sent."""

    def reserve(self, reservations: Sequence[ReservationRequest], budget: BudgetParameters) -> ReservationResult:
        """Reserve the maximum cost of each call, in order, up to the first one that could exceed a budget."""
        ...

    def sent(self, reservation: str) -> None:
        """Note that a call leaves now. If the run dies, only such calls are charged. Does not wait for the disk."""
        ...

    def record(self, calls: Sequence[Call]) -> None:
        """Record calls that ended and release their reservations."""
        ...

    def release(self, reservations: Iterable[str]) -> None:
        """Release the reservations of calls that were never sent."""
        ...

    def settle_dead(self, paid: Callable[[str, float], PaidReply | None]) -> int:
        """Record the calls in flight of runs that died; return how many.

        Args:
            paid: Returns the cost of the cached reply to a key, if it arrived after this Unix time.
        """
        ...


class RateLimits(Protocol):
    """Share rate limits by model between all runs. Times are Unix seconds."""

    def slots(self, model: str, count: int, tokens: float, rates: RateParameters) -> list[float] | None:
        """Reserve times for the next ``count`` calls of about ``tokens`` tokens each; None means now."""
        ...

    def seen(self, model: str, rates: RatesSeen) -> None:
        """Store the limits from the provider's response headers."""
        ...

    def refused(self, model: str, requested_rpm: float, wait: float) -> None:
        """Record that the provider throttles all calls: wait ``wait`` seconds, then lower the rate."""
        ...


class CircuitBreakers(Protocol):
    """Share circuit breakers by model between all runs. Times are Unix seconds."""

    def breaker(self, model: str) -> Breaker:
        """Return the state of the model's circuit breaker."""
        ...

    def open(self, model: str, reason: str, breaker: BreakerParameters) -> Breaker:
        """Open the breaker unless a different run opened it already; return its state."""
        ...

    def probe(self, model: str, lasting: float) -> bool:
        """Return whether the caller may make the one test call. It must end within ``lasting`` seconds."""
        ...

    def still_down(self, model: str, reason: str, longest_rest: float) -> Breaker:
        """Record a failed test call: wait twice as long before the next one; return the breaker's state."""
        ...

    def close(self, model: str) -> None:
        """Close the breaker, because the provider replies again."""
        ...


class Batches(Protocol):
    """Track batches at the providers' batch APIs. A batch can outlast the run that submitted it."""

    def under_way(self, keys: Iterable[str]) -> dict[str, ProviderBatch]:
        """Return the batch of each request that is in an open batch, by key."""
        ...

    def waiting(self, stage: Stage) -> bool:
        """Return whether the stage has an open batch."""
        ...

    def take(self, stage: Stage) -> tuple[list[ProviderBatch], bool]:
        """Claim the stage's open batches; return them, and whether a different run has more."""
        ...

    def leave(self) -> None:
        """Release the batches that this run claimed or submitted."""
        ...

    def lines(self, batch: ProviderBatch) -> dict[str, BatchLine]:
        """Return the lines of the batch that have not ended, by key."""
        ...

    def begin(
        self, batch: ProviderBatch, reservations: Sequence[ReservationRequest], budget: BudgetParameters
    ) -> BatchStart:
        """Record a batch before it is submitted, with the requests that are not in a batch and fit the budget."""
        ...

    def note(self, batch: ProviderBatch) -> None:
        """Update the recorded state of the batch."""
        ...

    def settle(self, batch: ProviderBatch, calls: Sequence[Call], undone: Iterable[str]) -> None:
        """Record lines that ended: calls with a reply, and keys of lines that the provider did not process."""
        ...


@dataclass(frozen=True)
class Ports:
    """Bundle what the model client needs besides its cache: claims, budgets, rate limits, breakers, batches."""

    claims: TaskClaims
    budgets: Budgets
    rate_limits: RateLimits
    breakers: CircuitBreakers
    batches: Batches


class Consent(Protocol):
    """Obtain consent to the cost of a run. Called before the first request of a stage is sent."""

    def __call__(self, stage: Stage) -> None:
        """Check that the requests of the stage may be sent.

        Raises:
            NotConfirmedError: The user did not confirm.
        """
        ...


class ChatClient(Protocol):
    """Define the ``llm`` dataset for nodes. ``llm.client.LLMClient`` implements it."""

    def model_version(self, model: str) -> str: ...

    def cached(self, keys: Iterable[str]) -> set[str]: ...

    def recall(self, requests: Iterable[Request]) -> dict[str, ChatReply]: ...

    def user_text(self, key: str) -> str | None: ...

    def complete(
        self, template: ChatTemplate, requests: Sequence[Request], settings: LLMParameters, ports: Ports,
        repairer: Repairer | None, check: ReplyCheck, consent: Consent | None,
    ) -> list[ChatReply]: ...  # fmt: skip


class TaskQueue(Protocol):
    """Define ``ledger.queue`` for nodes. ``ledger.tasks.queue.LedgerTaskQueue`` implements it."""

    def select(
        self, batches: Sequence[str] | None, words: Sequence[str] | None, priority_min: int | None, limit: int | None
    ) -> list[str]: ...

    def dead(self, item_ids: Iterable[str]) -> set[str]: ...

    def tasks(self, stage: Stage, item_ids: Iterable[str]) -> dict[str, Task]: ...

    def prompt_numbers(self, stage: Stage) -> dict[str, int]: ...

    def note(self, stage: Stage, prompt: Prompt, decisions: Iterable[TaskDecision]) -> None: ...

    def claims(self, stage: Stage, decisions: Iterable[TaskDecision], parameters: TaskParameters) -> TaskClaims: ...


class TaskLedger(Protocol):
    """Define the ``ledger`` dataset for the model stages. ``ledger.facade.Ledger`` implements it."""

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

    def payments(self) -> RunPayments | None: ...
