"""The office of a client without a ledger: nobody else asks, nothing is noted, no budget is kept."""

from collections.abc import Callable, Iterable, Sequence

from korean_flashcards.domain.calls import BatchLine, Begun, Breaker, Call, Grants, ProviderBatch, RatesSeen, Want
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.parameters import BreakerParameters, BudgetParameters, RateParameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.domain.requests import ChatReply
from korean_flashcards.stages.ports import Office
from korean_flashcards.stages.task import Claims


class OwnDesk:
    """Grants everything."""

    def claim(self, keys: Sequence[str]) -> Claims:
        """All of them."""
        return Claims(granted=keys, failed={})

    def settle(self, replies: Sequence[ChatReply]) -> None:
        """Nothing to note."""

    def renew(self) -> None:
        """Nothing to renew."""

    def lapsed(self) -> bool:
        """Never."""
        return False

    def release(self) -> None:
        """Nothing to give back."""


class OwnPurse:
    """Has no bottom."""

    def reserve(self, wants: Sequence[Want], budget: BudgetParameters) -> Grants:
        """All of them."""
        return Grants(len(wants))

    def record(self, calls: Sequence[Call]) -> None:
        """Nothing to note."""

    def release(self, reservations: Iterable[str]) -> None:
        """Nothing to free."""

    def settle_dead(self, paid: Callable[[str], float | None]) -> int:
        """There is no other run."""
        return 0


class OwnTraffic:
    """Knows no limits; its breakers never open."""

    def slots(self, model: str, count: int, tokens: float, rates: RateParameters) -> list[float] | None:
        """At once."""
        return None

    def seen(self, model: str, rates: RatesSeen) -> None:
        """Nothing to note."""

    def refused(self, model: str, asked_rpm: float, wait: float) -> None:
        """Nothing to note."""

    def breaker(self, model: str) -> Breaker:
        """Closed."""
        return Breaker()

    def open(self, model: str, reason: str, breaker: BreakerParameters) -> Breaker:
        """Closed all the same."""
        return Breaker()

    def probe(self, model: str, lasting: float) -> bool:
        """Nothing to probe."""
        return False

    def still_down(self, model: str, reason: str, longest_rest: float) -> Breaker:
        """Closed all the same."""
        return Breaker()

    def close(self, model: str) -> None:
        """It is."""


class OwnBatches:
    """Nothing outlives the client, so there are none."""

    def under_way(self, keys: Iterable[str]) -> dict[str, ProviderBatch]:
        """Nothing."""
        return {}

    def waiting(self, stage: Stage) -> bool:
        """Nothing."""
        return False

    def take(self, stage: Stage) -> tuple[list[ProviderBatch], bool]:
        """Nothing."""
        return [], False

    def leave(self) -> None:
        """Nothing to leave."""

    def lines(self, batch: ProviderBatch) -> dict[str, BatchLine]:
        """None."""
        return {}

    def begin(self, batch: ProviderBatch, wants: Sequence[Want], budget: BudgetParameters) -> Begun:
        """Refused: who would fetch the replies?"""
        raise SettingsError(
            "A batch is fetched by a later run, and without a ledger none knows of it. Nothing was asked. Use "
            "llm.mode=calls, or `kedro run`."
        )

    def note(self, batch: ProviderBatch) -> None:
        """Nothing to note."""

    def settle(self, batch: ProviderBatch, calls: Sequence[Call], undone: Iterable[str]) -> None:
        """Nothing to note."""


OWN_OFFICE = Office(OwnDesk(), OwnPurse(), OwnTraffic(), OwnBatches())
