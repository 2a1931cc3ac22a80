"""Narrow a run's layers to the run's own words, so that the rows of all other words stay in the files.

While a run is narrowed, a layer loads only the rows of the run's words, and saving it replaces only these rows.
"""

from collections.abc import Callable, Collection
from typing import Any

import polars as pl
from kedro.io import AbstractDataset

# The layers with rows for each word, which are loaded and saved for the run's own words.
PER_WORD = (
    "words", "nuance_requests", "nuance_replies", "nuance", "nuance_failures", "flashcard_requests",
    "flashcard_replies", "flashcards", "flashcard_failures", "edited_nuance", "edited_flashcards", "edit_conflicts",
    "findings", "quality", "judge_requests", "judge_replies", "judgements", "judge_failures", "released_flashcards",
    "held_flashcards",
)  # fmt: skip
# The layers with rows for each list. They are saved whole, but a run with its own lists loads only the rows of these lists.
PER_LIST = ("vocabulary_rejects", "vocabulary_duplicates", "vocabulary_warnings", "import_counts")
# The layer whose words are the run's own words.
CHOOSING = "words"
# The layers whose ``position`` counts the rows.
_NUMBERED = ("flashcards", "edited_flashcards", "released_flashcards")


def narrowed_load(load: Callable[[str], Any], words: Collection[str]) -> Callable[[str], Any]:
    """Return a function that loads a dataset as ``load`` does, but of the layers in PER_WORD only the rows of ``words``."""

    def own(name: str) -> Any:
        loaded = load(name)
        return loaded.filter(pl.col("item_id").is_in(list(words))) if name in PER_WORD else loaded

    return own


class Narrowing:
    """The words and lists of a narrowed run.

    Args:
        vocabulary: The dataset with all words, in the order in which the layers list them.
        lists: The dataset with the batches of the run's own lists, or None if the run names no lists.
        words: The item IDs of the run's words, or None if the run itself selects them.
    """

    def __init__(
        self,
        vocabulary: AbstractDataset[Any, pl.DataFrame],
        lists: AbstractDataset[Any, pl.DataFrame] | None,
        words: Collection[str] | None,
    ) -> None:
        self._vocabulary, self._lists = vocabulary, lists
        self.words = None if words is None else frozenset(words)
        self._order: pl.DataFrame | None = None

    def own(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of the layer ``name`` that belong to the run's words or lists."""
        if name in PER_WORD:
            return frame.filter(self._is_own())
        batches = self.batches()
        if name not in PER_LIST or batches is None:
            return frame
        return frame.filter(pl.col("batch_id").is_in(batches))

    def batches(self) -> list[str] | None:
        """Return the batches of the run's own lists, or None if the run names no lists."""
        return None if self._lists is None else self._lists.load()["batch_id"].to_list()

    def merged(self, name: str, stored: pl.DataFrame | None, own: pl.DataFrame) -> pl.DataFrame:
        """Return the layer ``name`` after the run: its stored rows, with those of the run's words replaced.

        Args:
            name: The layer's name.
            stored: The layer before the run, or None if there is none.
            own: The rows that the run saves. For the layer CHOOSING, these rows choose the run's words.
        """
        if name == CHOOSING:
            self.words, self._order = frozenset(own["item_id"]), None  # the vocabulary may be new
        if stored is None or name not in PER_WORD:
            return own
        others = stored.filter(~self._is_own())
        rows = pl.concat([others, own]).join(self._places(), on="item_id", how="left", maintain_order="left")
        merged = rows.sort("_order", nulls_last=True, maintain_order=True).drop("_order")
        return merged.with_columns(position=pl.int_range(1, pl.len() + 1)) if name in _NUMBERED else merged

    def _places(self) -> pl.DataFrame:
        """Return the place of each word in the vocabulary."""
        if self._order is None:
            self._order = self._vocabulary.load().select("item_id").with_row_index("_order")
        return self._order

    def _is_own(self) -> pl.Expr:
        assert self.words is not None, "the layer that chooses the words is saved first"
        return pl.col("item_id").is_in(list(self.words))
