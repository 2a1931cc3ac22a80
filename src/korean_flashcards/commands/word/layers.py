"""Read a headword's rows from the last run's layers."""

from typing import Any

import polars as pl
from kedro.framework.context import KedroContext
from kedro.io.core import DatasetError

from korean_flashcards.configuration.kedro_errors import dataset_problem

# The layers that `kedro word show` reads.
_LAYERS = (
    "nuance", "flashcards", "nuance_failures", "flashcard_failures", "released_flashcards", "held_flashcards", "findings",
    "quality", "judgements",
)  # fmt: skip


class WordLayers:
    """A headword's rows in the layers. A missing or unreadable layer counts as empty.

    Attributes:
        missing: Layers that no run has created yet.
        unreadable: The layers that cannot be read, each with the reason.
    """

    def __init__(self, context: KedroContext, term: str) -> None:
        self.missing: list[str] = []
        self.unreadable: dict[str, str] = {}
        self._frames = {name: self._load(context, name, term) for name in _LAYERS}

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
        return frame.filter(pl.col("item_id").str.starts_with(f"{term}#"))
