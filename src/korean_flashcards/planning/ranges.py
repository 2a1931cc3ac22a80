"""Estimates as ranges. Pure."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self


class Range(NamedTuple):
    """An estimate, low ≤ typical ≤ high."""

    low: float
    typical: float
    high: float

    @classmethod
    def exactly(cls, value: float) -> Self:
        """A value that is known."""
        return cls(value, value, value)

    @classmethod
    def of_sample(cls, values: Sequence[float]) -> Self:
        """The mean and the 10th and 90th percentile of some values, widened where the mean lies outside of them."""
        ordered, mean = sorted(values), math.fsum(values) / len(values)
        last = len(ordered) - 1
        return cls(min(ordered[round(0.1 * last)], mean), mean, max(ordered[round(0.9 * last)], mean))

    def plus(self, other: "Range") -> "Range":
        """The sum of both."""
        return Range(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def times(self, factor: float) -> "Range":
        """So many of them; the factor is not negative."""
        return Range(*(value * factor for value in self))


NOTHING = Range(0.0, 0.0, 0.0)


def total(ranges: Iterable[Range]) -> Range:
    """The sum of all."""
    result = NOTHING
    for one in ranges:
        result = result.plus(one)
    return result
