"""Define the interfaces between the model stages, the model client, and the ledger.

``llm`` and ``ledger`` do not import each other: the client takes ``Ports``, which the ledger implements. The methods
block because they write to disk, and they can be called from any thread.
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
    """Claims on one stage's tasks, by request key. Claims prevent two runs from paying for the same request."""

    def claim(self, keys: Sequence[str]) -> ClaimResult:
        """Claim the requests that no other run has claimed. The caller must settle or release each claim."""
        ...

    def settle(self, replies: Sequence[ChatReply]) -> None:
        """Record the outcomes of requests whose replies are already in the cache."""
        ...

    def renew(self) -> None:
        """Renew this run's leases. This method is cheap enough to call often."""
        ...

    def lapsed(self) -> bool:
        """Return whether the leases have expired since this method was last called.

        After the leases expire, another run may claim the tasks.
        """
        ...

    def release(self) -> None:
        """Release the claims that have not been settled."""
        ...


class Budgets(Protocol):
    """Budgets in USD, tokens, and requests. A call's maximum cost is reserved before the call is made."""

    def reserve(self, reservations: Sequence[ReservationRequest], budget: BudgetParameters) -> ReservationResult:
        """Reserve the maximum cost of each call in order, stopping at the first call that could exceed a budget."""
        ...

    def sent(self, reservation: str) -> None:
        """Record that a call is about to be made. This method does not wait for the disk.

        If the run dies, only the calls recorded by this method are charged.
        """
        ...

    def record(self, calls: Sequence[Call]) -> None:
        """Record completed calls and release their reservations."""
        ...

    def release(self, reservations: Iterable[str]) -> None:
        """Release the reservations for calls that were never made."""
        ...

    def settle_dead(self, paid: Callable[[str, float], PaidReply | None]) -> int:
        """Record the calls that were in flight when their runs died, and return the number of calls.

        Args:
            paid: Function that returns the cost of a key's cached reply, or None if no reply arrived after the given
                Unix time.
        """
        ...


class RateLimits(Protocol):
    """Each model's rate limits, shared by all runs. Times are Unix timestamps in seconds."""

    def slots(self, model: str, count: int, tokens: float, rates: RateParameters) -> list[float] | None:
        """Reserve start times for the next ``count`` calls of about ``tokens`` tokens each.

        Return None if all calls may start now.
        """
        ...

    def seen(self, model: str, rates: RatesSeen) -> None:
        """Store the limits reported in the provider's response headers."""
        ...

    def refused(self, model: str, accepted_rpm: float | None, wait: float) -> None:
        """Record that the provider throttles all calls.

        Pause calls for ``wait`` seconds, then use a lower rate if ``accepted_rpm`` is known.
        """
        ...

    def raise_rate(self, model: str, since: float) -> float | None:
        """Raise a learned rate, because calls at that rate have succeeded since the time ``since``.

        Return the previous rate, or None if the rate was not raised.
        """
        ...

    def free_at(self, model: str) -> float:
        """Return the earliest time of the model's next call, based on the limits that all runs have encountered."""
        ...


class CircuitBreakers(Protocol):
    """Each model's circuit breaker, shared by all runs. Times are Unix timestamps in seconds."""

    def breaker(self, model: str) -> Breaker:
        """Return the state of the model's circuit breaker."""
        ...

    def open(self, model: str, reason: str, breaker: BreakerParameters) -> Breaker:
        """Open the breaker unless another run has already opened it, and return the breaker's state."""
        ...

    def probe(self, model: str, lasting: float) -> bool:
        """Return whether the caller may make the single test call, which must end within ``lasting`` seconds."""
        ...

    def still_down(self, model: str, reason: str, longest_rest: float) -> Breaker:
        """Record a failed test call, double the wait before the next one, and return the breaker's state."""
        ...

    def close(self, model: str) -> None:
        """Close the breaker because the provider is replying again."""
        ...


class Batches(Protocol):
    """Batches submitted to the providers' batch APIs. A batch can outlast the run that submitted it."""

    def under_way(self, keys: Iterable[str]) -> dict[str, ProviderBatch]:
        """Return a mapping from request keys to open batches. Requests that are not in an open batch are omitted."""
        ...

    def waiting(self, stage: Stage) -> bool:
        """Return whether the stage has an open batch."""
        ...

    def take(self, stage: Stage) -> tuple[list[ProviderBatch], bool]:
        """Claim and return the stage's open batches. Also return whether other runs hold any other open batches."""
        ...

    def leave(self) -> None:
        """Release the batches that this run claimed or submitted."""
        ...

    def lines(self, batch: ProviderBatch) -> dict[str, BatchLine]:
        """Return the batch's unfinished lines, keyed by request key."""
        ...

    def begin(
        self, batch: ProviderBatch, reservations: Sequence[ReservationRequest], budget: BudgetParameters
    ) -> BatchStart:
        """Record a new batch before submission, with the requests that fit within the budget and are not yet in a batch."""
        ...

    def note(self, batch: ProviderBatch) -> None:
        """Update the batch's recorded state."""
        ...

    def settle(self, batch: ProviderBatch, calls: Sequence[Call], undone: Iterable[str]) -> None:
        """Record the finished lines: calls with a reply, and the keys of lines that the provider did not process."""
        ...


@dataclass(frozen=True)
class Ports:
    """The model client's dependencies besides its cache: claims, budgets, rate limits, breakers, and batches."""

    claims: TaskClaims
    budgets: Budgets
    rate_limits: RateLimits
    breakers: CircuitBreakers
    batches: Batches


class Consent(Protocol):
    """A callback that obtains the user's consent to a run's cost before a stage's first request is sent."""

    def __call__(self, stage: Stage) -> None:
        """Check that the stage's requests may be sent.

        Raises:
            NotConfirmedError: The user did not confirm the cost.
        """
        ...


class ChatClient(Protocol):
    """The ``llm`` dataset as nodes see it, implemented by ``llm.client.LLMClient``."""

    def model_version(self, model: str) -> str: ...

    def cached(self, keys: Iterable[str]) -> set[str]: ...

    def recall(self, requests: Iterable[Request]) -> dict[str, ChatReply]: ...

    def user_text(self, key: str) -> str | None: ...

    def rejected_text(self, key: str | None) -> str | None: ...

    def complete(
        self, template: ChatTemplate, requests: Sequence[Request], settings: LLMParameters, ports: Ports,
        repairer: Repairer | None, check: ReplyCheck, consent: Consent | None,
    ) -> list[ChatReply]: ...  # fmt: skip


class TaskQueue(Protocol):
    """``ledger.queue`` as nodes see it, implemented by ``ledger.tasks.queue.LedgerTaskQueue``."""

    def select(
        self, batches: Sequence[str] | None, words: Sequence[str] | None, priority_min: int | None, limit: int | None
    ) -> list[str]: ...

    def listed(self, batches: Sequence[str]) -> set[str]: ...

    def dead(self, item_ids: Iterable[str]) -> set[str]: ...

    def unknown(self, item_ids: Iterable[str]) -> set[str]: ...

    def removed(self) -> set[str]: ...

    def tasks(self, stage: Stage, item_ids: Iterable[str]) -> dict[str, Task]: ...

    def prompt_numbers(self, stage: Stage) -> dict[str, int]: ...

    def note(self, stage: Stage, prompt: Prompt, decisions: Iterable[TaskDecision]) -> None: ...

    def keep_good(self, stage: Stage, before: Iterable[Task]) -> None: ...

    def claims(self, stage: Stage, decisions: Iterable[TaskDecision], parameters: TaskParameters) -> TaskClaims: ...


class TaskLedger(Protocol):
    """The ``ledger`` dataset as the model stages see it, implemented by ``ledger.facade.Ledger``."""

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
