"""Edits hold whatever is generated, show where the analysis shows, and say when the text under them has changed."""

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
FRONT = Override(SCENE, "front", "Scene of 남성?", "Who stands there?")
NUANCE = analyses(analysis("여성#1"), analysis())
CARDS = cards(card(), card("여성#1"), card(tab_name="Hanja"))


def test_only_what_is_edited_changes_and_nothing_moves() -> None:
    nuance, edited, conflicts = apply_edits(NUANCE, CARDS, [FRONT])
    assert nuance.equals(NUANCE) and conflicts.is_empty() and dict(conflicts.schema) == CONFLICT_SCHEMA
    assert edited["front"].to_list() == ["Who stands there?", "Scene of 여성?", "Hanja of 남성?"]
    assert edited.drop("front").equals(CARDS.drop("front")) and edited.schema == CARDS.schema
    assert apply_edits(NUANCE, CARDS, [])[1].equals(CARDS)


def test_an_edit_of_a_card_that_is_not_there_rests() -> None:
    _, edited, conflicts = apply_edits(NUANCE, CARDS, [Override(Part("남성#1", "Cultural"), "front", "a", "b")])
    assert edited.equals(CARDS) and conflicts.is_empty()


def test_an_edited_analysis_shows_in_what_code_takes_from_it() -> None:
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
def test_an_edited_structure_is_the_same_text_in_the_ledger_and_in_the_layer(value: dict[str, str] | None) -> None:
    """Else an edit would not be known as reviewed by the next run."""
    layer = analyses(analysis(comparison={"vs": "사내", "nuance": "rough"}))
    (generated,) = layer.to_dicts()
    edit = Override(WORD, "comparison", generated["comparison"], value)
    (edited,) = apply_edits(layer, CARDS.clear(), [edit])[0].to_dicts()
    assert fingerprint(WORD, edited) == fingerprint(WORD, applied(generated, [edit])) != fingerprint(WORD, generated)


def test_a_conflict_says_all_three_texts_and_the_edit_holds() -> None:
    anew = cards(card(front="Written anew?"))
    _, edited, conflicts = apply_edits(analyses(analysis()), anew, [FRONT])
    assert edited["front"].to_list() == ["Who stands there?"]
    assert conflicts.rows() == [
        ("남성#1", "남성", "Scene", "front", "Scene of 남성?", "Who stands there?", "Written anew?")
    ]  # fmt: skip


def test_a_model_that_writes_what_a_person_wrote_is_no_conflict() -> None:
    assert not conflicting(card(front="Who stands there?"), FRONT)
    assert not conflicting(card(), FRONT)


def test_tags_of_a_list_and_of_a_person_live_together() -> None:
    edit = Override(SCENE, "tags", ["term:남성", "pos:noun", "card:Scene", "people"],
                    ["term:남성", "pos:noun", "card:Scene", "mine"])  # fmt: skip
    row = card(tags=["term:남성", "pos:noun", "card:Scene", "source:new", "people"])
    assert applied(row, [edit])["tags"] == ["term:남성", "pos:noun", "card:Scene", "source:new", "mine"]
    assert not conflicting(row, edit)


TAGS = st.lists(st.sampled_from("abcdef"), unique=True)


@given(TAGS, TAGS, TAGS)
def test_merged_tags_hold_both_differences(generated: list[str], base: list[str], value: list[str]) -> None:
    merged = merged_tags(generated, base, value)
    assert merged_tags(base, base, value) == [tag for tag in base if tag in value] + [
        tag for tag in value if tag not in base
    ]
    assert len(set(merged)) == len(merged)
    assert set(merged) == (set(generated) - (set(base) - set(value))) | (set(value) - set(base))


@given(st.sampled_from(["front", "back"]), st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_an_edit_shows_whatever_is_generated(field: str, base: str, value: str, generated: str) -> None:
    edit = Override(SCENE, field, base, value)
    row = card(**{field: generated})
    assert applied(row, [edit]) == row | {field: value}
    assert conflicting(row, edit) == (generated not in (base, value))


@pytest.mark.parametrize(
    ("part", "field", "text", "said"),
    [
        (SCENE, "front", "  ", "front: string should have at least 1 character"),
        (SCENE, "back", "x" * 4001, "at most 4000"),
        (SCENE, "honorific_level", "rude", "honorific_level: input should be 'formal'"),
        (WORD, "ipa", "nam", r"ipa stands in one pair of square brackets"),
        (WORD, "pos", "thing", "pos: input should be 'noun'"),
        (WORD, "homonyms", '[{"hanja": "女性", "reading": "여성", "meaning": "woman", "differentiator": "x"}]', "여성"),
        (WORD, "homonyms", "[", "is JSON"),
        (WORD, "term", "여성", "cannot be edited"),
        (SCENE, "position", "3", "cannot be edited"),
    ],
)  # fmt: skip
def test_an_edit_that_breaks_the_contract_is_refused_in_one_line(part: Part, field: str, text: str, said: str) -> None:
    row = card() if part.tab_name else analysis()
    with pytest.raises(ReviewError, match=said) as caught:
        checked(part, row, {field: typed_value(part, field, text)})
    assert "\n" not in str(caught.value) and "Nothing was changed" in str(caught.value)


@pytest.mark.parametrize(
    ("part", "field", "text", "value"),
    [
        (SCENE, "front", " Who? ", "Who?"),
        (SCENE, "tags", "food, big words,term:other", ["term:남성", "pos:noun", "card:Scene", "food", "big_words"]),
        (SCENE, "honorific_level", "", ""),
        (WORD, "usage_context", "", None),
        (WORD, "homonyms", "null", None),
        (WORD, "comparison", '{"vs": "남자", "nuance": "plain"}', {"vs": "남자", "nuance": "plain"}),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_what_the_contract_wants(part: Part, field: str, text: str, value: Any) -> None:
    row = card() if part.tab_name else analysis()
    assert checked(part, row, {field: typed_value(part, field, text)}) == {field: value}
