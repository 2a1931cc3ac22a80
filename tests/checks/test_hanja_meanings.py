"""Test that characters are explained by their own senses and words, and that native words have no hanja."""

import pytest

from korean_flashcards.checks import check_card, check_nuance
from korean_flashcards.korean.character_senses import has_sense, owner_of, owner_of_hun_eum
from korean_flashcards.korean.native_words import is_native

SCHOOL = {"term": "학교", "pos": "noun", "definition": "school", "hanja": "學校"}
RECORD = {
    "term": "학교[hak̚.k͈jo]", "ipa": "[hak̚.k͈jo]", "pos": "noun", "primary_meaning": "school",
    "metaphor": "A bell calls the children.",
    "explanation": "學 'learn' + 校 'school'.",
    "homonyms": [{"hanja": "學校", "reading": "학교", "meaning": "school", "differentiator": "學 'learn' as in 학생 學生."}],
    "korean_keywords": ["학교"],
}  # fmt: skip
BACK = (
    "學校, read 학교. 學 (학, 'learn') has a child under a roof; 校 (교, 'school') is wood. "
    "學 returns in 학생 學生 'student'."
)


def codes(word: dict[str, object] = SCHOOL, **fields: object) -> set[str]:
    return {each.code for each in check_nuance(RECORD | fields, word)}


def on_card(back: str) -> set[str]:
    card = {
        "term": "학교",
        "tab_name": "Hanja",
        "front": "A child and wood: what do they build?",
        "back": back,
        "honorific_level": "",
    }
    return {each.code for each in check_card(card, RECORD, SCHOOL)}


@pytest.mark.parametrize(
    "text",
    ["學 'crane' + 校 'school'.", "學 'learn', 校 'bridge'.", "校 means bridge, 學 'learn'.",
     "學 (학), 'crane', begins it.", "校 is 'bridge'.",
     "A bridge (校) and a roof.", "學 'school', 校 'learn, study'.", "校 (다리 교) ends it.",
     "校 (교, 'mountain') ends it."],
)  # fmt: skip
def test_a_character_with_the_sense_of_another_one_is_reported(text: str) -> None:
    assert "character_sense" in codes(explanation=text)
    assert "character_sense" in on_card(f"{BACK} {text}")


@pytest.mark.parametrize(
    "text",
    ["學 'study' + 校 'school'.", "學 'to learn', 校 'school, academy'.", "校 (학교 교) ends it.", "校 means school.",
     "學 (배울 학, 'learning')",
     "長 'head' as in 교장 校長 'principal'.", "過 (과), 'fault'.", "州 'province'",
     "學 'a child under a roof' is how it is drawn."],
)  # fmt: skip
def test_the_usual_senses_are_accepted(text: str) -> None:
    assert "character_sense" not in codes(explanation=text)


def test_senses_are_compared_with_characters_of_the_same_sound() -> None:
    assert has_sense("獨", "alone, single") and not has_sense("獨", "poison") and owner_of("poison", "獨", "") == "毒"
    assert owner_of("near", "遠", "") == "近" and owner_of("lion", "師", "") == "獅"
    assert owner_of("tie", "決", "") == "結" and owner_of("mother", "父", "母") == "母"
    assert owner_of_hun_eum("다리 교", "校") == "橋" and owner_of_hun_eum("학교 교", "校") == ""


def test_usual_senses_that_a_rarer_character_has_first_are_accepted() -> None:
    usual = "先 before, 科 branch, 程 distance, 題 topic, 局 board, 拒 reject, 院 house, 利 interest, 米 America"
    pairs = [pair.split() for pair in usual.split(", ")]
    assert [sign for sign, gloss in pairs if not has_sense(sign, gloss) and owner_of(gloss, sign, "")] == []
    assert owner_of("farewell party", "券", "") == ""


@pytest.mark.parametrize(
    "text", ["學 'learn' as in 작가 作家 'writer'.", "學 returns in 학생 學生 'student' and 사진 寫眞 'photograph'."]
)
def test_examples_of_a_character_contain_it(text: str) -> None:
    assert "related_without_it" in codes(explanation=text) and "related_without_it" in on_card(f"{BACK} {text}")


@pytest.mark.parametrize(
    "text",
    ["學 'learn' as in 학생 學生 'student' and 대학 大學 'university'; 校 in 교장 校長 'principal'.",
     "學 is not used in 작가 作家 'writer'.",
     "校 differs from 敎 in 교사 敎師 'teacher'."],
)  # fmt: skip
def test_other_words_beside_a_character_are_accepted(text: str) -> None:
    assert "related_without_it" not in codes(explanation=text)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("學校, read", "學敎, read", "other_characters"), ("校 (교", "敎 (교", "other_characters"), ("學 (학", "學 (교",
     "hanja_character")],
)  # fmt: skip
def test_a_hanja_card_with_a_wrong_character_is_reported(old: str, new: str, code: str) -> None:
    assert code in on_card(BACK.replace(old, new))
    assert not {"other_characters", "hanja_character", "hanja_order", "native_word"} & on_card(BACK)


def test_a_hanja_card_may_show_the_characters_one_by_one() -> None:
    assert "hanja_order" not in on_card("They are 學 (학), 'learn', and 校 (교), 'school'.")
    assert "hanja_order" in on_card("They are 校 (교), 'school', and 學 (학), 'learn'.")


@pytest.mark.parametrize(
    ("chain", "reported"), [("鶴 'crane' + 校 'school'", True), ("學 'learn' + 校 'school'", False)]
)
def test_the_explanation_joins_the_words_own_characters(chain: str, reported: bool) -> None:
    assert ("other_characters" in codes(explanation=f"{chain}.")) == reported


SKY = {"term": "하늘", "pos": "noun", "definition": "sky"}
NATIVE = {"term": "하늘[ha.nɯl]", "primary_meaning": "sky, heaven", "homonyms": None, "korean_keywords": ["하늘"]}


@pytest.mark.parametrize(
    "text",
    ["하늘 (天) is above.", "Sino-Korean 天, read 하늘.", "Sino-Korean 何 'what' + 㐦 'hang'.", "하늘 夏訥 is above."],
)
def test_a_native_word_with_hanja_in_its_text_is_reported(text: str) -> None:
    assert {"native_word", "hanja_reading"} & codes(SKY, **NATIVE, explanation=text)


@pytest.mark.parametrize(
    "text", ["Native; 천 天 is the Sino-Korean word.", "The Chinese character is 天.", "Compare 천국 天國 'heaven'."]
)
def test_a_native_word_may_be_compared_with_hanja(text: str) -> None:
    assert "native_word" not in codes(SKY, **NATIVE, explanation=text)


@pytest.mark.parametrize(
    ("word", "definition", "hanja", "reported"),
    [("눈", "snow", "嫩", True), ("문득", "suddenly", "聞得", True), ("배", "times, double", "倍", False), ("밤",
     "night", "㮯", True)],
)  # fmt: skip
def test_native_words_have_no_homonym_of_their_own(word: str, definition: str, hanja: str, reported: bool) -> None:
    homonym = {"hanja": hanja, "reading": word, "meaning": definition, "differentiator": "An old word."}
    record = {"term": word, "primary_meaning": definition, "homonyms": [homonym], "explanation": "It is short."}
    found = codes({"term": word, "pos": "noun", "definition": definition}, **record)
    assert bool({"native_word", "hanja_reading"} & found) == reported


def test_a_native_word_may_have_a_sino_korean_homonym() -> None:
    homonym = {"hanja": "倍", "reading": "배", "meaning": "times, double", "differentiator": "Counts."}
    record = {
        "term": "배",
        "primary_meaning": "pear",
        "homonyms": [homonym],
        "explanation": "Native word. It is round.",
    }
    assert not {"origin", "native_word"} & codes({"term": "배", "pos": "noun", "definition": "pear"}, **record)


def test_the_reading_beside_the_hanja_is_that_of_the_word() -> None:
    assert "hanja_of_related" in codes(explanation="Compare 주댁 住宅 'dwelling'.")
    assert "hanja_of_related" not in codes(explanation="Compare 주택 住宅 'dwelling' and 숫자 數字 'number'.")


def test_homographs_are_native_by_their_meaning() -> None:
    assert is_native("임금", frozenset({"king"})) and not is_native("임금", frozenset({"wage"}))
