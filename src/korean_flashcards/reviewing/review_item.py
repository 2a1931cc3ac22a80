"""Define the cards and analyses that a review session lists. Their texts and findings are read when they are shown."""

from typing import Any, NamedTuple

import polars as pl

from korean_flashcards.review.parts import ANALYSIS, Part, Review, Shown, fingerprint
from korean_flashcards.review.states import WAITING, State


class ReviewedLayers(NamedTuple):
    """The frames from which the items of a session are read.

    Attributes:
        listed: The listed cards or analyses, with edits applied.
        analyses: All analyses, with edits applied.
        conflicts: Edits that conflict with newly generated text.
        quality: The scores from the last run, or an empty frame.
        findings: The findings from the last run, or an empty frame.
    """

    listed: pl.DataFrame
    analyses: pl.DataFrame
    conflicts: pl.DataFrame
    quality: pl.DataFrame
    findings: pl.DataFrame


class Item(NamedTuple):
    """A card or an analysis to review.

    Attributes:
        part: The part to review: a word's analysis or one of its cards.
        state: The review state.
        said: The review that led to the current state.
        last_review: The number of the part's last review, or 0 without a review.
        score: The score from the last run, 0 to 100.
        verdict: The verdict of the last run: publish, review, or reject.
        in_conflict: Whether an edit conflicts with newly generated text.
        place: The position of the part in ``layers.listed``.
        layers: The frames with the part's texts and findings.
    """

    part: Part
    state: State
    said: Review | None
    last_review: int
    score: int | None
    verdict: str | None
    in_conflict: bool
    place: int
    layers: ReviewedLayers

    @property
    def needs_review(self) -> bool:
        """Return whether the part is unreviewed, changed since its review, or in conflict."""
        return self.state in WAITING or self.in_conflict

    @property
    def shown(self) -> Shown:
        """Return what a reviewer sees, so that later changes are noticed."""
        return Shown(fingerprint(self.part, self.row), self.last_review)

    @property
    def row(self) -> dict[str, Any]:
        """Return the current fields, with edits applied."""
        return self.layers.listed.row(self.place, named=True)

    @property
    def analysis(self) -> dict[str, Any]:
        """Return the word's analysis, with edits applied, or nothing if there is none."""
        analyses = self.layers.analyses
        return next(analyses.filter(pl.col("item_id") == self.part.item_id).iter_rows(named=True), {})

    @property
    def reasons(self) -> list[str]:
        """Return the reasons why points were subtracted from the score."""
        found = self._rows_in(self.layers.quality)
        return found[0]["reasons"] if found else []

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Return the findings from the checks of the last run."""
        return self._rows_in(self.layers.findings)

    @property
    def conflicts(self) -> list[dict[str, Any]]:
        """Return the edits of the part that conflict with newly generated text."""
        return self._rows_in(self.layers.conflicts)

    def _rows_in(self, frame: pl.DataFrame) -> list[dict[str, Any]]:
        if frame.is_empty():
            return []
        same_name = pl.col("tab_name").fill_null(ANALYSIS) == self.part.tab_name
        return frame.filter((pl.col("item_id") == self.part.item_id) & same_name).to_dicts()


def part_in(item_id: str, tab_name: str | None) -> Part:
    """Return the part that a row of the quality, findings, or conflicts describes."""
    return Part(item_id, tab_name or ANALYSIS)
