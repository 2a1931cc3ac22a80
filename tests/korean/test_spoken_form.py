"""Test the pronunciation in Hangul that stands after a headword."""

import time

import pytest

from korean_flashcards.korean.spoken_form import spoken_form


@pytest.mark.parametrize(
    ("word", "pos", "ipa", "definition", "sound"),
    [
        ("독립", "noun", "[toŋ.nip̚]", "independence", "[동닙]"),
        ("나무", "noun", "[na.mu]", "tree", "[나무]"),
        ("감기", "noun", "[kam.ki]", "a cold", "[감기]"),  # wrong IPA
        ("감다", "verb", "", "to close", "[감따]"),
        ("맛있다", "adjective", "[ma.ɕit̚.t͈a]", "tasty", "[마싣따]"),
        ("잠자리", "noun", "", "dragonfly", "[잠자리]"),
        ("잠자리", "noun", "", "bed; sleeping place", "[잠짜리]"),
        ("옷 한 벌", "phrase", "[ot̚.han.bʌl]", "a set of clothes", "[옫 한 벌]"),
    ],
)
def test_the_standard_pronunciation_is_in_brackets(word: str, pos: str, ipa: str, definition: str, sound: str) -> None:
    assert spoken_form(word, pos, ipa, definition=definition) == sound


def test_the_ipa_decides_between_the_readings_of_a_verb_and_a_noun() -> None:
    assert spoken_form("심지", "phrase", "[ɕim.t͈ɕi]") == "[심찌]"
    assert spoken_form("심지", "phrase", "[ɕim.dʑi]") == "[심지]"
    assert spoken_form("심지", "phrase", "[ɕi.mo]") == ""


@pytest.mark.parametrize(
    ("word", "ipa"), [("꽃이름", "[k͈on.ni.ɾɯm]"), ("구름길", "[ku.ɾɯm.k͈il]"), ("밭어귀", "[pa.dʌ.ɡwi]")]
)
def test_nothing_contradicts_the_ipa_of_a_compound(word: str, ipa: str) -> None:
    """The rules do not know where a compound is divided, and would give a different pronunciation."""
    assert spoken_form(word, "noun", ipa) == ""
    assert spoken_form(word, "noun", "[x]") != ""


@pytest.mark.parametrize(
    ("word", "pos"),
    [("10분", "noun"), ("tv에서", "phrase"), ("-은/는", "particle"), ("은", "particle"), ("습니다", "ending"),
     ("ㅋㅋ", "interjection"), ("가~나", "phrase"), ("", "noun")],
)  # fmt: skip
def test_digits_letters_and_affixes_have_no_pronunciation(word: str, pos: str) -> None:
    assert spoken_form(word, pos, "[x]") == ""


def test_ten_thousand_words_take_a_few_seconds_at_most() -> None:
    started = time.process_time()
    for number in range(1_000):
        word = "".join(chr(ord("가") + (number * 7919 + place * 613) % 11_172) for place in range(3))
        spoken_form(word, "noun", "[a.b.c]")
    assert time.process_time() - started < 2
