"""Record blind preferences between the two variants of an experiment, and read them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import insert, select

from korean_flashcards.ledger.db.preference_tables import preferences
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore

Side = Literal["A", "B"]
Choice = Literal["A", "B", "same"]
Kind = Literal["person", "judge"]


@dataclass(frozen=True)
class Preference:
    """A rater's answer to the question which cards of a word are better.

    Attributes:
        rater: The name of the person, or of the judge's model.
        first: The variant that was shown first.
        choice: The preferred variant, or "same".
        cards: A hash of the cards of both variants.
    """

    item_id: str
    rater: str
    kind: Kind
    first: Side
    choice: Choice
    cards: str


class LedgerPreferences:
    """The preferences in a ledger."""

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    def add(self, experiment: str, answers: Iterable[Preference]) -> None:
        """Record answers in one transaction."""
        rows = [asdict(answer) | {"experiment": experiment, "at": now()} for answer in answers]
        if rows:
            with self._store.write() as connection:
                connection.execute(insert(preferences), rows)

    def of(self, experiment: str) -> list[Preference]:
        """Return the answers about an experiment, oldest first. Of repeated answers, only the last one is included."""
        columns = preferences.c
        query = (
            select(columns.item_id, columns.rater, columns.kind, columns.first, columns.choice, columns.cards)
            .where(columns.experiment == experiment)
            .order_by(columns.number)
        )
        with self._store.read() as connection:
            answers = [Preference(*row) for row in connection.execute(query).tuples()]
        return list({(one.item_id, one.rater, one.kind, one.first): one for one in answers}.values())
