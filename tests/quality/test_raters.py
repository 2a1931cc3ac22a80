"""Who is compared with whom, on what, and how people's yes and no stands beside three verdicts."""

import polars as pl
import pytest
from support.scored import held, judged, released, scored

from korean_flashcards.quality.agreement import AGREEMENT_SCHEMA, measure_agreement

NOBODY = released().clear(), held().clear()


def pairs(frame: pl.DataFrame) -> dict[tuple[str, str], tuple[object, ...]]:
    return {row[:2]: row[2:5] for row in frame.iter_rows()}


def test_score_and_judge_are_compared_on_words_score_and_people_on_cards() -> None:
    found = measure_agreement(scored().quality, judged(), released(), held())
    assert dict(found.schema) == AGREEMENT_SCHEMA
    assert pairs(found) == {
        ("score", "judge"): ("words", 3, 2 / 3), ("score", "people"): ("cards", 2, 1.0),
        ("judge", "people"): ("words", 2, 1.0),
    }  # fmt: skip
    assert found["kappa"].to_list() == pytest.approx([0.5, 1.0, 1.0])


def test_what_nobody_judged_or_reviewed_is_no_agreement() -> None:
    found = measure_agreement(scored().quality, judged().clear(), *NOBODY)
    assert found["rated"].to_list() == [0, 0, 0] and found["kappa"].null_count() == 3


def test_a_word_with_one_rejected_card_is_rejected_by_people() -> None:
    quality = scored([]).quality
    rejected = held().with_columns(item_id=pl.lit("남성#1"), tab_name=pl.lit("Hanja"))
    approved = released().with_columns(tags=pl.lit(["review:approved"]))
    found = pairs(measure_agreement(quality, judged().filter(item_id="남성#1"), approved, rejected))
    assert found["judge", "people"] == ("words", 1, 1.0), "the judge says review, people say no"


def test_the_author_of_an_edit_is_no_rater() -> None:
    edited = released().filter(pl.col("tags").list.contains("review:edited"))
    assert pairs(measure_agreement(scored().quality, judged(), edited, held().clear()))["score", "people"][1] == 0
