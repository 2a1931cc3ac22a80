"""Combine the cards and analyses of the last run with the edits and reviews in the ledger, for a review session."""

import getpass
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import repeat
from typing import Any

import click
import polars as pl
from kedro.framework.context import KedroContext

from korean_flashcards.commands.project import ledger_of, project
from korean_flashcards.commands.review.item import Item, ReviewedLayers, part_in
from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.reviews.reviews import By
from korean_flashcards.ledger.tasks.task_list import item_ids
from korean_flashcards.review.edits import apply_edits
from korean_flashcards.review.parts import ANALYSIS, PART_NAMES, Part, Row, fingerprint, part_of
from korean_flashcards.review.states import WAITING, State, by_part, state_of

card_option = click.option(
    "--card", type=click.Choice(PART_NAMES, case_sensitive=False), default=None,
    help="Use only this card, or only the analysis (default: all cards and the analysis).",
)  # fmt: skip
one_card_option = click.option(
    "--card", type=click.Choice(PART_NAMES, case_sensitive=False), default=None,
    help="Use this card, or the analysis (needed if the word has several cards).",
)  # fmt: skip
reviewer_option = click.option(
    "--reviewer",
    default=None,
    help="Set the reviewer's name (default: the parameter review.reviewer, or your login name).",
)
Rows = dict[Part, dict[str, Any]]


class ReviewSession:
    """The cards and analyses to review, with their edits and reviews.

    Layers are loaded once. Edits and reviews are read from the ledger each time. Methods raise DatasetError if there
    has been no run yet.
    """

    def __init__(self, context: KedroContext, ledger: Ledger) -> None:
        self._context, self._catalog, self.ledger = context, context.catalog, ledger

    def by(self, reviewer: str | None, reason: str | None = None) -> By:
        """Return the reviewer: the given name, otherwise the parameter review.reviewer, otherwise the login name."""
        if reviewer is None:
            reviewer = Parameters.model_validate(self._context.params).review.reviewer or _logged_in()
        return By(reviewer and clean(reviewer), reason and clean(reason))

    def item_id(self, word: str) -> str:
        """Return the item ID for a word given as a headword or an item ID.

        Raises:
            LedgerError: The word is unknown.
            ReviewError: The headword has several homographs.
        """
        with self.ledger.store.read() as connection:
            found = item_ids(connection, [word])
        if len(found) > 1:
            raise ReviewError(
                f"{word} has {len(found)} homographs. Nothing was changed. Name one homograph: {' or '.join(found)}."
            )
        return found[0]

    def generated(self, item_id: str, card: str | None = None) -> list[dict[str, Any]]:
        """Return a word's analysis and cards as the model generated them, or only the named card or analysis.

        Raises:
            ReviewError: The last run did not generate the requested cards.
        """
        found = [row for part, row in self._generated.items() if part.item_id == item_id]
        if not found:
            raise ReviewError(f"{item_id} has no cards yet. Nothing was changed. `kedro run` creates them.")
        chosen = [row for row in found if card is None or part_of(row).name == card]
        if not chosen:
            names = ", ".join(part_of(row).name for row in found)
            raise ReviewError(f"{item_id} has no {card} card. Nothing was changed. Available: {names}.")
        return chosen

    def clash(self, part: Part, row: Row) -> str | None:
        """Return the name of another card with the same front and back, or None if there is none."""
        same = (pl.col("front") == row["front"]) & (pl.col("back") == row["back"])
        others = (part_of(other) for other in self._edited[1].filter(same).iter_rows(named=True))
        return next((str(other) for other in others if other != part), None)

    def items(self, stage: Stage = "flashcards", words: Collection[str] | None = None) -> list[Item]:
        """Return all cards or all analyses, lowest score first, for all words or only for the given words."""
        nuance, cards, in_conflict = self._edited
        frame = nuance if stage == "nuance" else cards
        if words is not None:
            frame = frame.filter(pl.col("item_id").is_in(list(words)))
        scores = {
            part_in(item_id, tab_name): (score, verdict)
            for item_id, tab_name, score, verdict in self._columns(self._quality, "score", "verdict")
        }
        conflicts = {part_in(*names) for names in self._columns(in_conflict)}
        layers = ReviewedLayers(frame, nuance, in_conflict, self._quality, self._findings)
        said, items = by_part(self.ledger.reviews.all()), []
        names = frame["tab_name"] if "tab_name" in frame.columns else repeat(ANALYSIS)
        for place, part in enumerate(map(Part, frame["item_id"], names)):
            theirs = said.get(part)
            state, review = State.UNREVIEWED, None
            if theirs:
                state, review = state_of(fingerprint(part, frame.row(place, named=True)), theirs)
            score, verdict = scores.get(part, (None, None))
            items.append(Item(part, state, review, score, verdict, part in conflicts, place, layers))
        return sorted(items, key=lambda item: (item.score is None, item.score or 0))

    @property
    def conflicts(self) -> list[dict[str, Any]]:
        """Return all edits that conflict with newly generated text."""
        return self._edited[2].to_dicts()

    @cached_property
    def _layers(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        return self._catalog.load("nuance"), self._catalog.load("flashcards")

    @cached_property
    def _generated(self) -> Rows:
        return {part_of(row): row for layer in self._layers for row in layer.iter_rows(named=True)}

    @property
    def _edited(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Return the analyses and cards with edits applied, and the conflicts.

        The result is not cached because other people may be editing cards.
        """
        return apply_edits(*self._layers, self.ledger.reviews.overrides())

    @cached_property
    def _quality(self) -> pl.DataFrame:
        return self._found("quality")

    @cached_property
    def _findings(self) -> pl.DataFrame:
        return self._found("findings")

    @staticmethod
    def _columns(frame: pl.DataFrame, *names: str) -> Iterable[tuple[Any, ...]]:
        """Return the part's names and these columns of each row. An empty frame may have no columns."""
        return frame.select("item_id", "tab_name", *names).iter_rows() if frame.height else ()

    def _found(self, layer: str) -> pl.DataFrame:
        """Return the layer, or an empty frame if no run has created it."""
        return self._catalog.load(layer) if self._catalog.exists(layer) else pl.DataFrame()


@contextmanager
def open_session(env: str | None) -> Iterator[ReviewSession]:
    """Yield an environment's review session, and close its ledger afterward."""
    with project(env) as context, ledger_of(context) as ledger:
        yield ReviewSession(context, ledger)


def waiting(items: Sequence[Item], states: Collection[str], verdicts: Collection[str]) -> list[Item]:
    """Return the items that have one of the given states and one of the given verdicts.

    If no states are given, return the items that need a review: unreviewed, changed, or in conflict. If no
    verdicts are given, return items with any verdict.
    """
    return [
        item
        for item in items
        if (item.state in states if states else item.state in WAITING or item.in_conflict)
        and (not verdicts or item.verdict in verdicts)
    ]


def _logged_in() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        # In a container, the user may not have a name.
        return None
