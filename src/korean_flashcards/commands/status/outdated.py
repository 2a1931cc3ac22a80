"""Count the cards that were generated, edited, or reviewed after the deck was exported."""

from collections.abc import Sequence

import polars as pl
from kedro.framework.context import KedroContext

from korean_flashcards.domain.parameters import ReviewParameters
from korean_flashcards.pipelines.quality.review_nodes import ReviewLedger, apply_edits, release_cards
from korean_flashcards.review.parts import CARD_FIELDS

_LAYERS = ("nuance", "flashcards", "quality", "released_flashcards")
_CARD = ("item_id", "tab_name")


def outdated_cards(context: KedroContext, ledger: ReviewLedger, review: ReviewParameters) -> int:
    """Return how many cards would be added to, removed from, or changed in the deck if it were exported now.

    The findings from the last run also apply to edited text. The result is 0 if a layer is missing.

    Raises:
        DatasetError: A layer cannot be read.
    """
    catalog = context.catalog
    if not all(catalog.exists(name) for name in _LAYERS):
        return 0
    nuance, flashcards, quality, before = (catalog.load(name) for name in _LAYERS)
    edited_nuance, edited_cards, _ = apply_edits(nuance, flashcards, ledger)
    now, _ = release_cards(edited_cards, edited_nuance, quality, ledger, review)
    return _different([_comparable(now), _comparable(before)])


def _comparable(cards: pl.DataFrame) -> pl.DataFrame:
    return cards.select(*_CARD, *CARD_FIELDS, pl.col("tags").list.sort().list.join("\n"))


def _different(frames: Sequence[pl.DataFrame]) -> int:
    """Return how many cards differ between the two frames."""
    here, there = frames
    columns = here.columns
    only_here = here.join(there, on=columns, how="anti", nulls_equal=True)
    only_there = there.join(here, on=columns, how="anti", nulls_equal=True)
    return pl.concat([only_here, only_there]).select(_CARD).n_unique()
