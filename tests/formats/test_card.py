"""Test the parts of a card that code computes: the supported types, the primer and the tags."""

from typing import Any

import pytest
from formats.samples import NUANCE
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.domain.records import CARD_TYPES, DraftCard
from korean_flashcards.formats.card import offline_types, primer, supported_types, tags

WORD = {"term": "남성", "pos": "noun", "metaphor_noun": "Oak Tree", "comparison": NUANCE["comparison"],
        "homonyms": NUANCE["homonyms"], "topik_level": 3, "own_tags": ["unit_1"],
        "model": "openai/gpt-5"}  # fmt: skip


def tags_of(tab_name: str, tags_: list[str] = (), level: str = "", **word: Any) -> list[str]:  # type: ignore[assignment]
    draft = DraftCard(tab_name=tab_name, front="f", back="b", tags=list(tags_), honorific_level=level)
    return tags(draft, WORD | word)


def test_the_primer_has_the_specified_text():
    assert primer("noun", 7, "남성[nam.sʌŋ]") == (
        "You enter your clean, pleasant-smelling memory room. 1. Walk to the cabinet labeled 'KOREAN'. 2. Open the "
        "drawer labeled 'TERMS'. 3. Pull out the binder marked 'NOUN'. 4. Flip to the tab for 'Term #7: "
        "남성[nam.sʌŋ]' and prepare to step through the portal."
    )


@pytest.mark.parametrize(
    ("nuance", "types"),
    [
        (NUANCE, [name for name in CARD_TYPES if name != "Grammar"]),
        (NUANCE | {"pos": "verb"}, list(CARD_TYPES)),
        (NUANCE | {"homonyms": None}, ["Scene", "Usage-Comparison", "Formal-Casual", "Example", "Cultural"]),
        (NUANCE | {"usage_context": None}, [name for name in CARD_TYPES if name != "Grammar"]),
        (NUANCE | {"usage_context": None, "comparison": None, "pos": "ending"}, list(CARD_TYPES)),
    ],
)
def test_a_card_type_is_left_out_only_if_the_word_lacks_what_it_is_about(nuance, types):
    assert supported_types(nuance, CARD_TYPES) == types


def test_supported_types_keep_the_given_order():
    assert supported_types(NUANCE, ["Hanja", "Scene"]) == ["Hanja", "Scene"]
    assert supported_types(NUANCE | {"homonyms": None}, ["Hanja"]) == []


@pytest.mark.parametrize(
    ("tab_name", "level", "expected"),
    [
        ("Scene", "", ["concept:metaphor", "metaphor:oak_tree"]),
        ("Usage-Comparison", "neutral", ["comparison_term:남자"]),
        ("Hanja", "", ["hanja", "character:男", "character:性"]),
        ("Grammar", "polite", []),
    ],
)
def test_the_tags_of_each_card_type_are_in_order(tab_name, level, expected):
    formality = [f"formality:{level}"] if level == "polite" else []
    assert tags_of(tab_name, level=level) == [
        "term:남성", "pos:noun", f"card:{tab_name}", *expected, "level:TOPIK3", *formality, "source:openai/gpt-5", "unit_1",
    ]  # fmt: skip


def test_missing_values_add_no_tag():
    assert tags_of("Usage-Comparison", comparison=None, topik_level=None, own_tags=[]) == [
        "term:남성", "pos:noun", "card:Usage-Comparison", "source:openai/gpt-5",
    ]  # fmt: skip


def test_a_card_of_the_offline_model_has_no_tags_about_a_metaphor():
    assert tags_of("Scene", model="offline/dictionary@1") == [
        "term:남성", "pos:noun", "card:Scene", "level:TOPIK3", "source:offline", "unit_1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "types"),
    [
        ({}, ["Scene", "Usage-Comparison", "Hanja", "Grammar"]),
        (
            {"usage_context": "남자가 왔어요. “A man came.” — A note."},
            ["Scene", "Usage-Comparison", "Hanja", "Grammar", "Example"],
        ),
        ({"korean_keywords": ["남성"]}, ["Scene", "Usage-Comparison", "Hanja"]),
        ({"comparison": None, "homonyms": None, "korean_keywords": ["남성"]}, ["Scene"]),
    ],
)
def test_the_offline_model_writes_only_cards_with_content(changed, types):
    assert offline_types(NUANCE | changed, CARD_TYPES) == types


@pytest.mark.parametrize(("hanja", "has_card"), [("門", True), ("葛", False), ("葛藤", True)])
def test_an_offline_hanja_card_needs_two_characters_or_a_related_word(hanja, has_card):
    homonym = {"hanja": hanja, "reading": "x", "meaning": "x", "differentiator": "x"}
    assert ("Hanja" in offline_types(NUANCE | {"homonyms": [homonym]}, CARD_TYPES)) is has_card


def test_only_hanja_become_character_tags():
    homonyms = [NUANCE["homonyms"][0] | {"hanja": "親切(하)"}]
    assert [tag for tag in tags_of("Hanja", homonyms=homonyms) if "character" in tag] == [
        "character:親",
        "character:切",
    ]


@pytest.mark.parametrize(
    "false_tag",
    ["term:여성", "pos:verb", "card:Hanja", "metaphor:lamp", "level:TOPIK6", "source:human", "Term:여성",
     "LEVEL:TOPIK6"],
)  # fmt: skip
def test_computed_tags_replace_tags_from_the_model(false_tag):
    assert tags_of("Scene", [false_tag]) == tags_of("Scene")


def test_the_tags_that_the_prompt_requests_are_kept_beside_the_computed_ones():
    assert tags_of("Scene", ["concept:male_category", "concept:metaphor"])[3:] == [
        "concept:metaphor", "metaphor:oak_tree", "level:TOPIK3", "source:openai/gpt-5", "unit_1", "concept:male_category",
    ]  # fmt: skip
    shown = ["formality:formal", "formality:polite"]
    assert [tag for tag in tags_of("Formal-Casual", shown, "polite") if tag.startswith("formality:")] == [
        "formality:polite", "formality:formal",
    ]  # fmt: skip
    assert [tag for tag in tags_of("Scene", shown, "casual") if tag.startswith("formality:")] == ["formality:casual"]


def test_other_tags_from_the_model_are_kept_without_duplicates():
    assert tags_of("Scene", ["topic:family", "unit_1", "topic:family"])[-2:] == ["unit_1", "topic:family"]


TEXT = st.text(st.sampled_from("가a ,\t\n:\u3000\xa0;"), min_size=1, max_size=8).filter(str.strip)


TEXTS = st.lists(TEXT, max_size=3)


@given(term=TEXT, noun=TEXT, vs=TEXT, own=TEXTS, models=TEXTS, card=st.sampled_from(CARD_TYPES))
def test_no_tag_contains_a_space_or_a_comma(term, noun, vs, own, models, card):
    result = tags_of(card, models, term=term, metaphor_noun=noun, comparison={"vs": vs, "nuance": "x"}, own_tags=own)
    assert [tag.split(":")[0] for tag in result[:3]] == ["term", "pos", "card"]
    assert len(result) == len(set(result))
    assert all(tag and len(tag.split()) == 1 and "," not in tag for tag in result)


@pytest.mark.parametrize(
    ("given", "tag"),
    [
        ("status::gone", "list:status::gone"),
        ("card:Scene", "list:card:Scene"),
        ("Review:Approved", "list:Review:Approved"),
        ("HANJA", "list:HANJA"),
        ("list:x", "list:list:x"),
        ("leech", "list:leech"),
        ("::status::gone", "list:status::gone"),
        ("::mark\x07ed", "list:marked"),
        ("a::::b", "a::b"),
        ("course::unit1", "course::unit1"),
        ("a:b", "a:b"),
        ("statuses", "statuses"),
        (":status:gone", ":status:gone"),
    ],
)
def test_a_tag_of_a_list_stays_as_it_is_but_cannot_imitate_a_tag_of_the_project(given, tag):
    assert tags_of("Grammar", own_tags=[given])[-1] == tag


@pytest.mark.parametrize("tag", ["status:gone", "Review:approved", "confusable::남자", "status", "marked", "Leech"])
def test_a_model_cannot_add_the_tags_of_later_pipelines(tag):
    assert tags_of("Grammar", [tag]) == tags_of("Grammar")
    assert tags_of("Grammar", [f"my_{tag}"])[-1] == f"my_{tag}"
