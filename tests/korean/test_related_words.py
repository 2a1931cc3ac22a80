"""The tables of everyday characters and words agree with the dictionary."""

import pytest

from korean_flashcards.korean.character_names import all_names
from korean_flashcards.korean.hanja_data import HanjaCharacter, characters_of, entries, reads_as
from korean_flashcards.korean.related_words import common_words, short_gloss, words_sharing
from korean_flashcards.korean.sino_words import table


def test_every_word_reads_as_its_hanja() -> None:
    assert [each.word for each in common_words() if not reads_as(each.hanja, each.word)] == []


def test_every_character_has_a_reading_of_the_dictionary() -> None:
    wrong = [
        (character, reading)
        for character, names in all_names().items()
        for reading in names
        if reading not in entries()[character].readings and (character, reading) != ("諾", "낙")
    ]
    assert wrong == []


def test_almost_all_characters_of_common_words_have_a_usual_name() -> None:
    words = [(word, row.split("\t")[0].split("/")[0]) for word, rows in table().items() for row in rows]
    named = [bool(each.hun_eum) for word, hanja in words if hanja != "-" for each in characters_of(hanja, word)]
    assert len(named) > 15_000 and named.count(False) < 0.005 * len(named)


@pytest.mark.parametrize(
    ("hanja", "reading", "names"),
    [
        ("準備", "준비", ["준할 준", "갖출 비"]),
        ("第一", "제일", ["차례 제", "한 일"]),
        ("確率", "확률", ["굳을 확", "비율 률"]),
        ("率直", "솔직", ["거느릴 솔", "곧을 직"]),
        ("樂園", "낙원", ["즐길 락", "동산 원"]),
        ("十月", "시월", ["열 십", "달 월"]),
        ("數字", "숫자", ["셈 수", "글자 자"]),
        ("拉致", "납치", ["끌 랍", "이를 치"]),
    ],
)
def test_a_character_has_its_usual_name(hanja: str, reading: str, names: list[str]) -> None:
    assert [each.hun_eum for each in characters_of(hanja, reading)] == names


@pytest.mark.parametrize(
    ("hanja", "reading", "meaning", "glosses"),
    [
        ("學校", "학교", "school", ["learn", "school"]),
        ("女子", "여자", "woman", ["woman", "son, child"]),
        ("現實", "현실", "reality", ["appear, present", "real"]),
        ("結實", "결실", "fruition", ["tie, result", "fruit"]),
        ("利子", "이자", "interest", ["benefit, sharp, profit", "son, child"]),
        ("方面", "방면", "direction", ["direction", "face, surface"]),
    ],
)
def test_the_gloss_that_fits_the_word_is_chosen(hanja: str, reading: str, meaning: str, glosses: list[str]) -> None:
    characters = characters_of(hanja, reading)
    assert [short_gloss(each, syllable, meaning) for each, syllable in zip(characters, reading, strict=True)] == glosses


def test_no_gloss_has_more_than_three_words() -> None:
    glosses = {
        short_gloss(characters_of(character, syllable)[0], syllable, "big house")
        for character, entry in entries().items()
        for syllable in entry.readings
    }
    assert max(len(gloss.split()) for gloss in glosses) == 3


def test_an_unlisted_character_has_the_first_meaning_of_its_gloss_and_no_name() -> None:
    assert characters_of("磬", "경")[0].hun_eum == ""
    assert (
        short_gloss(HanjaCharacter("磬", "", "musical instrument; musical stone"), "경", "bell") == "musical instrument"
    )


def test_related_words_are_different_words() -> None:
    assert [each.word for each in words_sharing("學", "大學")] == ["학교", "학생", "의학"]
    assert [each.word for each in words_sharing("大", "大學")] == ["대회", "최대", "대부분"]
    assert [each.word for each in words_sharing("門", "門")] == ["전문가"]
