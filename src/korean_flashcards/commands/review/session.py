"""A review session: the layers of the last run with the current edits and reviews of the ledger."""

import getpass
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import click
import polars as pl
from kedro.framework.context import KedroContext

from korean_flashcards.commands.project import project
from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.reviews.reviews import By
from korean_flashcards.ledger.tasks.task_list import item_ids
from korean_flashcards.review.edits import apply_edits
from korean_flashcards.review.parts import ANALYSIS, PART_NAMES, Part, Review, Row, fingerprint, part_of
from korean_flashcards.review.states import WAITING, State, by_part, state_of

card_option = click.option(
    "--card", type=click.Choice(PART_NAMES, case_sensitive=False), default=None,
    help="Choose one card of the word, or its analysis (default: all).",
)  # fmt: skip
reviewer_option = click.option(
    "--reviewer", default=None, help="Set your name (default: the parameter review.reviewer, or your login)."
)
Rows = dict[Part, dict[str, Any]]


@dataclass(frozen=True)
class Item:
    """One card or analysis to review: as it is with its edits (``row``), and what is known about it.

    ``said``: the review that the state comes from. ``score``, ``verdict``, ``reasons`` and
    ``findings`` come from the last run's checks. ``conflicts``: edits of what is now generated otherwise.
    """

    part: Part
    row: dict[str, Any]
    state: State
    said: Review | None
    score: int | None
    verdict: str | None
    reasons: list[str]
    findings: list[dict[str, Any]]
    conflicts: list[dict[str, Any]]
    analysis: dict[str, Any]


class ReviewSession:
    """The rows that a person reviews. Loads a layer once, edits and reviews each time. Raises DatasetError before a run."""

    def __init__(self, context: KedroContext, ledger: Ledger) -> None:
        self._context, self._catalog, self.ledger = context, context.catalog, ledger

    def by(self, reviewer: str | None, reason: str | None = None) -> By:
        """Who reviews: the name that is given, else the parameter, else the one logged in with, if there is any."""
        if reviewer is None:
            reviewer = Parameters.model_validate(self._context.params).review.reviewer or _logged_in()
        return By(reviewer, reason)

    def item_id(self, word: str) -> str:
        """The one word that is meant. Raises LedgerError for an unknown one, ReviewError for one of several homographs."""
        with self.ledger.store.read() as connection:
            found = item_ids(connection, [word])
        if len(found) > 1:
            raise ReviewError(f"{word} means {len(found)} words: say which, {' or '.join(found)}. Nothing was changed.")
        return found[0]

    def generated(self, item_id: str, card: str | None = None) -> list[dict[str, Any]]:
        """The rows of a word's parts as the model wrote them: its analysis and cards, or the one part named.

        Raises ReviewError where the last run has none.
        """
        found = [row for part, row in self._generated.items() if part.item_id == item_id]
        if not found:
            raise ReviewError(f"{item_id} has no cards yet. Nothing was changed. `kedro run` makes them.")
        chosen = [row for row in found if card is None or part_of(row).name == card]
        if not chosen:
            names = ", ".join(part_of(row).name for row in found)
            raise ReviewError(f"{item_id} has no {card} card. Nothing was changed. It has: {names}.")
        return chosen

    def clash(self, part: Part, row: Row) -> str | None:
        """Another card that has the same front and back, as a person says it."""
        same = (pl.col("front") == row["front"]) & (pl.col("back") == row["back"])
        others = (part_of(other) for other in self._edited[1].filter(same).iter_rows(named=True))
        return next((str(other) for other in others if other != part), None)

    def items(self, stage: Stage = "flashcards", words: Collection[str] | None = None) -> list[Item]:
        """All cards, or all analyses, that which the checks find worst first; of these words where they are given."""
        nuance, cards, in_conflict = self._edited
        conflicts = _grouped(in_conflict)
        frame = nuance if stage == "nuance" else cards
        if words is not None:
            frame = frame.filter(pl.col("item_id").is_in(list(words)))
        analyses = {row["item_id"]: row for row in nuance.iter_rows(named=True)}
        said, items = by_part(self.ledger.reviews.all()), []
        for row in frame.iter_rows(named=True):
            part = part_of(row)
            theirs = said.get(part)
            state, review = state_of(fingerprint(part, row), theirs) if theirs else (State.UNREVIEWED, None)
            quality = self._quality.get(part, {})
            items.append(
                Item(
                    part, row, state, review,
                    quality.get("score"), quality.get("verdict"), quality.get("reasons", []),
                    self._findings.get(part, []), conflicts.get(part, []), analyses.get(part.item_id, {}),
                )
            )  # fmt: skip
        return sorted(items, key=lambda item: (item.score is None, item.score or 0))

    @property
    def conflicts(self) -> list[dict[str, Any]]:
        """All edits of what is now generated otherwise."""
        return self._edited[2].to_dicts()

    @cached_property
    def _layers(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        return self._catalog.load("nuance"), self._catalog.load("flashcards")

    @cached_property
    def _generated(self) -> Rows:
        return {part_of(row): row for layer in self._layers for row in layer.iter_rows(named=True)}

    @property
    def _edited(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Analyses, cards and conflicts. Not kept: another person may be at work."""
        return apply_edits(*self._layers, self.ledger.reviews.overrides())

    @cached_property
    def _quality(self) -> Rows:
        return {part: rows[0] for part, rows in _grouped(self._found("quality")).items()}

    @cached_property
    def _findings(self) -> Mapping[Part, list[dict[str, Any]]]:
        return _grouped(self._found("findings"))

    def _found(self, layer: str) -> pl.DataFrame:
        """The layer, or nothing where no run has made it."""
        return self._catalog.load(layer) if self._catalog.exists(layer) else pl.DataFrame()


@contextmanager
def open_session(env: str | None) -> Iterator[ReviewSession]:
    """Open the review session of an environment; the end closes its ledger."""
    with project(env) as context, context.catalog.load("ledger") as ledger:
        yield ReviewSession(context, ledger)


def waiting(items: Sequence[Item], states: Collection[str], verdicts: Collection[str]) -> list[Item]:
    """Those in one of the states (none given: those that wait for a person) and with one of the verdicts, if any."""
    return [
        item
        for item in items
        if (item.state in states if states else item.state in WAITING or item.conflicts)
        and (not verdicts or item.verdict in verdicts)
    ]


def _grouped(rows: pl.DataFrame) -> dict[Part, list[dict[str, Any]]]:
    found: dict[Part, list[dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault(Part(row["item_id"], row["tab_name"] or ANALYSIS), []).append(row)
    return found


def _logged_in() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        # A container's user may have no name.
        return None
