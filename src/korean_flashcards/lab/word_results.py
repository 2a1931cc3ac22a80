"""Turn the layers of variants into one row for each word, and into the texts that a comparison shows. Pure."""

import polars as pl

from korean_flashcards.domain.frame_schemas import Columns
from korean_flashcards.lab.variant_layers import VariantLayers

# One row for each variant (A or B), repeat (from 1), and word.
# state: done, failed (no analysis or no cards, which counts as a score of 0), or pending (no reply yet, so no score).
# cost_usd, tokens, latency_s: of all calls for the word's replies, also if an earlier run paid for them.
# length: characters on the word's cards. codes: the codes of the findings, each as often as it was found.
RESULT_SCHEMA: Columns = {
    "variant": pl.String, "repeat": pl.Int64, "item_id": pl.String, "term": pl.String, "state": pl.String,
    "code": pl.String, "score": pl.Int64, "cost_usd": pl.Float64, "tokens": pl.Int64, "length": pl.Int64,
    "latency_s": pl.Float64, "cards": pl.Int64, "codes": pl.List(pl.String),
}  # fmt: skip
# field: a field of the analysis, or a card type with front or back ("Scene front").
TEXT_SCHEMA: Columns = {
    "variant": pl.String, "repeat": pl.Int64, "item_id": pl.String, "field": pl.String, "text": pl.String,
}  # fmt: skip
# The fields of an analysis that a model writes and that a comparison shows.
_FIELDS = (
    "primary_meaning", "other_meanings", "metaphor", "metaphor_noun", "metaphor_action", "suggested_location",
    "anchor_object", "anchor_sensory", "explanation", "usage_context", "comparison",
)  # fmt: skip
_SUMS = ("cost_usd", "tokens_in", "tokens_out", "latency_s")


def word_results(variant: str, repeat: int, words: pl.DataFrame, layers: VariantLayers) -> pl.DataFrame:
    """Return one row for each word (RESULT_SCHEMA)."""
    replies = pl.concat([frame.select("item_id", "pending", *_SUMS) for frame in _replies(layers)])
    sums = replies.group_by("item_id").agg(
        pl.col("pending").is_not_null().any(), *(pl.col(name).sum() for name in _SUMS[1:]),
        # A sum with an unknown price is unknown.
        cost_usd=pl.when(pl.col("cost_usd").is_null().any()).then(None).otherwise(pl.col("cost_usd").sum()),
    )  # fmt: skip
    cards = layers.flashcards.group_by("item_id").agg(
        cards=pl.len().cast(pl.Int64),
        length=(pl.col("front").str.len_chars() + pl.col("back").str.len_chars()).sum().cast(pl.Int64),
    )
    scores = layers.quality.filter(pl.col("tab_name").is_null()).select("item_id", "score")
    found = layers.findings.group_by("item_id").agg(codes=pl.col("code").sort())
    failed = layers.failures.group_by("item_id").agg(code=pl.col("code").first())
    rows = words.select("item_id", "term")
    for frame in (sums, cards, scores, found, failed):
        rows = rows.join(frame, on="item_id", how="left", maintain_order="left")
    state = pl.when("pending").then(pl.lit("pending")).when(pl.col("cards") > 0).then(pl.lit("done"))
    rows = rows.with_columns(state=state.otherwise(pl.lit("failed")))
    score = pl.when(state="pending").then(None).when(state="failed").then(0).otherwise("score")
    return rows.with_columns(
        variant=pl.lit(variant), repeat=pl.lit(repeat), score=score, tokens=pl.col("tokens_in") + pl.col("tokens_out"),
        cards=pl.col("cards").fill_null(0), length=pl.col("length").fill_null(0), codes=pl.col("codes").fill_null([]),
    ).select(pl.col(name).cast(kind) for name, kind in RESULT_SCHEMA.items())  # fmt: skip


def word_texts(variant: str, repeat: int, layers: VariantLayers) -> pl.DataFrame:
    """Return the texts that the model wrote, one row for each field (TEXT_SCHEMA)."""
    comparison = pl.format(
        "{}: {}", pl.col("comparison").struct.field("vs"), pl.col("comparison").struct.field("nuance")
    )
    analyses = (
        layers.nuance.with_columns(comparison=comparison)
        .unpivot(_FIELDS, index="item_id", variable_name="field", value_name="text")
    )  # fmt: skip
    cards = layers.flashcards.unpivot(
        ["front", "back"], index=["item_id", "tab_name"], variable_name="side", value_name="text"
    ).select("item_id", "text", field=pl.format("{} {}", "tab_name", "side"))
    texts = pl.concat([analyses.select("item_id", "field", "text"), cards.select("item_id", "field", "text")])
    return texts.filter(pl.col("text").is_not_null()).select(
        pl.lit(variant).alias("variant"), pl.lit(repeat, pl.Int64).alias("repeat"), "item_id", "field", "text"
    )


def _replies(layers: VariantLayers) -> tuple[pl.DataFrame, pl.DataFrame]:
    return layers.nuance_replies, layers.flashcard_replies
