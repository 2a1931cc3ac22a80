"""Test which raters are compared on what, and how approvals and rejections map to the three verdicts."""

import polars as pl
import pytest
from support.scored import held, judged, released, scored

from korean_flashcards.quality.agreement import AGREEMENT_SCHEMA, measure_agreement

NOBODY = released().clear(), held().clear()


def pairs(frame: pl.DataFrame) -> dict[tuple[str, str], tuple[object, ...]]:
    return {row[:2]: row[2:5] for row in frame.iter_rows()}


def test_score_and_judge_are_compared_per_word_and_score_and_people_per_card() -> None:
    found = measure_agreement(scored().quality, judged(), released(), held())
    assert dict(found.schema) == AGREEMENT_SCHEMA
    assert pairs(found) == {
        ("score", "judge"): ("words", 3, 2 / 3), ("score", "people"): ("cards", 2, 1.0),
        ("judge", "people"): ("words", 2, 1.0),
    }  # fmt: skip
    assert found["kappa"].to_list() == pytest.approx([0.5, 1.0, 1.0])


def test_there_is_no_agreement_without_judgements_or_reviews() -> None:
    found = measure_agreement(scored().quality, judged().clear(), *NOBODY)
    assert found["rated"].to_list() == [0, 0, 0] and found["kappa"].null_count() == 3


def test_people_reject_a_word_if_they_reject_one_of_its_cards() -> None:
    quality = scored([]).quality
    rejected = held().with_columns(item_id=pl.lit("남성#1"), tab_name=pl.lit("Hanja"))
    approved = released().with_columns(tags=pl.lit(["review:approved"]))
    found = pairs(measure_agreement(quality, judged().filter(item_id="남성#1"), approved, rejected))
    assert found["judge", "people"] == ("words", 1, 1.0), "the judge says review, and people rejected a card"


def test_an_edit_does_not_count_as_a_rating() -> None:
    edited = released().filter(pl.col("tags").list.contains("review:edited"))
    assert pairs(measure_agreement(scored().quality, judged(), edited, held().clear()))["score", "people"][1] == 0
