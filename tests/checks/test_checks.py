"""Test all checks together: they are documented, accept any text, and work without kiwipiepy."""

import re
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from checks.good_records import Entry, hand_written, prompt_examples
from hypothesis import given, settings
from hypothesis import strategies as st

from korean_flashcards.checks import CHECKS, Check, check_card, check_deck, check_nuance
from korean_flashcards.checks.chat import _OFFER, _OFFER_SIGNS
from korean_flashcards.checks.leftovers import (
    _DECLINES,
    _SPEAKS_OF_THE_TASK,
    _WRAPPINGS,
    _is_wrapped,
    _may_be_about_the_task,
)
from korean_flashcards.checks.lengths import _ROW, _may_have_row
from korean_flashcards.checks.occurrence import lemmas, occurs_in
from korean_flashcards.checks.signs import Signs
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.korean import morphology

NAMSEONG = prompt_examples()[0]
DOCS = Path(__file__).resolve().parents[2] / "docs/reference/checks.md"
_NASTY = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.sampled_from(["", " ", "'", "男", "가", "??", "[", "…", "1" * 90, "\ud7b0", "다", "요."]),
)


def _with(entry: Entry, **fields: Any) -> set[str]:
    return {each.code for each in check_nuance(entry.record | fields, entry.word)}


def _card(back: str) -> Card:
    return Card({"back": back}, Analysis({}, {}))


def test_the_documentation_lists_every_check() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+)(\*?) \| ([^|]+) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    documented = [(code, severity, bool(star), meaning.strip()) for code, severity, star, meaning in rows]
    assert documented == [(c.code, str(c.severity), c.needs_morphology, c.meaning) for c in CHECKS.values()]


def texts_with(pattern: re.Pattern[str]) -> st.SearchStrategy[str]:
    """Return texts that the pattern finds. Hypothesis does not accept a pattern that is compiled at its first use."""
    return st.from_regex(re.compile(pattern.pattern, pattern.flags))


@given(st.sampled_from(_WRAPPINGS), st.data())
def test_every_leftover_contains_a_character_that_starts_the_search(
    wrapping: tuple[Check, re.Pattern[str], re.Pattern[str]], data: st.DataObject
) -> None:
    """Texts without any of these characters are not searched for leftovers, to save time."""
    _, signs, pattern = wrapping
    text = data.draw(texts_with(pattern))
    assert _is_wrapped(text) and signs.search(text)


@given(st.sampled_from((_SPEAKS_OF_THE_TASK, _DECLINES)).flatmap(texts_with))
def test_every_text_about_the_task_contains_a_sign_that_starts_the_search(text: str) -> None:
    assert _may_be_about_the_task(_card(text))


@given(texts_with(_OFFER))
def test_every_offer_contains_a_sign_that_starts_the_search(text: str) -> None:
    assert _OFFER_SIGNS.found_in(_card(text)) or "\\n" in text


@given(texts_with(_ROW))
def test_every_row_contains_a_word_twice(text: str) -> None:
    assert _may_have_row(_card(text))


def test_signs_are_found_as_whole_words_and_phrases() -> None:
    signs = Signs("polite", "the news", "here is ")
    assert set(signs.found_in(_card("On the news, “polite” speech is formal."))) == {"polite", "the news"}
    assert signs.found_in(_card("Impolite. Where is the old newspaper?")) == []


_HOMONYM = st.fixed_dictionaries(dict.fromkeys(("hanja", "reading", "meaning", "differentiator"), _NASTY))
_TEXT_FIELDS = [
    name for name in NAMSEONG.record if name not in {"comparison", "homonyms", "korean_keywords", "item_id"}
]
_RECORD = st.fixed_dictionaries(
    dict.fromkeys(_TEXT_FIELDS, _NASTY)
    | {
        "comparison": st.one_of(st.none(), st.fixed_dictionaries({"vs": _NASTY, "nuance": _NASTY})),
        "homonyms": st.one_of(st.none(), st.lists(_HOMONYM, max_size=2)),
        "korean_keywords": st.one_of(st.none(), st.lists(_NASTY, max_size=3)),
    }
)
_WORD = st.sampled_from([NAMSEONG.word, {}, {"term": "10분"}, {"term": "-님", "definition": "?"}])


@settings(max_examples=60)
@given(fields=_RECORD, front=_NASTY, back=_NASTY, word=_WORD)
def test_checks_accept_any_record_and_card(fields: dict[str, Any], front: Any, back: Any, word: Any) -> None:
    card = NAMSEONG.cards[0] | {"front": front, "back": back}
    for each in check_nuance(fields, word) + check_card(card, fields, word):
        check = CHECKS[each.code]
        assert each.severity is check.severity and each.message and "\n" not in each.message


def test_a_good_deck_and_an_empty_deck_have_no_findings() -> None:
    nuance = pl.DataFrame([entry.record for entry in hand_written()], infer_schema_length=None)
    cards = pl.DataFrame([card for entry in hand_written() for card in entry.cards], infer_schema_length=None)
    assert list(check_deck(nuance, cards)) == []
    assert list(check_deck(nuance.clear(), cards.clear())) == []


def test_checks_that_need_the_analyzer_are_skipped_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # No other test analyzes this word, so nothing about it is cached.
    word = NAMSEONG.word | {"term": "느티나무", "hanja": None}
    text = "아무도 그늘에서 낮잠을 자지 않더군요."
    record = NAMSEONG.record | {
        "term": "느티나무[nɯ.tʰi.na.mu]",
        "explanation": text,
        "pos": "verb",
        "metaphor": text,
    }
    record |= {"comparison": {"vs": "느티나무", "nuance": text}, "usage_context": None, "other_meanings": None}
    assert "about_another_word" in {each.code for each in check_nuance(record, word)}
    for kept in (occurs_in, lemmas, morphology._analyse, morphology.raw_morphemes):
        kept.cache_clear()
    monkeypatch.setattr(morphology, "_loaded", None)
    monkeypatch.setitem(sys.modules, "kiwipiepy", None)
    found = {each.code for each in check_nuance(record, word)}
    assert {"comparison_same_word", "ipa_other_word", "in_korean"} <= found
    assert [code for code in found if CHECKS[code].needs_morphology] == []


def test_a_finding_says_what_is_wrong_and_what_is_correct() -> None:
    entry = NAMSEONG
    found = {each.code: each for each in check_nuance(entry.record | {"ipa": "[nam.soŋ]"}, entry.word)}
    assert found["ipa_differs"].field == "ipa"
    assert found["ipa_differs"].message == "[nam.soŋ] should be [nam.sʌŋ]: soŋ → sʌŋ"


@pytest.mark.parametrize("ipa", ["[nam.sʌːŋ]", "[nam.sɔŋ]", "[ˈnam.sʌŋ]", "[namsʌŋ]"])
def test_other_symbols_for_the_same_sounds_are_only_notes(ipa: str) -> None:
    assert {"ipa_notation"} == _with(NAMSEONG, ipa=ipa) - {"ipa_beside_term"}


@pytest.mark.parametrize(
    ("word", "ipa"),
    [("햇살", "[hɛ.s͈al]"), ("햇살", "[hɛt̚.s͈al]"), ("맛있다", "[ma.dit̚.t͈a]"), ("금융", "[kɯ.mjuŋ]"), ("효과", "[hjo.k͈wa]"),
     ("김밥", "[kim.p͈ap̚]"), ("되어", "[twe.jʌ]"), ("우리의", "[u.ɾi.e]"), ("주의", "[tɕu.i]"), ("의", "[e]"),
     ("혜택", "[he.tʰɛk̚]"), ("할 수 없다", "[hal.s͈u.ʌp̚.t͈a]"), ("할 수 없다", "[hal su ʌp̚.t͈a]"), ("옷 한 벌", "[o.tʰan.bʌl]"),
     ("이 가방", "[i.ɡa.baŋ]"), ("만날 사람", "[man.nal.s͈a.ɾam]"), ("아니오", "[a.ni.jo]")],
)  # fmt: skip
def test_every_permitted_pronunciation_is_accepted(word: str, ipa: str) -> None:
    record = NAMSEONG.record | {"term": f"{word}{ipa}", "ipa": ipa, "pos": "phrase"}
    found = {each.code for each in check_nuance(record, {"term": word, "definition": "a thing"})}
    assert not {"ipa_differs", "ipa_other_word"} & found


@pytest.mark.parametrize(
    ("word", "ipa"), [("방법", "[paŋ.p͈ʌp̚]"), ("콧날", "[ko.nal]"), ("할 수 없다", "[hal.tʰu.ʌp̚.t͈a]")]
)
def test_a_pronunciation_that_is_not_permitted_is_reported(word: str, ipa: str) -> None:
    assert {"ipa_differs", "ipa_other_word"} & {
        each.code for each in check_nuance(NAMSEONG.record | {"ipa": ipa}, {"term": word, "definition": "a thing"})
    }


def test_ipa_of_digits_is_not_checked() -> None:
    minutes = next(entry for entry in hand_written() if entry.word["term"] == "10분")
    assert not {"ipa_differs", "ipa_other_word"} & _with(minutes, ipa="[jʌl.bun]")


def test_uninformative_definitions_are_ignored() -> None:
    for definition in ("unknown", "A Korean noun: 남성이", "-", ""):
        assert not {each.code for each in check_nuance(NAMSEONG.record, NAMSEONG.word | {"definition": definition})}
    wrong = NAMSEONG.word | {"definition": "castle wall"}
    assert "meaning_differs" in {each.code for each in check_nuance(NAMSEONG.record, wrong)}


def test_the_layout_of_the_offline_model_is_not_boilerplate() -> None:
    front = "Imagine a place that helps you remember this word. What does it mean?"
    cards = [card | {"front": front} for entry in hand_written()[:5] for card in entry.cards[:1]]
    nuance = pl.DataFrame([entry.record for entry in hand_written()[:5]], infer_schema_length=None)
    found = list(check_deck(nuance, pl.DataFrame(cards, infer_schema_length=None)))
    assert {(each[1], each[2].code) for each in found} == {(card["tab_name"], "boilerplate_front") for card in cards}
    offline = pl.DataFrame([card | {"model": "offline/dictionary"} for card in cards], infer_schema_length=None)
    assert list(check_deck(nuance, offline)) == []


def test_a_short_front_is_a_note() -> None:
    card = NAMSEONG.cards[0] | {"front": "You step through the portal. An oak?"}
    assert {each.code for each in check_card(card, NAMSEONG.record, NAMSEONG.word)} == {"front_length"}


@pytest.mark.parametrize(
    ("listed", "homonyms", "found"),
    [
        ("男性", True, []),
        ("男聲", False, ["the list's hanja 男聲 are not used"]),
        ("只今", False, ["the list's hanja 只今 are not used, because they are not read as 남성"]),
        ("男性(남성)", True, []),
        ("bus", False, []),
    ],
)
def test_hanja_of_the_list_that_the_record_does_not_use_are_named(
    listed: str, homonyms: bool, found: list[str]
) -> None:
    record = NAMSEONG.record | ({} if homonyms else {"homonyms": None})
    named = check_nuance(record, NAMSEONG.word | {"hanja": listed})
    assert [finding.message for finding in named if finding.code == "hanja_not_used"] == found


def test_labeled_hanja_and_variant_characters_are_not_reported() -> None:
    explanation = (
        "남성, in 한자 男性, has 力 (힘 력) under 田; 教師 (교사, 'teacher') and 說明 (설명) are built likewise."
    )
    assert not _with(NAMSEONG, explanation=explanation)
    assert _with(NAMSEONG, explanation=f"{explanation} So is 성격 人格.") == {"hanja_reading"}


def test_a_wrong_part_of_speech_is_reported_with_the_base_of_the_word() -> None:
    word = NAMSEONG.word | {"term": "앞에"}
    record = NAMSEONG.record | {"term": "앞에[a.pʰe]", "ipa": "[a.pʰe]", "pos": "particle"}
    messages = [each.message for each in check_nuance(record, word) if each.code == "pos_disagrees"]
    assert messages == ["the part of speech is particle, but 앞에 is based on the noun 앞"]
