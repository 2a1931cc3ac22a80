"""Compute the figures of a comparison from its results: paired differences, checks, regressions, and spread. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from korean_flashcards.lab.paired_statistics import Floats, PairedInterval, paired_interval, sign_test
from korean_flashcards.lab.verdict import Verdict, verdict_of


class Metric(NamedTuple):
    """A figure of each word, such as its cost. ``digits``: the decimal places that are shown."""

    name: str
    column: str
    digits: int


METRICS = (
    Metric("score", "score", 1), Metric("cost in USD", "cost_usd", 6), Metric("tokens", "tokens", 0),
    Metric("characters on cards", "length", 0), Metric("seconds", "latency_s", 2),
)  # fmt: skip


class MetricDifference(NamedTuple):
    """A metric's means with A and with B, the interval of the paired differences (B minus A), and the sign test's p."""

    metric: Metric
    a: float
    b: float
    interval: PairedInterval
    sign_p: float


class CheckChange(NamedTuple):
    """A check, and the numbers of words in which only A's texts (won), only B's texts (lost), or both have a finding."""

    code: str
    won: int
    lost: int
    both: int


def metric_differences(results: pl.DataFrame) -> list[MetricDifference]:
    """Return the differences of all metrics (columns of ``results``: RESULT_SCHEMA)."""
    found = []
    for metric in METRICS:
        # A word that failed has no cards to measure, but its calls cost time and money.
        a, b = paired_values(_complete(results) if metric.column == "length" else results, metric.column)
        both = ~(np.isnan(a) | np.isnan(b))
        a_mean, b_mean = (float(each[both].mean()) if both.any() else float("nan") for each in (a, b))
        found.append(MetricDifference(metric, a_mean, b_mean, paired_interval(b - a), sign_test(b - a)))
    return found


def paired_values(results: pl.DataFrame, column: str) -> tuple[Floats, Floats]:
    """Return each word's mean of a column over its repeats, with A and with B. Missing values are NaN."""
    means = per_word(results, column)
    return means["A"].fill_null(float("nan")).to_numpy(), means["B"].fill_null(float("nan")).to_numpy()


def per_word(results: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the columns item_id, term, A, and B: each word's mean of a column over its repeats, in order of the words."""
    means = results.group_by("item_id", "term", "variant", maintain_order=True).agg(
        pl.col(column).cast(pl.Float64).mean()
    )
    pivoted = means.pivot("variant", index=["item_id", "term"], values=column)
    # An experiment of one variant, such as a regression test, has only one of the columns.
    absent = [pl.lit(None, pl.Float64).alias(name) for name in ("A", "B") if name not in pivoted.columns]
    return pivoted.with_columns(absent).select("item_id", "term", "A", "B")


def differing_words(texts: pl.DataFrame) -> set[str]:
    """Return the item IDs of words whose texts differ between the variants (columns of ``texts``: TEXT_SCHEMA)."""
    sides = texts.pivot("variant", index=["repeat", "item_id", "field"], values="text")
    both = [pl.col(name) if name in sides.columns else pl.lit(None, pl.String) for name in ("A", "B")]
    return set(sides.filter(both[0].ne_missing(both[1]))["item_id"])


def verdict(results: pl.DataFrame, texts: pl.DataFrame, seed: int = 0) -> Verdict:
    """Return the verdict on the scores."""
    a, b = paired_values(results, "score")
    same = bool((results["state"] == "done").all()) and not differing_words(texts)
    return verdict_of(b - a, same, seed)


def check_changes(results: pl.DataFrame) -> list[CheckChange]:
    """Return the checks whose findings differ, those with the largest change first.

    With repeats, a word counts if any of its repeats has the finding. Words that have failed or are pending are left out,
    because a missing text has no findings.
    """
    codes = _complete(results).explode("codes", empty_as_null=True).filter(pl.col("codes").is_not_null())
    found = codes.group_by("codes", "item_id").agg(
        a=(pl.col("variant") == "A").any(), b=(pl.col("variant") == "B").any()
    )
    counts = found.group_by("codes").agg(
        won=(pl.col("a") & ~pl.col("b")).sum(), lost=(pl.col("b") & ~pl.col("a")).sum(),
        both=(pl.col("a") & pl.col("b")).sum(),
    )  # fmt: skip
    rows = [CheckChange(*row) for row in counts.iter_rows() if row[1] or row[2]]
    return sorted(rows, key=lambda row: (-abs(row.won - row.lost), -row.won - row.lost, row.code))


def regressions(results: pl.DataFrame) -> pl.DataFrame:
    """Return the words whose score is lower with B (columns: item_id, term, A, B), the largest losses first."""
    scores = per_word(results, "score")
    return scores.filter(pl.col("B") < pl.col("A")).sort(pl.col("B") - pl.col("A"), maintain_order=True)


def spreads(results: pl.DataFrame) -> dict[str, float | None]:
    """Return each variant's standard deviation of the score over the repeats of a word, averaged over the words.

    It is None with one repeat.
    """
    deviations = results.group_by("variant", "item_id").agg(pl.col("score").std())
    means = deviations.group_by("variant").agg(pl.col("score").mean())
    found: dict[str, float | None] = {"A": None, "B": None}
    return found | dict(means.iter_rows())


def _complete(results: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the words that have cards in all variants and repeats."""
    return results.filter((pl.col("state") == "done").all().over("item_id"))


def state_counts(results: pl.DataFrame, states: Sequence[str] = ("failed", "pending")) -> dict[str, dict[str, int]]:
    """Return how many words of each variant have these states in any repeat."""
    return {
        variant: {
            state: results.filter(pl.col("variant") == variant, pl.col("state") == state)["item_id"].n_unique()
            for state in states
        }
        for variant in ("A", "B")
    }
