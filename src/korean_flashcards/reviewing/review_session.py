"""Combine the cards and analyses of the last run with the edits and reviews in the ledger, for a review session."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

import polars as pl
from kedro.framework.context import KedroContext

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.domain.records import Stage
from korean_flashcards.files.login_name import login_name
from korean_flashcards.formats.anki_note import NoteTemplates
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.reviews.recorded import By
from korean_flashcards.ledger.tasks.task_list import item_ids
from korean_flashcards.review.edits import apply_edits
from korean_flashcards.review.parts import ANALYSIS, Override, Part, Row, fingerprint, part_of
from korean_flashcards.review.states import State, by_part, state_of
from korean_flashcards.reviewing.review_item import Item, ReviewedLayers, part_in
from korean_flashcards.reviewing.run_layers import RunLayers

Edited = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]


class ReviewSession:
    """The cards and analyses to review, with their edits and reviews.

    Layers are loaded once. Edits and reviews are read from the ledger each time. Methods raise DatasetError if there
    has been no run yet.
    """

    def __init__(self, context: KedroContext, ledger: Ledger) -> None:
        self.ledger, self.layers, self._catalog = ledger, RunLayers(context.catalog), context.catalog
        self.settings = Parameters.model_validate(context.params)

    @property
    def templates(self) -> NoteTemplates:
        """Return the templates of the deck's cards."""
        templates: NoteTemplates = self._catalog.load("anki_templates")
        return templates

    @property
    def project_id(self) -> str | None:
        """Return the project's ID, or None before the first export."""
        found: str | None = self._catalog.load("project_id")
        return found

    def by(self, reviewer: str | None, reason: str | None = None) -> By:
        """Return the reviewer: the given name, otherwise the parameter review.reviewer, otherwise the login name."""
        if reviewer is None:
            reviewer = self.settings.review.reviewer or login_name()
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
        layers = (self.layers.load(name).filter(pl.col("item_id") == item_id) for name in ("nuance", "flashcards"))
        found = [row for layer in layers for row in layer.iter_rows(named=True)]
        if not found:
            raise ReviewError(f"{item_id} has no cards yet. Nothing was changed. `kedro run` creates them.")
        chosen = [row for row in found if card is None or part_of(row).name == card]
        if not chosen:
            names = ", ".join(part_of(row).name for row in found)
            raise ReviewError(f"{item_id} has no {card} card. Nothing was changed. Available: {names}.")
        return chosen

    def generated_rows(self, parts: Collection[Part]) -> dict[Part, dict[str, Any]]:
        """Return these analyses and cards as the model generated them. Those that do not exist are left out."""
        words = {part.item_id for part in parts}
        layers = (self.layers.load(name).filter(pl.col("item_id").is_in(words)) for name in ("nuance", "flashcards"))
        rows = {part_of(row): row for layer in layers for row in layer.iter_rows(named=True)}
        return {part: rows[part] for part in parts if part in rows}

    def clash(self, part: Part, row: Row) -> str | None:
        """Return the name of another card with the same front and back, or None if there is none."""
        same = (pl.col("front") == row["front"]) & (pl.col("back") == row["back"])
        others = (part_of(other) for other in self.edited()[1].filter(same).iter_rows(named=True))
        return next((str(other) for other in others if other != part), None)

    def edited(self, words: Collection[str] | None = None, trial: Sequence[Override] = ()) -> Edited:
        """Return the analyses and cards with edits applied, and the conflicts, of all words or only the given words.

        The result is not cached because other people may be editing cards.

        Args:
            words: The IDs of the words.
            trial: Edits that are not in the ledger. They replace the ledger's edits to the same fields.
        """
        nuance, cards = (self._of(words, self.layers.load(name)) for name in ("nuance", "flashcards"))
        tried = {(edit.part, edit.field) for edit in trial}
        active = [each for each in self.ledger.reviews.overrides(words) if (each.part, each.field) not in tried]
        return apply_edits(nuance, cards, [*active, *trial])

    def items(self, stage: Stage = "flashcards", words: Collection[str] | None = None) -> list[Item]:
        """Return all cards or all analyses, lowest score first, for all words or only for the given words."""
        nuance, cards, in_conflict = self.edited(words)
        quality, findings = (self._of(words, self.layers.found(name)) for name in ("quality", "findings"))
        frame = nuance if stage == "nuance" else cards
        scores = {
            part_in(item_id, tab_name): (score, verdict)
            for item_id, tab_name, score, verdict in self._columns(quality, "score", "verdict")
        }
        conflicts = {part_in(*names) for names in self._columns(in_conflict)}
        layers = ReviewedLayers(frame, nuance, in_conflict, quality, findings)
        said, items = by_part(self.ledger.reviews.all(words)), []
        names = frame["tab_name"] if "tab_name" in frame.columns else repeat(ANALYSIS)
        for place, part in enumerate(map(Part, frame["item_id"], names)):
            theirs = said.get(part, ())
            state, review = State.UNREVIEWED, None
            if theirs:
                state, review = state_of(fingerprint(part, frame.row(place, named=True)), theirs)
            score, verdict = scores.get(part, (None, None))
            last = theirs[-1].number if theirs else 0
            items.append(Item(part, state, review, last, score, verdict, part in conflicts, place, layers))
        return sorted(items, key=lambda item: (item.score is None, item.score or 0))

    @property
    def conflicts(self) -> list[dict[str, Any]]:
        """Return all edits that conflict with newly generated text."""
        return self.edited()[2].to_dicts()

    @staticmethod
    def _of(words: Collection[str] | None, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of these words. An empty frame may have no columns."""
        return frame if words is None or not frame.width else frame.filter(pl.col("item_id").is_in(list(words)))

    @staticmethod
    def _columns(frame: pl.DataFrame, *names: str) -> Iterable[tuple[Any, ...]]:
        """Return the part's names and these columns of each row. An empty frame may have no columns."""
        return frame.select("item_id", "tab_name", *names).iter_rows() if frame.height else ()


def waiting(items: Sequence[Item], states: Collection[str], verdicts: Collection[str]) -> list[Item]:
    """Return the items that have one of the given states and one of the given verdicts.

    If no states are given, return the items that need a review: unreviewed, changed, or in conflict. If no
    verdicts are given, return items with any verdict.
    """
    return [
        item
        for item in items
        if (item.state in states if states else item.needs_review) and (not verdicts or item.verdict in verdicts)
    ]


def trial_edits(part: Part, row: Row, values: Mapping[str, Any]) -> list[Override]:
    """Return edits that would set the part's fields to these values. ``row`` holds its generated fields."""
    return [Override(part, name, row[name], value) for name, value in values.items()]
