"""Compare words by the table of classic pairs, which learners confuse most often, such as 틀리다 and 다르다."""

from collections.abc import Sequence

import polars as pl

from korean_flashcards.confusables.pair_frames import shared_keys
from korean_flashcards.confusables.word import ConfusableWord

POINTS = 88
_SCHEMA = {"word": pl.UInt32, "key": pl.UInt32, "side": pl.UInt8}


def keys(first: int, words: Sequence[ConfusableWord]) -> pl.DataFrame:
    """Return the numbers of the pairs that each word belongs to, with the word's ``side`` in the pair (0 or 1).

    ``first`` is the index of the first word.
    """
    rows = [(at, pair, side) for at, word in enumerate(words, first) for pair, side in word.classic.items()]
    return pl.DataFrame(rows, _SCHEMA, orient="row").with_columns(number="key")


def listed(pairs: pl.DataFrame, classic: pl.DataFrame) -> pl.Series:
    """Return the number of the classic pair that the two words form, or null if they form none."""
    found = (
        shared_keys(pairs, classic)
        .filter(pl.col("side") != pl.col("side_b"))
        .group_by("pair")
        .agg(pl.col("number").min())
    )
    own = pl.DataFrame({"pair": pl.int_range(pairs.height, dtype=pl.UInt32, eager=True)})
    return own.join(found, on="pair", how="left", maintain_order="left")["number"]
