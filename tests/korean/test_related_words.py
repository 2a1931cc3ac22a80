"""The tables of everyday characters and words agree with the dictionary."""

import pytest

from korean_flashcards.korean.hanja_data import HanjaCharacter, characters_of, entries, reads_as
from korean_flashcards.korean.related_words import _descriptions, common_words, usual_description, words_sharing


def test_every_word_reads_as_its_hanja() -> None:
    assert [each.word for each in common_words() if not reads_as(each.hanja, each.word)] == []


def test_every_character_has_a_reading_of_the_dictionary() -> None:
    wrong = [
        (character, reading)
        for character, descriptions in _descriptions().items()
        for reading in descriptions
        if reading not in entries()[character].readings and (character, reading) != ("諾", "낙")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("hanja", "reading", "described"),
    [
        ("學校", "학교", [("배울 학", "learn"), ("학교 교", "school")]),
        ("女子", "여자", [("여자 녀", "woman"), ("아들 자", "son, child")]),
        ("音樂", "음악", [("소리 음", "sound"), ("노래 악", "music")]),
        ("自轉車", "자전거", [("스스로 자", "self"), ("구를 전", "roll, turn"), ("수레 거", "vehicle")]),
    ],
)  # fmt: skip
def test_a_character_has_its_usual_name(hanja: str, reading: str, described: list[tuple[str, str]]) -> None:
    characters = characters_of(hanja, reading)
    assert [usual_description(each, syllable) for each, syllable in zip(characters, reading, strict=True)] == described


def test_an_unlisted_character_keeps_the_first_meanings_of_its_gloss() -> None:
    character = HanjaCharacter("鬱", "답답할 울", "luxuriant; dense, thick, moody")
    assert usual_description(character, "울") == ("답답할 울", "luxuriant")


def test_related_words_are_different_words() -> None:
    assert [each.word for each in words_sharing("學", "大學")] == ["학교", "학생", "의학"]
    assert [each.word for each in words_sharing("大", "大學")] == ["대회", "최대", "대부분"]
    assert [each.word for each in words_sharing("門", "門")] == ["전문가"]
