"""The node that compares what score, judge and people say."""

import polars as pl

from korean_flashcards.quality import raters


def measure_agreement(
    quality: pl.DataFrame, judgements: pl.DataFrame, released: pl.DataFrame, held: pl.DataFrame
) -> pl.DataFrame:
    """Return Cohen's kappa of each two raters, ``raters.AGREEMENT_SCHEMA``; people's reviews are in the last two layers."""
    return raters.agreements(quality, judgements, released, held)
