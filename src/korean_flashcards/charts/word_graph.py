"""Draw the words that learners easily confuse as a graph: a dot per word, and a line per pair."""

import altair as alt
import numpy as np
import polars as pl

from korean_flashcards.charts.bars import chart_of

_WORDS = 36  # more words would overlap
_STEPS = 300
_SIZE = 680  # pixels

Ends = np.ndarray[tuple[int, int], np.dtype[np.int_]]  # one row per line: the numbers of its two dots
Places = np.ndarray[tuple[int, int], np.dtype[np.float64]]  # one row per dot: x and y


def confusable_words(confusables: pl.DataFrame) -> alt.TopLevelMixin:
    """Draw the most similar pairs of words. Thick lines join the words that are confused most easily.

    The position of a word only depends on the pairs: the same layer gives the same picture.
    """
    pairs = _strongest(confusables)
    words = sorted({*pairs["item_id"], *pairs["other_id"]})
    number = {word: place for place, word in enumerate(words)}
    names = {**dict(zip(pairs["item_id"], pairs["term"], strict=True)),
             **dict(zip(pairs["other_id"], pairs["other_term"], strict=True))}  # fmt: skip
    ends = np.array(
        [(number[one], number[other]) for one, other in pairs.select("item_id", "other_id").iter_rows()], int
    )
    places = _laid_out(len(words), ends.reshape(-1, 2))
    dots = [{"word": names[word], "x": float(x), "y": float(y)} for word, (x, y) in zip(words, places, strict=True)]
    lines = [
        {"x": dots[one]["x"], "y": dots[one]["y"], "x2": dots[other]["x"], "y2": dots[other]["y"], "score": score}
        for (one, other), score in zip(ends, pairs["score"], strict=True)
    ]
    return _drawn(dots, lines)


def _strongest(confusables: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs with the highest scores, once each, that have at most ``_WORDS`` words."""
    pair = pl.concat_list(pl.min_horizontal("item_id", "other_id"), pl.max_horizontal("item_id", "other_id"))
    ranked = confusables.sort(["score", "item_id", "other_id"], descending=[True, False, False])
    distinct = ranked.unique(pair.list.join("\n"), keep="first", maintain_order=True)
    words: set[str] = set()
    kept = []
    for row, ends in enumerate(distinct.select("item_id", "other_id").iter_rows()):
        if len(words.union(ends)) <= _WORDS:
            words.update(ends)
            kept.append(row)
    return distinct[kept]


def _laid_out(count: int, ends: Ends) -> Places:
    """Return the places of the dots: joined dots attract each other, and all dots repel each other.

    Source: Fruchterman and Reingold, "Graph drawing by force-directed placement", 1991.
    """
    places = np.random.default_rng(1).uniform(-1, 1, (count, 2))
    joined = np.zeros((count, count))
    joined[ends[:, 0], ends[:, 1]] = joined[ends[:, 1], ends[:, 0]] = 1
    ideal = 2.6 / np.sqrt(max(count, 1))
    for heat in np.linspace(0.15, 0.005, _STEPS):
        apart = places[:, None] - places[None]
        distance = np.maximum(np.linalg.norm(apart, axis=-1), 0.01)
        force = ideal**2 / distance**2 - joined * distance / ideal
        move = (apart * force[..., None]).sum(axis=1) - 0.4 * places
        length = np.maximum(np.linalg.norm(move, axis=1, keepdims=True), 1e-9)
        places = places + move / length * np.minimum(length, heat)
    return places


def _drawn(dots: list[dict[str, object]], lines: list[dict[str, object]]) -> alt.TopLevelMixin:
    x, y = alt.X("x:Q", axis=None), alt.Y("y:Q", axis=None)
    width = alt.StrokeWidth("score:Q", legend=None, scale=alt.Scale(range=[0.6, 3.5]))
    joined = chart_of(lines).mark_rule(opacity=0.45).encode(x, y, x2="x2:Q", y2="y2:Q", strokeWidth=width)
    base = chart_of(dots).encode(x, y)
    marks = base.mark_circle(size=60, opacity=1)
    texts = base.mark_text(dy=-11, fontSize=14).encode(text="word:N")
    chart: alt.TopLevelMixin = alt.layer(joined, marks, texts).properties(width=_SIZE, height=_SIZE * 0.75)
    return chart
