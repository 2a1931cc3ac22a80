"""Test that a word misspelled by one letter is found anywhere, and that names and words shown on purpose are accepted."""

from typing import Any

import pytest
from checks.good_records import prompt_examples

from korean_flashcards.checks import check_card, check_nuance

GONE = prompt_examples()[1]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("explanation", "갔어요 'went'; 병웑에 갔어요 names the goal."), ("korean_keywords", ["갔어요", "지아철역"]),
        ("usage_context", "Said of a trip: 공항버수로 갔어요 'went by airport bus'."),
            ("other_meanings", "also 'vanished': 언니는 저녘마다 갔어요"),
        ("comparison", {"vs": "왔어요", "nuance": "갔어요 leaves, 왔어요 arrives (친귀가 왔어요)."}),
    ],
)  # fmt: skip
def test_misspelled_words_are_found_in_every_field(field: str, value: Any) -> None:
    found = check_nuance(GONE.record | {field: value}, GONE.word)
    assert ("likely_misspelled", field) in [(each.code, each.field) for each in found]


@pytest.mark.parametrize(
    "text",
    [
        "병웑 would be a mistake.", "It sounds like 병웓.", "병원에 [병워네] 갔어요.", "Say [병워네 가써요].",
        "병웑에 → 병원에",
        "밋첼은 병원에 갔어요. 'Mitchell went to the hospital.'", "여름은 덥다. 문뜩 생각났어요. 'I suddenly remembered.'",
    ],
)  # fmt: skip
def test_names_and_words_that_are_shown_on_purpose_are_accepted(text: str) -> None:
    card = GONE.cards[0] | {"back": f"{GONE.cards[0]['back']}\n\n{text}"}
    assert "likely_misspelled" not in [each.code for each in check_card(card, GONE.record, GONE.word)]
