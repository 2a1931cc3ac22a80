"""Represent estimates as ranges. No I/O."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self


class Range(NamedTuple):
    """An estimate with low ≤ typical ≤ high."""

    low: float
    typical: float
    high: float

    @classmethod
    def exactly(cls, value: float) -> Self:
        """Return a range in which all three estimates equal a known value."""
        return cls(value, value, value)

    @classmethod
    def of_sample(cls, values: Sequence[float]) -> Self:
        """Return the range from a sample's 10th to its 90th percentile, widened if needed to include the mean."""
        ordered, mean = sorted(values), math.fsum(values) / len(values)
        last = len(ordered) - 1
        return cls(min(ordered[round(0.1 * last)], mean), mean, max(ordered[round(0.9 * last)], mean))

    def plus(self, other: "Range") -> "Range":
        """Return the sum of this range and another range."""
        return Range(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def times(self, factor: float) -> "Range":
        """Return the range multiplied by a nonnegative factor."""
        return Range(*(value * factor for value in self))


NOTHING = Range(0.0, 0.0, 0.0)


def total(ranges: Iterable[Range]) -> Range:
    """Return the sum of all ranges."""
    result = NOTHING
    for one in ranges:
        result = result.plus(one)
    return result
