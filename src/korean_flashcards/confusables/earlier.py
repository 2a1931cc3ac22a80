"""Recognize whether the confusable words that an earlier run found are still right, so that they are not searched again."""

import hashlib
from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from korean_flashcards.domain.parameters import ConfusableParameters

# The columns of the vocabulary that decide which words are confusable.
_COMPARED = ("item_id", "term", "pos", "definition")


class EarlierConfusables(NamedTuple):
    """The confusable words that an earlier run found.

    Attributes:
        load: Loads the layer as it is stored. The frame is empty if there is none.
        key: The key of that layer, or "" if it is unknown.
        rules: The version of the code that finds confusable words.
    """

    load: Callable[[], pl.DataFrame]
    key: str
    rules: str

    def matching(self, searched: str) -> pl.DataFrame | None:
        """Return the layer if it is the unchanged result of this search (see ``search_hash``)."""
        if not self.key.startswith(searched):
            return None
        layer = self.load()
        return layer if self.key == layer_key(searched, layer) else None


def search_hash(words: pl.DataFrame, vocabulary: pl.DataFrame, settings: ConfusableParameters, rules: str) -> str:
    """Return a hash of everything that decides the result of a search.

    Args:
        words: All words to compare.
        vocabulary: The words for which to return confusable words, in order.
        settings: The parameters of the search.
        rules: The version of the code.
    """
    digest = hashlib.blake2b(f"{rules} {settings.model_dump_json()}".encode(), digest_size=16)
    for frame in (words.select(_COMPARED), vocabulary.select("item_id")):
        digest.update(_content(frame))
    return digest.hexdigest()


def layer_key(searched: str, layer: pl.DataFrame) -> str:
    """Return the key to store with a layer: the hash of the search, and a hash of the layer."""
    return f"{searched}-{hashlib.blake2b(_content(layer), digest_size=16).hexdigest()}"


def _content(frame: pl.DataFrame) -> bytes:
    """Return bytes that are equal if and only if the frames have the same columns and rows."""
    # The bytes of Arrow or Parquet files also depend on how a frame was built.
    return f"{frame.schema}\n{frame.write_ndjson()}".encode()
