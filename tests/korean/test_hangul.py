"""Test splitting and joining Hangul syllables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.korean.hangul import (
    CODAS,
    ONSETS,
    VOWELS,
    Jamo,
    has_hangul,
    is_syllable,
    join,
    split,
    strip_to_hangul,
    syllables,
)

every_syllable = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)


@given(every_syllable)
def test_joining_the_letters_of_a_syllable_restores_it(syllable: str) -> None:
    assert join(split(syllable)) == syllable


@given(st.sampled_from(ONSETS), st.sampled_from(VOWELS), st.sampled_from(CODAS))
def test_splitting_joined_letters_restores_them(onset: str, vowel: str, coda: str) -> None:
    assert split(join(Jamo(onset, vowel, coda))) == (onset, vowel, coda)


def test_letters_are_compatibility_jamo() -> None:
    assert split("값") == ("ㄱ", "ㅏ", "ㅄ")
    assert split("의") == ("ㅇ", "ㅢ", "")


@pytest.mark.parametrize("text", ["", "가나", "a", "ㄱ", "ㅏ", "ᄀ", "男"])
def test_only_one_complete_syllable_can_be_split(text: str) -> None:
    assert not is_syllable(text)
    with pytest.raises(ValueError, match="not a single complete Hangul syllable"):
        split(text)


@pytest.mark.parametrize(
    "letters", [("ㄳ", "ㅏ", ""), ("ㄱ", "ㄱ", ""), ("ㄱ", "ㅏ", "ㄸ"), ("", "ㅏ", ""), ("ㄱㄴ", "ㅏ", "")]
)
def test_letters_in_impossible_positions_are_rejected(letters: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="do not form a Hangul syllable"):
        join(Jamo(*letters))


def test_isolated_letters_do_not_count_as_hangul() -> None:
    assert not has_hangul("ㅋㅋ tv 10 男性")
    assert has_hangul("tv에서")


def test_stripping_removes_everything_but_syllables() -> None:
    assert strip_to_hangul("남성[nam.sʌŋ]") == "남성"
    assert strip_to_hangul("男性 (male) ㅋㅋ") == ""


@given(st.text())
def test_stripping_keeps_all_syllables_in_order(text: str) -> None:
    assert strip_to_hangul(text) == "".join(filter(is_syllable, text))


def test_syllables_of_some_letters_are_in_order() -> None:
    assert "".join(syllables("ㄱㅎ", "ㅏㅗ", ("", "ㄹ"))) == "가갈고골하할호홀"
    assert list(syllables()) == [chr(number) for number in range(ord("가"), ord("힣") + 1)]
