"""Read a headword's rows from the last run's layers."""

from collections.abc import Collection
from typing import Any

import polars as pl
from kedro.framework.context import KedroContext
from kedro.io.core import DatasetError

from korean_flashcards.commands.kedro_errors import dataset_problem
from korean_flashcards.review.parts import ANALYSIS_FIELDS, CARD_FIELDS
from korean_flashcards.review.release import HELD

_CARD = ("tab_name", *CARD_FIELDS, "tags")
# The columns that `kedro word show` reads. A layer from an earlier release may lack some of them.
_COLUMNS: dict[str, Collection[str]] = {
    "nuance": ("term", "term_number", *ANALYSIS_FIELDS),
    "flashcards": ("term", "term_number", "primer", *_CARD),
    "nuance_failures": ("code", "message"),
    "flashcard_failures": ("code", "message"),
    "released_flashcards": _CARD,
    "held_flashcards": (*_CARD, *HELD),
    "findings": ("tab_name", "code", "severity", "field", "message"),
    "quality": ("tab_name", "score", "verdict", "reasons"),
    "judgements": ("verdict", "ratings", "model"),
}


class WordLayers:
    """A headword's rows in the layers. A missing or unreadable layer counts as empty.

    Attributes:
        missing: Layers that no run has created yet.
        unreadable: The layers that cannot be read, each with the reason.
    """

    def __init__(self, context: KedroContext, term: str) -> None:
        self.missing: list[str] = []
        self.unreadable: dict[str, str] = {}
        self._frames = {name: self._load(context, name, term) for name in _COLUMNS}

    def frame(self, name: str) -> pl.DataFrame:
        """Return the headword's rows in a layer."""
        return self._frames[name]

    def rows(self, name: str, item_id: str) -> list[dict[str, Any]]:
        """Return one homograph's rows in a layer."""
        return self._frames[name].filter(pl.col("item_id") == item_id).to_dicts()

    def item_ids(self) -> set[str]:
        """Return the item IDs of the homographs in the last run's analyses or quality results."""
        return {item_id for name in ("nuance", "quality") for item_id in self._frames[name]["item_id"]}

    def _load(self, context: KedroContext, name: str, term: str) -> pl.DataFrame:
        nothing = pl.DataFrame(schema={"item_id": pl.String})
        if not context.catalog.exists(name):
            self.missing.append(name)
            return nothing
        try:
            frame: pl.DataFrame = context.catalog.load(name)
        except DatasetError as error:
            self.unreadable[name] = dataset_problem(error)
            return nothing
        if not {"item_id", *_COLUMNS[name]} <= set(frame.columns):
            self.unreadable[name] = f"The file {name}.parquet is from an earlier release. `kedro run` creates it again."
            return nothing
        return frame.filter(pl.col("item_id").str.starts_with(f"{term}#"))
