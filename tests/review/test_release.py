"""Reviews decide first which cards go into the deck, then the checks. Held cards have a reason."""

import polars as pl
import pytest
from review.samples import analyses, analysis, card, cards, quality, review

from korean_flashcards.review.edits import applied
from korean_flashcards.review.mixed import half_edited, mixed_cards
from korean_flashcards.review.parts import ANALYSIS, Action, Override, Part, Review, Row, part_of
from korean_flashcards.review.release import HELD, release

GOOD, SO_SO, BAD = card("가#1"), card("나#1"), card("다#1")
CARDS = cards(GOOD, SO_SO, BAD)
NUANCE = analyses(*(analysis(item_id) for item_id in ("가#1", "나#1", "다#1")))
VERDICTS = quality(
    {Part("가#1", "Scene"): "publish", Part("나#1", "Scene"): "review", Part("다#1", "Scene"): "reject",
     Part("다#1", ANALYSIS): "reject"}
)  # fmt: skip


def released(*reviews: Review, required: bool = False) -> tuple[list[str], dict[str, tuple[str, str]], pl.DataFrame]:
    """Return the item ids of the released cards, the reasons of the held ones, and the released cards."""
    out, held = release(CARDS, NUANCE, VERDICTS, reviews, required)
    assert out.height + held.height == CARDS.height
    assert out.schema == CARDS.schema and held.columns == [*CARDS.columns, *HELD]
    assert out["position"].to_list() == list(range(1, out.height + 1))
    return out["item_id"].to_list(), {row[0]: row[1:] for row in held.select("item_id", *HELD).iter_rows()}, out


def tags(out: pl.DataFrame) -> list[str | None]:
    return [next((tag for tag in row if tag.startswith("review:")), None) for row in out["tags"]]


def test_without_reviews_the_verdict_decides_and_review_is_tagged() -> None:
    ids, held, out = released()
    assert ids == ["가#1", "나#1"] and held == {"다#1": ("failed_checks", "배 is [pɛ]")}
    assert tags(out) == [None, "review:needed"]
    assert out.filter(item_id="가#1")["tags"].to_list() == CARDS.filter(item_id="가#1")["tags"].to_list()


def test_an_approved_card_is_released_whatever_its_verdict() -> None:
    ids, held, out = released(review(BAD), review(SO_SO, Action.EDIT, 2))
    assert ids == ["가#1", "나#1", "다#1"] and not held
    assert tags(out) == [None, "review:edited", "review:approved"]


def test_an_approval_of_different_text_does_not_release_a_card() -> None:
    ids, held, out = released(review(card("다#1", front="Another?")), review(card("가#1", front="Another?"), number=2))
    assert ids == ["가#1", "나#1"] and held["다#1"][0] == "failed_checks"
    assert tags(out) == ["review:changed", "review:needed"]


def edit(row: Row, **values: str) -> list[Override]:
    return [Override(part_of(row), name, row[name], value) for name, value in values.items()]


def held_as(generated: Row, *reviews: Review, overrides: list[Override], accepted: list[Row]) -> str | None:
    """Return why the newly generated card is held back, after the edits are applied."""
    row = applied(generated, overrides)
    frame = cards(row)
    mixed = mixed_cards(frame, half_edited(overrides), {part_of(row): accepted})
    _, held = release(frame, NUANCE, VERDICTS, reviews, False, mixed)
    return held["held_as"][0] if held.height else None


@pytest.mark.parametrize(
    ("edited", "changed", "held"),
    [
        ({"back": "Mine."}, {"front": "New?"}, "mixed"),
        ({"back": "Mine."}, {"front": "New?", "back": "New."}, "mixed"),
        ({"front": "Mine?"}, {"back": "New."}, "mixed"),
        ({"back": "Mine."}, {"back": "New."}, None),
        ({"back": "Mine."}, {}, None),
        ({"back": "Mine."}, {"honorific_level": "formal"}, None),
        ({"front": "Mine?", "back": "Mine."}, {"front": "New?", "back": "New."}, None),
        ({"honorific_level": "polite"}, {"front": "New?"}, None),
    ],
)
def test_an_edited_side_beside_a_newly_generated_side_is_held_until_it_is_approved(edited, changed, held) -> None:
    overrides = edit(GOOD, **edited)
    mine = applied(GOOD, overrides)
    generated = GOOD | changed
    said = review(mine, Action.EDIT)
    assert held_as(generated, said, overrides=overrides, accepted=[mine]) == held
    now = applied(generated, overrides)
    approved = held_as(generated, said, review(now, number=2), overrides=overrides, accepted=[mine, now])
    rejected = held_as(generated, said, review(now, Action.REJECT, 2), overrides=overrides, accepted=[mine])
    assert (approved, rejected) == (None, "rejected")


def test_a_rejected_card_is_held_with_the_reason() -> None:
    ids, held, _ = released(review(GOOD, Action.REJECT, reason="another word's scene"))
    assert ids == ["나#1"]
    assert held["가#1"] == ("rejected", "rejected by kim on 2026-11-25: another word's scene")


def test_a_rejected_analysis_holds_all_cards_of_its_word() -> None:
    ids, held, _ = released(review(analysis("가#1"), Action.REJECT, reason="wrong IPA"), review(GOOD, number=2))
    assert ids == ["나#1"]
    assert held["가#1"] == ("rejected", "its analysis was rejected by kim on 2026-11-25: wrong IPA")


@pytest.mark.parametrize("action", [Action.APPROVE, Action.EDIT, Action.RESTORE])
def test_if_reviews_are_required_only_approved_cards_are_released(action: Action) -> None:
    ids, held, _ = released(review(SO_SO, action), review(card("다#1", front="Another?"), number=2), required=True)
    assert ids == ["나#1"]
    assert held["가#1"] == ("unapproved", "nobody has approved it")
    assert held["다#1"] == ("unapproved", "it differs from the version approved by kim on 2026-11-25")


@pytest.mark.parametrize("tag", ["review:approved", "Review::approved", "status:gone", "confusable:남자", "Leech"])
def test_a_tag_that_imitates_a_later_pipeline_is_removed(tag: str) -> None:
    forged = cards(card(tags=["term:남성", "pos:noun", "card:Scene", tag]))
    out, _ = release(forged, analyses(analysis()), quality({Part("남성#1", "Scene"): "publish"}), [], False)
    assert out["tags"].to_list() == [["term:남성", "pos:noun", "card:Scene"]]
