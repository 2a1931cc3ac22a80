"""The proof: damaged records are caught and named, good ones are left alone. `bench_checks.py` prints the same as tables."""

from functools import cache

from checks.good_records import hand_written, offline_sample, prompt_examples
from checks.proof import DAMAGES, Proof, false_alarms, prove

from korean_flashcards.checks import CHECKS, check_card, check_nuance
from korean_flashcards.domain.records import Severity


@cache
def _proof() -> Proof:
    return prove()


def test_damage_is_caught_and_named_in_at_least_95_of_100_records() -> None:
    proof = _proof()
    done, right = proof.done.total(), proof.right.total()
    assert len(DAMAGES) >= 30 and done >= 300
    missed = {name: dict(proof.table[name]) for name in proof.done if proof.right[name] < proof.done[name]}
    assert right / done >= 0.95, missed


def test_no_kind_of_damage_goes_unseen() -> None:
    proof = _proof()
    assert {way.name for way in DAMAGES} == set(proof.done)
    assert [name for name in proof.done if proof.right[name] < 0.7 * proof.done[name]] == []


def test_good_analyses_and_cards_are_left_alone() -> None:
    alarms, units = false_alarms()
    assert units >= 300 and len(hand_written()) >= 40
    assert len(alarms) <= 0.02 * units, alarms


def test_nothing_is_certainly_wrong_with_a_good_record() -> None:
    assert [alarm for alarm in false_alarms()[0] if alarm[2].severity is Severity.ERROR] == []


def test_the_prompts_own_examples_and_the_offline_deck_have_no_finding_worth_a_look() -> None:
    for entry in prompt_examples() + offline_sample():
        findings = check_nuance(entry.record, entry.word)
        for card in entry.cards:
            findings += check_card(card, entry.record, entry.word)
        assert [each for each in findings if each.severity is not Severity.NOTE] == []


def test_every_check_is_brought_out_by_some_damage() -> None:
    brought_out = set().union(*_proof().table.values())
    # The notes on IPA and front are shown in test_checks.py.
    assert CHECKS.keys() - brought_out == {"ipa_notation", "front_length"}
