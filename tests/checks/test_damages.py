"""Test that the checks detect damaged records and accept good ones. `bench_checks.py` prints the results as tables."""

from functools import cache

from checks.good_records import hand_written, offline_sample, prompt_examples
from checks.proof import DAMAGES, Proof, false_alarms, prove

from korean_flashcards.checks import CHECKS, check_card, check_nuance
from korean_flashcards.domain.records import Severity


@cache
def _proof() -> Proof:
    return prove()


def test_at_least_95_percent_of_damaged_records_are_detected_correctly() -> None:
    proof = _proof()
    done, right = proof.done.total(), proof.right.total()
    assert len(DAMAGES) >= 30 and done >= 300
    missed = {name: dict(proof.table[name]) for name in proof.done if proof.right[name] < proof.done[name]}
    assert right / done >= 0.95, missed


def test_every_kind_of_damage_is_detected() -> None:
    proof = _proof()
    assert {way.name for way in DAMAGES} == set(proof.done)
    assert [name for name in proof.done if proof.right[name] < 0.7 * proof.done[name]] == []


def test_good_analyses_and_cards_rarely_have_findings() -> None:
    alarms, units = false_alarms()
    assert units >= 300 and len(hand_written()) >= 40
    assert len(alarms) <= 0.02 * units, alarms


def test_good_records_have_no_errors() -> None:
    assert [alarm for alarm in false_alarms()[0] if alarm[2].severity is Severity.ERROR] == []


def test_prompt_examples_and_the_offline_deck_have_only_notes() -> None:
    for entry in prompt_examples() + offline_sample():
        findings = check_nuance(entry.record, entry.word)
        for card in entry.cards:
            findings += check_card(card, entry.record, entry.word)
        assert [each for each in findings if each.severity is not Severity.NOTE] == []


def test_every_check_detects_some_damage() -> None:
    found = set().union(*_proof().table.values())
    # test_checks.py covers the notes about IPA symbols and short fronts, and test_offline_cards.py covers bare cards.
    assert CHECKS.keys() - found <= {"ipa_notation", "front_length", "bare_card"}
