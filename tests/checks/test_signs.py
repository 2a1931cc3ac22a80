"""Test that rules are called only for texts with their signs, and that this loses no findings."""

from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import Any

import pytest
from checks.good_records import hand_written
from checks.proof import DAMAGES, applicable

from korean_flashcards.checks import check_registry
from korean_flashcards.checks.check import Check
from korean_flashcards.checks.signs import HAN, Rules, only_with, start_of
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.records import Finding, Severity

_FOUND = Check("found", Severity.NOTE, "", "")


@only_with("raises", "the news", "+ -", "ㅏ", "불규", HAN)
def _with_signs(subject: Analysis | Card) -> Iterator[Finding]:
    yield _FOUND.at("back", "with signs")


def _always(subject: Analysis | Card) -> Iterator[Finding]:
    yield _FOUND.at("back", "always")


def _card(back: str) -> Card:
    return Card({"back": back}, Analysis({}, {}))


@pytest.mark.parametrize("back", ["It Raises you.", "On the news.", "갔 is 가 + -았-.", "It has ㅏ.", "불규칙", "男"])
def test_a_rule_is_called_if_the_text_has_one_of_its_signs(back: str) -> None:
    rules: Rules[Card] = Rules(_with_signs, _always)
    assert rules.that_may_find(_card(back)) == [_with_signs, _always]


@pytest.mark.parametrize("back", ["It praises you: the old news + 가-.", "불은 규칙", ""])
def test_a_rule_is_not_called_without_its_signs(back: str) -> None:
    rules: Rules[Card] = Rules(_with_signs, _always)
    assert rules.that_may_find(_card(back)) == [_always]


def test_a_sign_is_searched_by_its_first_word() -> None:
    signs = ("the news", "don't", "+ -", "[", "불규", "불규칙")
    assert [start_of(sign) for sign in signs] == ["the", "don", "", "", "불규", "불규칙"]


def test_no_rule_finds_anything_in_a_text_without_its_signs() -> None:
    random, entries = Random(3), hand_written()
    damaged = [entry for way in DAMAGES[::10] for _, entry in islice(applicable(iter(entries), way, random), 1)]
    for word, record, cards in damaged:
        analysis = Analysis(record, word)
        _assert_nothing_missed(check_registry._OF_NUANCE, analysis)
        for card in cards:
            _assert_nothing_missed(check_registry._OF_CARD, Card(card, analysis))


def _assert_nothing_missed(rules: Rules[Any], subject: Analysis | Card) -> None:
    called = rules.that_may_find(subject)
    assert [rule for rule in rules.all if rule not in called and list(rule(subject))] == []
