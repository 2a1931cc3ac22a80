"""Letters of syllables and the particles that depend on them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.korean.hangul import (
    CODAS,
    ONSETS,
    VOWELS,
    Jamo,
    has_coda,
    has_hangul,
    is_syllable,
    join,
    split,
    strip_to_hangul,
    with_particle,
)

syllables = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)


@given(syllables)
def test_joining_the_letters_of_a_syllable_gives_it_back(syllable: str) -> None:
    assert join(split(syllable)) == syllable


@given(st.sampled_from(ONSETS), st.sampled_from(VOWELS), st.sampled_from(CODAS))
def test_splitting_joined_letters_gives_them_back(onset: str, vowel: str, coda: str) -> None:
    assert split(join(Jamo(onset, vowel, coda))) == (onset, vowel, coda)


def test_letters_are_those_a_keyboard_types() -> None:
    assert split("값") == ("ㄱ", "ㅏ", "ㅄ")
    assert split("의") == ("ㅇ", "ㅢ", "")


@pytest.mark.parametrize("text", ["", "가나", "a", "ㄱ", "ㅏ", "ᄀ", "男"])
def test_only_one_complete_syllable_can_be_split(text: str) -> None:
    assert not is_syllable(text)
    with pytest.raises(ValueError, match="not one complete Hangul syllable"):
        split(text)


@pytest.mark.parametrize(
    "letters", [("ㄳ", "ㅏ", ""), ("ㄱ", "ㄱ", ""), ("ㄱ", "ㅏ", "ㄸ"), ("", "ㅏ", ""), ("ㄱㄴ", "ㅏ", "")]
)
def test_letters_that_cannot_stand_there_are_refused(letters: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="not the letters"):
        join(Jamo(*letters))


def test_lone_letters_are_not_hangul_words() -> None:
    assert not has_hangul("ㅋㅋ tv 10 男性")
    assert has_hangul("tv에서")


def test_only_the_syllables_are_kept() -> None:
    assert strip_to_hangul("남성[nam.sʌŋ]") == "남성"
    assert strip_to_hangul("男性 (male) ㅋㅋ") == ""


@given(st.text())
def test_stripping_keeps_syllables_in_order_and_nothing_else(text: str) -> None:
    assert strip_to_hangul(text) == "".join(filter(is_syllable, text))


def test_a_coda_is_looked_for_in_the_last_syllable() -> None:
    assert has_coda("문")
    assert not has_coda("나무")
    assert has_coda("남성[nam.sʌŋ]")
    assert not has_coda("tv")


@pytest.mark.parametrize(
    ("word", "pair", "expected"),
    [
        ("문", "을/를", "문을"),
        ("나무", "을/를", "나무를"),
        ("책", "이/가", "책이"),
        ("친구", "은/는", "친구는"),
        ("집", "으로/로", "집으로"),
        ("서울", "으로/로", "서울로"),
        ("서울", "은/는", "서울은"),
        ("칼", "으로써/로써", "칼로써"),
        ("누나", "과/와", "누나와"),
        ("학생", "이에요/예요", "학생이에요"),
    ],
)
def test_the_particle_fits_the_last_sound(word: str, pair: str, expected: str) -> None:
    assert with_particle(word, pair) == expected


@pytest.mark.parametrize("pair", ["을", "을/", "/를", "을/를/은", ""])
def test_what_is_not_a_pair_of_forms_is_refused(pair: str) -> None:
    with pytest.raises(ValueError, match="pair"):
        with_particle("문", pair)
