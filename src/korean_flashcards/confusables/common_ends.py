"""Count the characters that pairs of texts share at their beginnings and at their ends, in constant time for each pair.

If texts are sorted, the common beginning of two texts is the shortest one of all neighbors between them. A sparse table
holds the shortest one of each range of neighbors whose length is a power of two.
"""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl


class _Beginnings(NamedTuple):
    """The common beginnings of any two texts.

    Attributes:
        order: The place of each text in sorted order.
        shortest: The length of the shortest common beginning in the range of 1, 2, 4 … neighbors from each place on. All
            ranges of one length come before those of the next length.
    """

    order: pl.Series
    shortest: pl.Series

    @classmethod
    def of(cls, texts: Sequence[str]) -> "_Beginnings":
        places = sorted(range(len(texts)), key=texts.__getitem__)
        ordered = [texts[place] for place in places]
        levels = [pl.Series([*map(_shared, ordered, ordered[1:]), 0], dtype=pl.UInt16)]
        step = 1
        while 2 * step < len(texts):
            later = levels[-1].slice(step).extend_constant(0, step)
            levels.append(pl.select(pl.min_horizontal(levels[-1], later)).to_series())
            step *= 2
        return cls(pl.Series(places, dtype=pl.UInt32).arg_sort(), pl.concat(levels))

    def lengths(self, pairs: pl.DataFrame) -> pl.Series:
        """Return the number of characters that the texts with the indexes ``a`` and ``b`` share at the beginning."""
        one, other = (self.order.gather(pairs[side]).alias(side) for side in ("a", "b"))
        level = 31 - (pl.col("last") - pl.col("first")).bitwise_leading_zeros()
        ranges = (
            pl.DataFrame([one, other])
            .select(first=pl.min_horizontal("a", "b"), last=pl.max_horizontal("a", "b"))
            .with_columns(level=level, skipped=level * self.order.len())
            .select(pl.col("first") + pl.col("skipped"), pl.col("last") - 2 ** pl.col("level") + pl.col("skipped"))
        )
        shortest = pl.DataFrame(self.shortest.gather(ranges[side]).alias(side) for side in ranges.columns)
        return shortest.min_horizontal()


class CommonEnds:
    """The beginnings and ends that any two of these texts share."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._lengths = pl.Series(map(len, texts), dtype=pl.UInt32)
        self._beginnings = _Beginnings.of(texts)
        self._endings = _Beginnings.of([text[::-1] for text in texts])

    def shares(self, pairs: pl.DataFrame, most: int) -> pl.Series:
        """Return how much of the longer text each pair (``a`` and ``b``) shares, from 0 to ``most``."""
        one, other = (self._lengths.gather(pairs[side]) for side in ("a", "b"))
        lengths = pl.DataFrame(
            {"a": one, "b": other, "front": self._beginnings.lengths(pairs), "back": self._endings.lengths(pairs)}
        )
        shorter, front = pl.min_horizontal("a", "b"), pl.col("front").cast(pl.UInt32)
        back = pl.min_horizontal(pl.col("back").cast(pl.UInt32), shorter - front)
        return lengths.select(most * (front + back) // pl.max_horizontal("a", "b")).to_series()


def _shared(one: str, other: str) -> int:
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)
