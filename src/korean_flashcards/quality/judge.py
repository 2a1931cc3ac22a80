"""Which words a model judges, and what its ratings say should become of them. Pure."""

import hashlib

import polars as pl

from korean_flashcards.domain.parameters import QualityParameters
from korean_flashcards.domain.records import Judgement
from korean_flashcards.formats.judge_reply import CRITERIA
from korean_flashcards.quality.scoring import Verdict


def judged_words(quality: pl.DataFrame, parameters: QualityParameters) -> list[str]:
    """Return the item ids that ``quality.judge`` chooses of the words with cards, in the order of ``quality``.

    A sample is the words whose hashes come first: the same ones in every run, and with another list's words among them
    still a sample of each list.
    """
    has_cards = pl.col("item_id").is_in(quality.filter(pl.col("tab_name").is_not_null())["item_id"].unique().implode())
    words = quality.filter(pl.col("tab_name").is_null() & has_cards)
    if parameters.judge == "off":
        return []
    if parameters.judge == "review":
        return words.filter(verdict="review")["item_id"].to_list()
    item_ids = words["item_id"].to_list()
    if parameters.judge == "all":
        return item_ids
    sample = set(sorted(item_ids, key=_drawn)[: parameters.judge_sample])
    return [item_id for item_id in item_ids if item_id in sample]


def lowest(judgement: Judgement) -> int:
    """Return the lowest of the ratings: a word is as good as what is worst about it."""
    ratings = (getattr(judgement, name) for name in CRITERIA)
    return min(int(rating.rating) for rating in ratings if rating is not None)


def judge_verdict(judgement: Judgement, parameters: QualityParameters) -> Verdict:
    """Return what becomes of the word by its lowest rating."""
    rating = lowest(judgement)
    if rating >= parameters.judge_publish_from:
        return "publish"
    return "review" if rating >= parameters.judge_review_from else "reject"


def _drawn(item_id: str) -> bytes:
    return hashlib.sha256(item_id.encode()).digest()
