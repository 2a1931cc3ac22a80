"""Test that the checks accept good analyses and cards of all kinds of words, and of grammar patterns in any notation."""

import re

import pytest
from checks.good_records import Entry
from checks.short_records import short_entries

from korean_flashcards.checks import check_card, check_nuance
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.headword_pattern import is_pattern


def alarms_of(entry: Entry) -> list[tuple[str, str, Finding]]:
    found = [("analysis", each) for each in check_nuance(entry.record, entry.word)]
    for card in entry.cards:
        found += [(card["tab_name"], each) for each in check_card(card, entry.record, entry.word)]
    term = entry.word["term"]
    return [(term, name, each) for name, each in found if each.severity is not Severity.NOTE]


def test_good_analyses_and_cards_of_all_kinds_have_no_errors_or_warnings() -> None:
    assert len(short_entries()) >= 100
    assert [alarm for entry in short_entries() for alarm in alarms_of(entry)] == []


_TRANSLATION = re.compile(r"(?<=[\s(])'((?:[^'\n]|(?<=\w)'(?=\w))+)'(?!\w)")


@pytest.mark.parametrize("style", [r"“\1”", r'"\1"', r"(\1)", r"— \1", r"\n'\1'\n"])
def test_examples_are_accepted_in_other_styles(style: str) -> None:
    for entry in short_entries()[::4]:
        cards = [card | {"back": _TRANSLATION.sub(style, card["back"])} for card in entry.cards]
        assert [each for each in alarms_of(entry._replace(cards=cards)) if each[1] != "analysis"] == []


def test_quoted_examples_are_accepted() -> None:
    for entry in short_entries()[::4]:
        backs = [re.sub(r"([가-힣][가-힣 ,]*[.?!])( ')", r"“\1”\2", card["back"]) for card in entry.cards]
        cards = [card | {"back": back} for card, back in zip(entry.cards, backs, strict=True)]
        assert [each for each in alarms_of(entry._replace(cards=cards)) if each[1] != "analysis"] == []


@pytest.mark.parametrize(("old", "new"), [("-", "~"), ("-", "V-"), ("-", "A/V-"), ("-", "")])
def test_grammar_patterns_are_accepted_in_other_notations(old: str, new: str) -> None:
    entries = [entry for entry in short_entries() if entry.word["term"].startswith(old)]
    assert len(entries) > 20
    for entry in entries:
        term = new + entry.word["term"].removeprefix(old)
        record = entry.record | {"term": f"{term}{entry.record['ipa']}"}
        cards = [card | {"term": record["term"]} for card in entry.cards]
        other = Entry(entry.word | {"term": term, "pos": None}, record, cards)
        assert [each for each in alarms_of(other) if "ipa" not in each[2].code] == []


def test_a_card_without_the_pattern_is_reported() -> None:
    """Most patterns are as easy to miss in a wrong example as words. Only some one-syllable endings occur by chance."""
    missed = []
    for entry in short_entries():
        if is_pattern(entry.word["term"]) and entry.word["pos"] == "phrase":
            back = "The answer is short.\n\n비가 와요. 'It is raining.' 형은 키가 커. 'My brother is tall.'"
            card = entry.cards[0] | {"back": back, "tab_name": "Grammar"}
            codes = {each.code for each in check_card(card, entry.record, entry.word)}
            if "no_example_has_the_word" not in codes:
                missed.append(entry.word["term"])
    assert missed == []


@pytest.mark.parametrize(
    ("back", "code"),
    [
        ("Rain is falling, so you say it aloud. 어, 비가 와요? 'Oh, is it raining?'", None),
        ("Rain is falling, the street is wet. What does your friend say about it?", "swapped_sides"),
    ],
)
def test_a_back_that_ends_with_a_translated_question_is_not_a_front(back: str, code: str | None) -> None:
    word = {"term": "비", "pos": "noun", "definition": "rain"}
    record = {"term": "비", "ipa": "[pi]", "pos": "noun", "primary_meaning": "rain"}
    front = "You look out of the window and the street is wet and everybody runs. React in Korean, please."
    card = {"term": "비", "tab_name": "Example", "front": front, "back": back, "honorific_level": ""}
    codes = {each.code for each in check_card(card, record, word) if each.severity is Severity.ERROR}
    assert codes == ({code} if code else set())


def test_only_words_in_the_dictionary_form_must_not_be_compared_with_a_form_of_themselves() -> None:
    def codes(term: str, pos: str, vs: str) -> set[str]:
        record = {"term": term, "pos": pos, "comparison": {"vs": vs, "nuance": f"{term} and {vs} differ."}}
        return {each.code for each in check_nuance(record, {"term": term, "pos": pos})}

    assert "comparison_inflection" in codes("먹다", "verb", "먹고")
    assert "comparison_inflection" in codes("친구", "noun", "친구에게")
    for term, pos, vs in (("갔어요", "verb", "가요"), ("예쁜", "adjective", "예쁘게"), ("가다", "verb", "가시다")):
        assert "comparison_inflection" not in codes(term, pos, vs)
