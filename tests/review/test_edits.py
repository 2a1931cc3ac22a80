"""Edits stay in effect when text is generated again, affect derived fields, and report conflicts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from review.samples import analyses, analysis, card, cards

from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.domain.records import Flashcard, Nuance
from korean_flashcards.review.edits import CONFLICT_SCHEMA, applied, apply_edits, conflicting, merged_tags
from korean_flashcards.review.fields import checked, typed_value
from korean_flashcards.review.parts import ANALYSIS, Override, Part, fingerprint

SCENE, WORD = Part("남성#1", "Scene"), Part("남성#1", ANALYSIS)
FRONT = Override(SCENE, "front", "Scene of 남성?", "Who is there?")
NUANCE = analyses(analysis("여성#1"), analysis())
CARDS = cards(card(), card("여성#1"), card(tab_name="Hanja"))


def test_only_edited_fields_change_and_the_order_is_kept() -> None:
    nuance, edited, conflicts = apply_edits(NUANCE, CARDS, [FRONT])
    assert nuance.equals(NUANCE) and conflicts.is_empty() and dict(conflicts.schema) == CONFLICT_SCHEMA
    assert edited["front"].to_list() == ["Who is there?", "Scene of 여성?", "Hanja of 남성?"]
    assert edited.drop("front").equals(CARDS.drop("front")) and edited.schema == CARDS.schema
    assert apply_edits(NUANCE, CARDS, [])[1].equals(CARDS)


def test_an_edit_of_a_missing_card_has_no_effect() -> None:
    _, edited, conflicts = apply_edits(NUANCE, CARDS, [Override(Part("남성#1", "Cultural"), "front", "a", "b")])
    assert edited.equals(CARDS) and conflicts.is_empty()


def test_an_edited_analysis_changes_the_derived_fields_of_its_cards() -> None:
    edits = [Override(WORD, "ipa", "[nam.sʌŋ]", "[nam.s͈ʌŋ]"), Override(WORD, "pos", "noun", "phrase"),
             Override(WORD, "metaphor_noun", "oak", "pine tree")]  # fmt: skip
    tagged = cards(
        card("여성#1"),
        card(tags=["term:남성", "pos:noun", "card:Scene", "concept:metaphor", "metaphor:oak", "level:TOPIK3"]),
    )
    nuance, edited, _ = apply_edits(analyses(analysis("여성#1"), analysis(metaphor_noun="oak")), tagged, edits)
    assert nuance["term"].to_list() == ["여성[nam.sʌŋ]", "남성[nam.s͈ʌŋ]"]
    shown = edited.row(1, named=True)
    assert shown["term"] == "남성[nam.s͈ʌŋ]" and "'PHRASE'" in shown["primer"] and "남성[nam.s͈ʌŋ]" in shown["primer"]
    assert shown["tags"][:3] == ["term:남성", "pos:phrase", "card:Scene"]
    assert {"metaphor:pine_tree", "level:TOPIK3"} <= set(shown["tags"]) and "metaphor:oak" not in shown["tags"]
    assert edited.row(0) == tagged.row(0)
    Nuance.model_validate({name: nuance.row(1, named=True)[name] for name in Nuance.model_fields})
    Flashcard.model_validate({name: shown[name] for name in Flashcard.model_fields})


@pytest.mark.parametrize("value", [None, {"vs": "남자", "nuance": "plain"}])
def test_an_edited_structure_has_the_same_fingerprint_in_the_ledger_and_in_the_layer(
    value: dict[str, str] | None,
) -> None:
    """Otherwise, the next run would treat the edited text as not reviewed."""
    layer = analyses(analysis(comparison={"vs": "사내", "nuance": "rough"}))
    (generated,) = layer.to_dicts()
    edit = Override(WORD, "comparison", generated["comparison"], value)
    (edited,) = apply_edits(layer, CARDS.clear(), [edit])[0].to_dicts()
    assert fingerprint(WORD, edited) == fingerprint(WORD, applied(generated, [edit])) != fingerprint(WORD, generated)


def test_a_conflict_has_all_three_texts_and_the_edit_stays_in_effect() -> None:
    regenerated = cards(card(front="Generated again?"))
    _, edited, conflicts = apply_edits(analyses(analysis()), regenerated, [FRONT])
    assert edited["front"].to_list() == ["Who is there?"]
    assert conflicts.rows() == [
        ("남성#1", "남성", "Scene", "front", "Scene of 남성?", "Who is there?", "Generated again?")
    ]  # fmt: skip


def test_generated_text_that_equals_the_edit_is_not_a_conflict() -> None:
    assert not conflicting(card(front="Who is there?"), FRONT)
    assert not conflicting(card(), FRONT)


def test_a_list_s_tag_that_an_earlier_edit_removed_stays_removed() -> None:
    """Earlier releases wrote it without "list:"."""
    generated, base = ["term:x", "list:level:9", "a"], ["term:x", "level:9", "a"]
    assert merged_tags(generated, base, ["term:x", "a", "mine"]) == ["term:x", "a", "mine"]


def test_edited_tags_are_merged_with_new_tags() -> None:
    edit = Override(SCENE, "tags", ["term:남성", "pos:noun", "card:Scene", "people"],
                    ["term:남성", "pos:noun", "card:Scene", "mine"])  # fmt: skip
    row = card(tags=["term:남성", "pos:noun", "card:Scene", "source:new", "people"])
    assert applied(row, [edit])["tags"] == ["term:남성", "pos:noun", "card:Scene", "source:new", "mine"]
    assert not conflicting(row, edit)


TAGS = st.lists(st.sampled_from("abcdef"), unique=True)


@given(TAGS, TAGS, TAGS)
def test_merged_tags_include_the_changes_of_both_sides(generated: list[str], base: list[str], value: list[str]) -> None:
    merged = merged_tags(generated, base, value)
    assert merged_tags(base, base, value) == [tag for tag in base if tag in value] + [
        tag for tag in value if tag not in base
    ]
    assert len(set(merged)) == len(merged)
    assert set(merged) == (set(generated) - (set(base) - set(value))) | (set(value) - set(base))


@given(st.sampled_from(["front", "back"]), st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_an_edit_replaces_any_generated_text(field: str, base: str, value: str, generated: str) -> None:
    edit = Override(SCENE, field, base, value)
    row = card(**{field: generated})
    assert applied(row, [edit]) == row | {field: value}
    assert conflicting(row, edit) == (generated not in (base, value))


@pytest.mark.parametrize(
    ("part", "field", "text", "message"),
    [
        (SCENE, "front", "  ", "front: string should have at least 1 character"),
        (SCENE, "back", "x" * 4001, "at most 4000"),
        (SCENE, "honorific_level", "rude", "honorific_level: input should be 'formal'"),
        (WORD, "ipa", "nam", r"ipa must be in a single pair of square brackets"),
        (WORD, "pos", "thing", "pos: input should be 'noun'"),
        (WORD, "homonyms", '[{"hanja": "女性", "reading": "여성", "meaning": "woman", "differentiator": "x"}]', "여성"),
        (WORD, "homonyms", "[", "must be JSON"),
        (WORD, "term", "여성", "cannot be edited"),
        (SCENE, "position", "3", "cannot be edited"),
        (SCENE, "tags", "food,Status::gone", "the tag Status::gone has a meaning.*such as my_status__gone"),
        (SCENE, "tags", "marked", "the tag marked has a meaning"),
        (SCENE, "tags", "confusable", "the tag confusable has a meaning"),
    ],
)  # fmt: skip
def test_an_invalid_edit_gives_one_message(part: Part, field: str, text: str, message: str) -> None:
    row = card() if part.tab_name else analysis()
    with pytest.raises(ReviewError, match=message) as caught:
        checked(part, row, {field: typed_value(part, field, text)})
    assert "\n" not in str(caught.value) and "Nothing was changed" in str(caught.value)


@pytest.mark.parametrize(
    ("part", "field", "text", "value"),
    [
        (SCENE, "front", " Who? ", "Who?"),
        (SCENE, "tags", "food, big words,term:other", ["term:남성", "pos:noun", "card:Scene", "food", "big_words"]),
        (SCENE, "tags", "review:approved, list:status:gone", ["term:남성", "pos:noun", "card:Scene", "list:status:gone"]),
        (SCENE, "honorific_level", "", ""),
        (WORD, "usage_context", "", None),
        (WORD, "homonyms", "null", None),
        (WORD, "comparison", '{"vs": "남자", "nuance": "plain"}', {"vs": "남자", "nuance": "plain"}),
    ],
)  # fmt: skip
def test_text_is_converted_to_the_value_of_the_field(part: Part, field: str, text: str, value: Any) -> None:
    row = card() if part.tab_name else analysis()
    assert checked(part, row, {field: typed_value(part, field, text)}) == {field: value}
