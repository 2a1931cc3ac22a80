"""Where a client announces calls and accounts for them, so that runs share work, money and manners.

The ledger keeps it (``ledger.leases``, ``purse``, ``traffic``, ``provider_batches``); nodes only pass it on. Methods block,
as they write to a disk, and may be called from any thread.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from korean_flashcards.domain.calls import BatchLine, Begun, Breaker, Call, Grants, ProviderBatch, RatesSeen, Want
from korean_flashcards.domain.parameters import BreakerParameters, BudgetParameters, RateParameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import ChatReply
from korean_flashcards.stages.task import Claims


class Desk(Protocol):
    """Questions by key: who asks which."""

    def claim(self, keys: Sequence[str]) -> Claims:
        """Take what nobody else is asking; the caller settles or releases it."""
        ...

    def settle(self, replies: Sequence[ChatReply]) -> None:
        """Note replies, which are in the cache by now, and failures."""
        ...

    def renew(self) -> None:
        """Say that this run is still at work; cheap, for it is called often."""
        ...

    def lapsed(self) -> bool:
        """Whether this run was silent for too long since the last call: what it claimed may be another's by now."""
        ...

    def release(self) -> None:
        """Give back what was claimed and not settled."""
        ...


class Purse(Protocol):
    """Money: set aside before a call, accounted for after it."""

    def reserve(self, wants: Sequence[Want], budget: BudgetParameters) -> Grants:
        """Set aside the most that each call can take, in their order, up to the first that could exceed a budget."""
        ...

    def record(self, calls: Sequence[Call]) -> None:
        """Write down calls that ended and free what was set aside for them."""
        ...

    def release(self, reservations: Iterable[str]) -> None:
        """Free what was set aside for calls that never left."""
        ...

    def settle_dead(self, paid: Callable[[str], float | None]) -> int:
        """Account for the calls that died with their run; ``paid``: what the cached reply to a key cost, if there is one."""
        ...


class Traffic(Protocol):
    """Rates and circuit breakers, by model; times are Unix seconds."""

    def slots(self, model: str, count: int, tokens: float, rates: RateParameters) -> list[float] | None:
        """When the next calls may leave, for this caller alone; None: at once."""
        ...

    def seen(self, model: str, rates: RatesSeen) -> None:
        """Take over what the provider's headers say."""
        ...

    def refused(self, model: str, asked_rpm: float, wait: float) -> None:
        """The provider limits all calls: wait so long, then ask less."""
        ...

    def breaker(self, model: str) -> Breaker:
        """The model's circuit breaker."""
        ...

    def open(self, model: str, reason: str, breaker: BreakerParameters) -> Breaker:
        """Open it, or leave it as another run opened it."""
        ...

    def probe(self, model: str, lasting: float) -> bool:
        """Whether the caller may make the one call that tries whether the provider is back."""
        ...

    def still_down(self, model: str, reason: str, longest_rest: float) -> Breaker:
        """The probe failed: rest longer."""
        ...

    def close(self, model: str) -> None:
        """The provider answers again."""
        ...


class Batches(Protocol):
    """What is with the providers' batch APIs: it outlives the run that handed it in."""

    def under_way(self, keys: Iterable[str]) -> dict[str, ProviderBatch]:
        """Those of the questions that are in a batch, and in which."""
        ...

    def waiting(self, stage: Stage) -> bool:
        """Whether a batch of the stage has not ended."""
        ...

    def take(self, stage: Stage) -> tuple[list[ProviderBatch], bool]:
        """The stage's batches that have not ended, for the caller alone; whether another run is at work on more of them."""
        ...

    def leave(self) -> None:
        """Let others have what was taken or begun."""
        ...

    def lines(self, batch: ProviderBatch) -> dict[str, BatchLine]:
        """Its questions that have not ended, by key."""
        ...

    def begin(self, batch: ProviderBatch, wants: Sequence[Want], budget: BudgetParameters) -> Begun:
        """Write down a batch before it leaves, with money set aside: of those in no other batch, what the budget allows."""
        ...

    def note(self, batch: ProviderBatch) -> None:
        """Write down how the batch stands."""
        ...

    def settle(self, batch: ProviderBatch, calls: Sequence[Call], undone: Iterable[str]) -> None:
        """Note lines that were answered, one call each, and the keys of those that were not worked on."""
        ...


@dataclass(frozen=True)
class Office:
    """All four."""

    desk: Desk
    purse: Purse
    traffic: Traffic
    batches: Batches
