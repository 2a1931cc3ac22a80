"""Provide ports for a client without a ledger. Nothing is recorded or limited, and there are no other runs."""

from collections.abc import Callable, Iterable, Sequence

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
)
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.parameters import BreakerParameters, BudgetParameters, RateParameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import ChatReply
from korean_flashcards.stages.ports import Ports
from korean_flashcards.stages.task import ClaimResult


class NullTaskClaims:
    """Task claims that are always granted."""

    def claim(self, keys: Sequence[str]) -> ClaimResult:
        """Grant all keys."""
        return ClaimResult(granted=keys, failed={})

    def settle(self, replies: Sequence[ChatReply]) -> None:
        """Do nothing."""

    def renew(self) -> None:
        """Do nothing."""

    def lapsed(self) -> bool:
        """Return False, because there are no leases."""
        return False

    def release(self) -> None:
        """Do nothing."""


class NullBudgets:
    """An unlimited budget that grants every reservation."""

    def reserve(self, reservations: Sequence[ReservationRequest], budget: BudgetParameters) -> ReservationResult:
        """Grant all reservations."""
        return ReservationResult(len(reservations))

    def record(self, calls: Sequence[Call]) -> None:
        """Do nothing."""

    def release(self, reservations: Iterable[str]) -> None:
        """Do nothing."""

    def sent(self, reservation: str) -> None:
        """Do nothing."""

    def settle_dead(self, paid: Callable[[str, float], PaidReply | None]) -> int:
        """Return 0, because no other run has left reservations behind."""
        return 0


class NullRateLimits:
    """Rate limits that never delay a call."""

    def slots(self, model: str, count: int, tokens: float, rates: RateParameters) -> list[float] | None:
        """Return None, because no rate limit is known."""
        return None

    def seen(self, model: str, rates: RatesSeen) -> None:
        """Do nothing."""

    def refused(self, model: str, accepted_rpm: float | None, wait: float) -> None:
        """Do nothing."""

    def raise_rate(self, model: str, since: float) -> float | None:
        """Return None, because no rate has been learned."""
        return None

    def free_at(self, model: str) -> float:
        """Return 0, because calls never have to wait for a limit."""
        return 0.0


class NullCircuitBreakers:
    """Circuit breakers that never open."""

    def breaker(self, model: str) -> Breaker:
        """Return a closed breaker."""
        return Breaker()

    def open(self, model: str, reason: str, breaker: BreakerParameters) -> Breaker:
        """Return a closed breaker."""
        return Breaker()

    def probe(self, model: str, lasting: float) -> bool:
        """Return False, because a closed breaker needs no probe."""
        return False

    def still_down(self, model: str, reason: str, longest_rest: float) -> Breaker:
        """Return a closed breaker."""
        return Breaker()

    def close(self, model: str) -> None:
        """Do nothing, because the breaker is always closed."""


class NullBatches:
    """A port that rejects all batches, because no later run would know about them without a ledger."""

    def under_way(self, keys: Iterable[str]) -> dict[str, ProviderBatch]:
        """Return no batches."""
        return {}

    def waiting(self, stage: Stage) -> bool:
        """Return False, because there are no batches."""
        return False

    def take(self, stage: Stage) -> tuple[list[ProviderBatch], bool]:
        """Return no batches."""
        return [], False

    def leave(self) -> None:
        """Do nothing."""

    def lines(self, batch: ProviderBatch) -> dict[str, BatchLine]:
        """Return no lines."""
        return {}

    def begin(
        self, batch: ProviderBatch, reservations: Sequence[ReservationRequest], budget: BudgetParameters
    ) -> BatchStart:
        """Raise SettingsError, because no later run could fetch the replies."""
        raise SettingsError(
            "Batch mode needs a ledger, because a later run fetches the replies. Nothing was sent. Use "
            "llm.mode=calls, or start the run with `kedro run`."
        )

    def note(self, batch: ProviderBatch) -> None:
        """Do nothing."""

    def settle(self, batch: ProviderBatch, calls: Sequence[Call], undone: Iterable[str]) -> None:
        """Do nothing."""


NULL_PORTS = Ports(NullTaskClaims(), NullBudgets(), NullRateLimits(), NullCircuitBreakers(), NullBatches())
