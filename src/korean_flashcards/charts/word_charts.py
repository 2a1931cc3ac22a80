"""Draw charts of words and cards: their number, scores, findings, and failures."""

import altair as alt
import polars as pl

from korean_flashcards.charts.bars import WIDTH, bars, chart_of, stacked_bars

_MOST = 15  # findings in a chart
_VERDICTS = ("publish", "review", "reject")
_VERDICT_COLORS = ("#4a9579", "#c98a2b", "#d2604f")
_SEVERITIES = {"error": "#d2604f", "warning": "#c98a2b", "note": "#4f86c6"}


def words_by_level(vocabulary: pl.DataFrame) -> alt.Chart:
    """Draw the number of words by TOPIK level and part of speech."""
    level = pl.col("topik_level").cast(pl.String).fill_null("none")
    counts = vocabulary.group_by(level=level, pos=pl.col("pos").fill_null("unknown")).agg(words=pl.len())
    return stacked_bars(counts.sort("level", "pos"), "level", "words", "pos", title="TOPIK level")


def cards_by_type(flashcards: pl.DataFrame) -> alt.TopLevelMixin:
    """Draw the number of cards of each type."""
    return bars(flashcards.group_by(type="tab_name").agg(cards=pl.len()).sort("type"), "type", "cards")


def scores(quality: pl.DataFrame) -> alt.Chart:
    """Draw how many words have which score, from 0 to 100 in steps of 5, by verdict."""
    words = quality.filter(pl.col("tab_name").is_null())
    steps = words.group_by("verdict", score=pl.col("score") // 5 * 5).agg(words=pl.len()).sort("score", "verdict")
    verdict = alt.Color("verdict:N", scale=alt.Scale(domain=_VERDICTS, range=_VERDICT_COLORS))
    axis = alt.X("score:Q", scale=alt.Scale(domain=[0, 105]))
    drawn = chart_of(steps.to_dicts()).mark_bar(size=16, align="left").encode(x=axis, y="words:Q", color=verdict)
    chart: alt.Chart = drawn.properties(width=WIDTH, height=200)
    return chart


def findings_by_code(findings: pl.DataFrame) -> alt.Chart:
    """Draw the most frequent findings of the checks, by severity."""
    counts = findings.group_by("code", "severity").agg(findings=pl.len()).sort("code", "severity")
    totals = counts.group_by("code").agg(pl.col("findings").sum())
    most = totals.sort("findings", "code", descending=[True, False]).head(_MOST)
    shown = counts.join(most, on="code", how="semi")
    return stacked_bars(shown, "code", "findings", "severity", longest_first=True, colors=_SEVERITIES)


def failures_by_code(nuance_failures: pl.DataFrame, flashcard_failures: pl.DataFrame) -> alt.Chart:
    """Draw why words have no analysis or no cards."""
    stages = [("analysis", nuance_failures), ("cards", flashcard_failures)]
    failed = pl.concat([frame.select("code", missing=pl.lit(stage)) for stage, frame in stages])
    counts = failed.group_by("code", "missing").agg(words=pl.len()).sort("code", "missing")
    return stacked_bars(counts, "code", "words", "missing", longest_first=True)
