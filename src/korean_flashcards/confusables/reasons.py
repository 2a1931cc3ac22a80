"""Tell why two words are easily confused."""

from collections.abc import Mapping, Sequence
from itertools import starmap

import polars as pl

from korean_flashcards.confusables import jamo, lemma, meaning, sound
from korean_flashcards.confusables.classic_table import advice_of
from korean_flashcards.confusables.pair_frames import both, shared_keys
from korean_flashcards.confusables.rank import HOMOGRAPH, INFLECTION, KINDS, LETTERS, MEANING, SOUND
from korean_flashcards.confusables.word_table import WordTable

_POINTS = (*KINDS, "is_homograph", "is_inflection")


def with_reasons(rows: pl.DataFrame, table: WordTable) -> pl.DataFrame:
    """Return the rows with their ``kinds`` of similarity, strongest first, and with the reason ``why``.

    The reason is the advice for a classic pair, or all reasons as one sentence, regardless of the order of the two words.
    """
    points = rows.select(_POINTS).unique()
    kinds = points.with_columns(pl.Series("kinds", map(_kinds, points.iter_rows(named=True)), pl.List(pl.String)))
    rows = rows.join(kinds, on=_POINTS, maintain_order="left")
    pairs = pl.struct(a=pl.min_horizontal("word", "other"), b=pl.max_horizontal("word", "other"))
    rows = rows.with_columns(pairs.alias("words"))
    others = rows.filter(~pl.col("is_inflection") & pl.col("pair").is_null()).unique("words")
    reasons = others.select("words", why=_reasons(others.unnest("words"), table))
    advice = {pair: advice_of(pair) for pair in rows["pair"].drop_nulls().unique()}
    return rows.join(reasons, on="words", how="left", maintain_order="left").with_columns(
        why=pl.when("is_inflection").then(pl.lit(lemma.WHY))
        .when(pl.col("pair").is_null()).then("why")
        .otherwise(pl.col("pair").replace_strict(advice, return_dtype=pl.String, default=None))
    )  # fmt: skip


def _kinds(points: Mapping[str, int]) -> list[str]:
    if points["is_inflection"]:
        return [INFLECTION]
    found = sorted((kind for kind in KINDS if points[kind]), key=lambda kind: -points[kind])
    return [HOMOGRAPH if kind == SOUND and points["is_homograph"] else kind for kind in found]


def _reasons(pairs: pl.DataFrame, table: WordTable) -> pl.Series:
    """Return the reasons for each pair (columns ``a``, ``b``, and ``kinds``) as one sentence."""
    values = both(pairs, table.words, *sound.FEATURES, "sound", "slots")
    values = values.with_columns(_shared_text(pairs, table).alias("text"))
    asked = values.select("kinds", sound.why().alias("sound"), meaning.why().alias("meaning"), "slots_a", "slots_b")
    return pl.Series("why", starmap(_sentence, asked.iter_rows()), pl.String)


def _sentence(kinds: Sequence[str], by_sound: str, by_meaning: str, one: str, other: str) -> str:
    reasons = {SOUND: by_sound, HOMOGRAPH: by_sound, MEANING: by_meaning}
    text = "; ".join(jamo.why(one, other) if kind == LETTERS else reasons[kind] for kind in kinds)
    return f"{text[0].upper()}{text[1:]}."


def _shared_text(pairs: pl.DataFrame, table: WordTable) -> pl.Series:
    """Return the first shared sense, as in the definition of the word with the smaller item ID, or null if there is none."""
    order = both(pairs.select("a", "b"), table.words, "id_order")
    first = (order["id_order_a"] < order["id_order_b"]).alias("is_first")
    senses = shared_keys(pairs, table.senses)
    senses = senses.with_columns(first.gather(senses["pair"])).select(
        "pair", *(pl.when("is_first").then(name).otherwise(f"{name}_b").alias(name) for name in ("place", "text"))
    )
    texts = senses.sort("place").unique("pair", keep="first", maintain_order=True)
    own = pl.select(pair=pl.int_range(pairs.height, dtype=pl.UInt32))
    return own.join(texts, on="pair", how="left", maintain_order="left")["text"]
