"""Write the report of a comparison as text for terminals."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

from korean_flashcards.domain.money import usd_number
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.word_difference import plain_difference
from korean_flashcards.lab.comparison_figures import CheckChange, MetricDifference
from korean_flashcards.lab.preference_figures import preference_lines

if TYPE_CHECKING:
    from korean_flashcards.lab.prompt_comparison import PromptComparison

_MOST_CHECKS, _MOST_WORDS = 10, 10
_NAMES = 22  # width of the first column


def comparison_text(found: "PromptComparison") -> str:
    """Return the report of a comparison as text."""
    return "\n".join(_lines(found))


def word_rows_text(words: pl.DataFrame, texts: pl.DataFrame, start: int, total: int) -> str:
    """Return words with their differences, as text."""
    lines = [rows_note(words.height, start, total)]
    for item_id, term, a, b, _ in words.iter_rows():
        lines.append(f"{term} ({item_id}): {score_text(a)} -> {score_text(b)}")
        for field, left, right in texts.filter(pl.col("item_id") == item_id).select("field", "A", "B").iter_rows():
            lines.append(f"  {field}: {plain_difference(left or '', right or '')}")
    return "\n".join(lines)


def cost_sentence(found: "PromptComparison") -> str:
    """Return what this call has paid, as a sentence."""
    paid = found.paid
    if not paid.requests:
        return "Nothing was paid."
    price = "an unknown amount" if paid.usd is None else f"USD {usd_number(paid.usd, 4)}"
    return f"{counted(paid.requests, 'request')} sent, {price} paid."


def notes(found: "PromptComparison") -> list[str]:
    """Return sentences about words without a score, and about the spread over repeats."""
    sentences = []
    for name, states in found.states.items():
        if states["failed"]:
            sentences.append(f"{counted(states['failed'], 'word')} failed with {name}, which counts as a score of 0.")
        if states["pending"]:
            sentences.append(
                f"{counted(states['pending'], 'word')} without a reply with {name}: make the same call again to continue."
            )
    spread = {name: value for name, value in found.spread.items() if value is not None}
    if spread:
        values = ", ".join(f"{value:.1f} with {name}" for name, value in spread.items())
        sentences.append(f"Spread of a word's score over the repeats (standard deviation in points): {values}.")
    return sentences


def figures(row: MetricDifference) -> tuple[str, str, str, str, str]:
    """Return a metric's name, its means with A and B, the difference with its interval, and the sign test's p."""
    digits, low, high = row.metric.digits, row.interval.low, row.interval.high
    mean = number(row.interval.mean, digits, sign=True)
    interval = (
        f"{number(low, digits, sign=True)} to {number(high, digits, sign=True)}" if row.interval.known else "unknown"
    )
    return row.metric.name, number(row.a, digits), number(row.b, digits), f"{mean} ({interval})", _p_value(row.sign_p)


def check_text(change: CheckChange) -> str:
    """Return how a check's findings differ."""
    return f"{change.code}: {change.won} won, {change.lost} lost, {change.both} in both"


def rows_note(shown: int, start: int, total: int) -> str:
    """Return which words a page shows, and how to show more."""
    if not total:
        return "No word differs."
    last = start + shown
    more = f" For more: .rows({last})" if last < total else ""
    return f"Words {start + 1:,} to {last:,} of {total:,}, the largest losses first.{more}"


def score_text(score: float | None) -> str:
    """Return a score, or a dash without one."""
    return "–" if score is None else f"{score:g}" if score == round(score) else f"{score:.1f}"


def number(value: float, digits: int, sign: bool = False) -> str:
    """Return a number with this many decimal places, or a dash if it is unknown."""
    if not math.isfinite(value):
        return "–"
    return f"{value:+,.{digits}f}" if sign else f"{value:,.{digits}f}"


def _p_value(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _lines(found: "PromptComparison") -> Iterator[str]:
    words = found.results["item_id"].n_unique()
    yield f"Verdict: {found.verdict.text}"
    for name, label in found.labels.items():
        yield f"{name}: {label}"
    yield f"{counted(words, 'word')}. {cost_sentence(found)} Experiment {found.name}"
    yield from notes(found)
    yield ""
    yield f"{'':<{_NAMES}} {'A':>10} {'B':>10}   B - A (95 % interval){'':<8} sign test p"
    for row in found.metrics:
        name, a, b, difference, p = figures(row)
        yield f"{name:<{_NAMES}} {a:>10} {b:>10}   {difference:<30} {p}"
    if found.checks:
        yield ""
        yield "Checks, in words (won: only A has the finding):"
        yield from (f"  {check_text(change)}" for change in found.checks[:_MOST_CHECKS])
    if found.regressions.height:
        yield ""
        yield f"Lower with B: {counted(found.regressions.height, 'word')}"
        for item_id, _, a, b in found.regressions.head(_MOST_WORDS).iter_rows():
            yield f"  {item_id}: {score_text(a)} -> {score_text(b)}"
    if found.answers:
        yield ""
        yield "Blind preferences:"
        yield from (f"  {line}" for line in preference_lines(found.answers))
