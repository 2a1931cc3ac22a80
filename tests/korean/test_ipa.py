"""Test the project's IPA convention."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korean.tables import read_table

from korean_flashcards.korean.ipa import ipa_of, to_ipa

hangul_words = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=8)


@pytest.mark.parametrize("row", read_table("ipa.tsv"), ids=lambda row: row["word"])
def test_words_have_the_hand_checked_ipa(row: dict[str, str]) -> None:
    assert ipa_of(row["word"]) == row["ipa"]


@given(hangul_words)
def test_ipa_has_one_part_for_each_syllable(word: str) -> None:
    ipa = ipa_of(word)
    assert ipa is not None
    assert (ipa[0], ipa[-1]) == ("[", "]")
    assert len(ipa.split(".")) == len(word)
    assert not set(ipa) & set("ɡbd") or len(word) > 1, "a lenis consonant is voiced at the start of a word"


@given(st.text())
def test_no_text_raises_an_exception(text: str) -> None:
    ipa = ipa_of(text)
    assert ipa is None or ipa.startswith("[")


@pytest.mark.parametrize("word", ["10분", "tv에서", "fbi가", "男性", "문을.", "ㅋㅋ", "", " "])
def test_a_word_with_an_uncertain_reading_has_no_ipa(word: str) -> None:
    assert ipa_of(word) is None


def test_lenis_consonants_are_voiced_only_within_a_word() -> None:
    assert ipa_of("가구 가구") == "[ka.ɡu ka.ɡu]"


def test_the_consonant_after_a_verb_stem_is_transcribed_as_tense() -> None:
    assert ipa_of("심지", is_verb=True) == "[ɕim.t͈ɕi]"
    assert ipa_of("심지") == "[ɕim.dʑi]"


@pytest.mark.parametrize("spelling", ["꽃", "값", "tv"])
def test_transcribing_a_spelling_raises_an_error(spelling: str) -> None:
    with pytest.raises(ValueError, match=r"spelling|not a single complete"):
        to_ipa(spelling)
