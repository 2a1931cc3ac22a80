"""Test that scores are bounded, never rise with another finding, do not depend on order, and decide the verdict."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError
from support.parameters import quality_parameters

from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.quality.scoring import VERDICTS, points, score, score_word

QUALITY = quality_parameters()
CODES = ["ipa_other_word", "boilerplate_back", "too_short"]
ANY_FINDING = st.builds(
    Finding, st.sampled_from(CODES), st.sampled_from(Severity), st.sampled_from(["front", "back"]), st.text(max_size=5)
)
ANY_FINDINGS = st.lists(ANY_FINDING, max_size=8)
ANY_WEIGHTS = st.dictionaries(st.sampled_from(CODES), st.floats(0, 3), max_size=3)


def finding(severity: str, code: str = "too_short", message: str = "the back is short") -> Finding:
    return Finding(code, Severity(severity), "back", message)


def scored(*severities: str, **changes: Any) -> tuple[int, str]:
    return score(map(finding, severities), quality_parameters(**changes))[:2]


def test_a_card_without_findings_scores_100_and_is_published() -> None:
    assert score([], QUALITY) == (100, "publish", 0, 0, [])


def test_each_finding_subtracts_the_points_of_its_severity() -> None:
    assert scored("error") == (60, "review")
    assert scored("warning") == (85, "publish")
    assert scored("note", "note") == (96, "publish")
    assert scored("error", "warning", "note") == (43, "reject")


def test_a_weight_scales_the_points_of_a_code() -> None:
    assert scored("warning", weights={"too_short": 2}) == (70, "review")
    assert scored("error", weights={"too_short": 0}) == (100, "publish")
    assert scored("error", weights={"another": 2}) == (60, "review")


def test_a_score_equal_to_a_threshold_reaches_it() -> None:
    limits = {"points": {"note": 1}, "publish_from": 99, "review_from": 98}
    assert [scored(*["note"] * count, **limits)[1] for count in range(4)] == ["publish", "publish", "review", "reject"]


def test_reasons_are_sorted_by_points() -> None:
    found = [finding("note", message="one short"), finding("error", message="男性 reads 남성, not 여성")]
    assert score(found, QUALITY).reasons == ["男性 reads 남성, not 여성 (error, −40)", "one short (note, −2)"]


def test_a_word_has_the_score_of_its_weakest_card_and_all_reasons() -> None:
    analysis, good, weak = [finding("note")], [], [finding("warning"), finding("warning")]
    word = score_word(analysis, [good, weak], QUALITY)
    assert word[:4] == (68, "review", 0, 2) == score([*analysis, *weak], QUALITY)[:4]
    assert len(word.reasons) == 3
    assert score_word([finding("error")], [], QUALITY)[:2] == (60, "review")


@given(ANY_FINDINGS, ANY_WEIGHTS)
def test_a_score_is_0_to_100_with_one_reason_per_finding(found: list[Finding], weights: dict[str, float]) -> None:
    result = score(found, quality_parameters(weights=weights))
    assert 0 <= result.score <= 100 and result.verdict in VERDICTS
    assert len(result.reasons) == len(found) >= result.errors + result.warnings


@example(
    [Finding("ipa_other_word", Severity.WARNING, "front", "")],
    Finding("ipa_other_word", Severity.NOTE, "front", ""),
    {"ipa_other_word": 0.5},
)
@given(ANY_FINDINGS, ANY_FINDING, ANY_WEIGHTS)
def test_another_finding_never_improves_the_score_or_the_verdict(
    found: list[Finding], more: Finding, weights: dict[str, float]
) -> None:
    quality = quality_parameters(weights=weights)
    before, after = score(found, quality), score([*found, more], quality)
    assert after.score <= before.score
    assert VERDICTS.index(after.verdict) >= VERDICTS.index(before.verdict)
    assert after.score < before.score or before.score == 0 or points(more, quality) < 1
    assert score_word([*found, more], [found], quality).score <= score_word(found, [found], quality).score


@given(st.data(), ANY_FINDINGS, ANY_WEIGHTS)
def test_the_order_of_findings_and_cards_does_not_matter(
    data: st.DataObject, found: list[Finding], weights: dict[str, float]
) -> None:
    quality, shuffled = quality_parameters(weights=weights), data.draw(st.permutations(found))
    assert score(shuffled, quality) == score(found, quality)
    assert score_word([], [shuffled, found[:2]], quality) == score_word([], [found[:2], found], quality)


def test_the_order_of_floats_does_not_change_their_sum() -> None:
    points = {"error": 33.6, "warning": 5.7, "note": 1.2}
    assert len({sum(order) for order in permutations(points.values())}) > 1, "otherwise this test proves nothing"
    assert {scored(*order, points=points)[0] for order in permutations(points)} == {60}


@given(ANY_FINDINGS, st.lists(ANY_FINDINGS, min_size=1, max_size=3))
def test_a_word_has_the_lowest_score_of_its_cards(analysis: list[Finding], cards: list[list[Finding]]) -> None:
    word = score_word(analysis, cards, QUALITY)
    assert word.score == min(score([*analysis, *card], QUALITY).score for card in cards)


@pytest.mark.parametrize(
    "changes",
    [{"publish_from": 101}, {"review_from": 81}, {"points": {"error": -1}}, {"points": {"eror": 1}},
     {"weights": {"a": float("nan")}}, {"sample": 1.5}],
)  # fmt: skip
def test_invalid_parameters_are_rejected(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        quality_parameters(**changes)
