"""Define the quality nodes that apply edits and reviews. Only ``record_versions`` changes the ledger."""

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

import polars as pl

from korean_flashcards.domain.parameters import ReviewParameters
from korean_flashcards.review import edits, release
from korean_flashcards.review.mixed import half_edited, mixed_cards
from korean_flashcards.review.parts import VERSION_COLUMNS, Override, Part, Review, Row, Version, version_of


class Reviews(Protocol):
    """The part of ``ledger.reviews`` that these nodes use (see ``ledger.reviews.reviews.LedgerReviews``)."""

    def overrides(self, item_ids: Collection[str] | None = None) -> list[Override]: ...

    def all(self, item_ids: Collection[str] | None = None) -> list[Review]: ...

    def accepted(self, item_ids: Collection[str]) -> dict[Part, list[Row]]: ...

    def record(self, seen: Iterable[Version]) -> int: ...


class ReviewLedger(Protocol):
    """The part of the ``ledger`` dataset that these nodes use (see ``ledger.facade.Ledger``)."""

    @property
    def reviews(self) -> Reviews: ...


def apply_edits(
    nuance: pl.DataFrame, flashcards: pl.DataFrame, ledger: ReviewLedger
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return (analyses, cards, conflicts) with the reviewers' edits applied. See ``review.edits.apply_edits``."""
    return edits.apply_edits(nuance, flashcards, ledger.reviews.overrides())


def record_versions(
    nuance: pl.DataFrame,
    flashcards: pl.DataFrame,
    edited_nuance: pl.DataFrame,
    edited_flashcards: pl.DataFrame,
    nuance_replies: pl.DataFrame,
    flashcard_replies: pl.DataFrame,
    ledger: ReviewLedger,
) -> None:
    """Record in the ledger each new version of an analysis or card: first the generated text, then the edited text."""
    words = {override.part.item_id for override in ledger.reviews.overrides()}
    of_edited = pl.col("item_id").is_in(words)
    ledger.reviews.record(
        version
        for generated, edited, replies in (
            (nuance, edited_nuance, nuance_replies),
            (flashcards, edited_flashcards, flashcard_replies),
        )
        for version in _versions(generated, edited.filter(of_edited), replies)
    )


def release_cards(
    flashcards: pl.DataFrame,
    nuance: pl.DataFrame,
    quality: pl.DataFrame,
    ledger: ReviewLedger,
    review: ReviewParameters,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the released cards and the held cards, based on verdicts and reviews. See ``review.release.release``."""
    edited = half_edited(ledger.reviews.overrides())
    accepted = ledger.reviews.accepted({part.item_id for part in edited}) if edited else {}
    mixed = mixed_cards(flashcards, edited, accepted)
    return release.release(flashcards, nuance, quality, ledger.reviews.all(), review.required, mixed)


def _versions(generated: pl.DataFrame, edited: pl.DataFrame, replies: pl.DataFrame) -> Iterator[Version]:
    usd = dict(replies.select("key", "cost_usd").iter_rows())
    for row in generated.select(name for name in generated.columns if name in VERSION_COLUMNS).iter_rows(named=True):
        yield version_of(row, "model", usd.get(row["key"]))
    for row in edited.iter_rows(named=True):
        yield version_of(row, "person")
