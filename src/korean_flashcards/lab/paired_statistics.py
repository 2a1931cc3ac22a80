"""Compute intervals for the mean of paired differences. Pure, on NumPy arrays.

The interval is a symmetric bootstrap-t interval (Hall, "On symmetric bootstrap confidence intervals", 1988). Scores have
many ties and rare, large steps. In simulations of such scores with 60 words, this interval covers the truth in 95 to 97 % of
samples, and in more if nearly all words have the same score. A BCa interval covers it in 79 to 93 %, and an equal-tailed
bootstrap-t interval in 84 to 95 %.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVEL = 0.95
# With fewer words that differ, even a difference that always has the same sign occurs by chance in over 5 % of samples.
FEWEST = 6
_RESAMPLES = 2000
# A large sample needs fewer resamples, because its t statistics are nearly normal.
_LARGE, _RESAMPLES_IF_LARGE = 1000, 500
_CELLS = 2_000_000  # of the matrix of resamples that is in memory at once
_TINY = 1e-9
# Standard normal quantiles: two-sided 5 %, and a power of 80 %.
_Z_LEVEL, _Z_POWER = 1.959964, 0.841621


class PairedInterval(NamedTuple):
    """The mean of paired differences, with its 95 % interval.

    Attributes:
        words: The number of pairs.
        differing: The number of pairs whose difference is not zero.
        mean: The mean difference, NaN without pairs.
        low: The lower end, or -infinity if too few pairs differ for an interval.
        high: The upper end, or infinity.
        deviation: The standard deviation of the differences, NaN with fewer than two pairs.
    """

    words: int
    differing: int
    mean: float
    low: float
    high: float
    deviation: float

    @property
    def known(self) -> bool:
        """Return whether there are enough pairs that differ for an interval."""
        return math.isfinite(self.low) and math.isfinite(self.high)


def paired_interval(differences: Floats, seed: int = 0) -> PairedInterval:
    """Return the mean of the differences and its 95 % interval. Missing values (NaN) are left out."""
    present = differences[~np.isnan(differences)]
    count, differing = len(present), int(np.count_nonzero(np.abs(present) > _TINY))
    mean = float(present.mean()) if count else math.nan
    deviation = float(present.std(ddof=1)) if count > 1 else math.nan
    if differing < FEWEST:
        return PairedInterval(count, differing, mean, -math.inf, math.inf, deviation)
    half = float(half_widths(present[None, :], seed)[0])
    return PairedInterval(count, differing, mean, mean - half, mean + half, deviation)


def half_widths(samples: Floats, seed: int = 0) -> Floats:
    """Return half the width of each sample's 95 % interval around its mean.

    Args:
        samples: One sample of differences in each row, without missing values. Two or more columns.
        seed: The seed of the resamples, which all samples share.
    """
    count = samples.shape[1]
    resamples = _RESAMPLES_IF_LARGE if count > _LARGE else _RESAMPLES
    means, errors = samples.mean(axis=1), samples.std(axis=1, ddof=1) / math.sqrt(count)
    random, squares = np.random.default_rng(seed), samples**2
    per_part = max(1, min(resamples, _CELLS // count))
    parts = [
        _deviations(samples, squares, means, random, min(per_part, resamples - at))
        for at in range(0, resamples, per_part)
    ]
    quantiles = np.quantile(np.concatenate(parts, axis=1), LEVEL, axis=1, method="higher")
    return np.where(errors > _TINY, quantiles * errors, 0.0)


def sign_test(differences: Floats) -> float:
    """Return the two-sided p-value of the exact sign test. Ties and missing values do not count."""
    higher, lower = int((differences > _TINY).sum()), int((differences < -_TINY).sum())
    count, fewer = higher + lower, min(higher, lower)
    # Logarithms, because the coefficients for 10,000 words are larger than a float.
    logs = [_log_choose(count, number) - count * math.log(2) for number in range(fewer + 1)]
    return min(1.0, 2 * math.fsum(map(math.exp, logs)))


def words_needed(deviation: float, difference: float) -> int:
    """Return how many words find a difference with a power of 80 %, at least as many as an interval needs."""
    return max(FEWEST, math.ceil(((_Z_LEVEL + _Z_POWER) * deviation / difference) ** 2))


def _deviations(samples: Floats, squares: Floats, means: Floats, random: np.random.Generator, count: int) -> Floats:
    """Return the absolute t statistics of ``count`` resamples of each sample."""
    pairs = samples.shape[1]
    weights = random.multinomial(pairs, np.full(pairs, 1 / pairs), size=count).T / pairs
    resampled = samples @ weights
    errors = np.sqrt(np.maximum(squares @ weights - resampled**2, 0.0) / (pairs - 1))
    moved = np.abs(resampled - means[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        # A resample of equal values has no error of its own. It counts as far away, unless it has the same mean.
        return np.where(errors > _TINY, moved / errors, np.where(moved > _TINY, np.inf, 0.0))


def _log_choose(count: int, number: int) -> float:
    return math.lgamma(count + 1) - math.lgamma(number + 1) - math.lgamma(count - number + 1)
