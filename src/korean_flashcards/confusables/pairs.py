"""Build the report of confusable pairs."""

import polars as pl


def pairs_of(confusables: pl.DataFrame, vocabulary: pl.DataFrame) -> pl.DataFrame:
    """Return each pair once, most likely first. Ties keep their order in ``confusables``.

    The columns are score, term, meaning, other_term, other_meaning, kinds, and why.
    """
    meanings = vocabulary.select("item_id", meaning="definition")
    pair = pl.struct(pl.min_horizontal("item_id", "other_id"), last=pl.max_horizontal("item_id", "other_id"))
    return (
        confusables.filter(pair.is_first_distinct())
        .join(meanings, on="item_id", maintain_order="left")
        .sort("score", descending=True, maintain_order=True)
        .select(
            "score", "term", "meaning", "other_term", "other_meaning", pl.col("kinds").list.join(", "), "why",
        )
    )  # fmt: skip
