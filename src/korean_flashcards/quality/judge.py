"""Choose the words for a model to judge, and turn the model's ratings into verdicts. Pure."""

import hashlib

import polars as pl

from korean_flashcards.domain.parameters import QualityParameters
from korean_flashcards.domain.records import Judgement
from korean_flashcards.formats.judge_reply import CRITERIA
from korean_flashcards.quality.scoring import Verdict


def judged_words(quality: pl.DataFrame, parameters: QualityParameters) -> list[str]:
    """Return the item IDs of the words that ``quality.judge`` selects, in the order of ``quality``.

    Words without cards are never selected. A word is doubtful if the score of one of its cards is at most
    ``quality.judge_margin`` points from a threshold.

    A sample contains the words with the lowest hashes, so every run draws the same words. The sample is drawn from all
    word lists together.
    """
    has_cards = pl.col("item_id").is_in(quality.filter(pl.col("tab_name").is_not_null())["item_id"].unique().implode())
    words = quality.filter(pl.col("tab_name").is_null() & has_cards)
    if parameters.judge == "off":
        return []
    if parameters.judge == "review":
        return words.filter(verdict="review")["item_id"].to_list()
    if parameters.judge == "doubtful":
        near = quality.filter(pl.col("tab_name").is_not_null() & _is_doubtful(parameters))["item_id"]
        return words.filter(pl.col("item_id").is_in(near.unique().implode()))["item_id"].to_list()
    item_ids = words["item_id"].to_list()
    if parameters.judge == "all":
        return item_ids
    sample = set(sorted(item_ids, key=_drawn)[: parameters.judge_sample])
    return [item_id for item_id in item_ids if item_id in sample]


def lowest(judgement: Judgement) -> int:
    """Return the judgment's lowest rating, which decides the verdict."""
    ratings = (getattr(judgement, name) for name in CRITERIA)
    return min(int(rating.rating) for rating in ratings if rating is not None)


def judge_verdict(judgement: Judgement, parameters: QualityParameters) -> Verdict:
    """Return the verdict for the word's lowest rating. A word with a fault gets the verdict "review" at best."""
    rating = lowest(judgement)
    if rating >= parameters.judge_publish_from:
        return "review" if judgement.faults else "publish"
    return "review" if rating >= parameters.judge_review_from else "reject"


def _is_doubtful(parameters: QualityParameters) -> pl.Expr:
    """Return whether a score is so close to a threshold that one finding more or less can change the verdict."""
    near = [(pl.col("score") - limit).abs() <= parameters.judge_margin for limit in parameters.thresholds]
    return pl.any_horizontal(near)


def _drawn(item_id: str) -> bytes:
    return hashlib.sha256(item_id.encode()).digest()
