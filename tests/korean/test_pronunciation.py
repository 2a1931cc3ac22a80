"""Standard pronunciation: the examples of its articles, words of our own, and laws that hold for any text."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korean.tables import read_table

from korean_flashcards.korean.hangul import is_syllable, join, split
from korean_flashcards.korean.morphology import Morpheme
from korean_flashcards.korean.pronunciation import pronounce

SHARED_GOLD = Path(__file__).parents[3] / "shared" / "data" / "pron_gold.tsv"

hangul_words = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=8)
spoken_codas = ("", "ㄱ", "ㄴ", "ㄷ", "ㄹ", "ㅁ", "ㅂ", "ㅇ")


@pytest.mark.parametrize("row", read_table("pronunciation.tsv"), ids=lambda row: f"{row['article']}-{row['word']}")
def test_words_sound_as_the_article_says(row: dict[str, str]) -> None:
    assert pronounce(row["word"], is_verb=row["hint"] == "verb") == row["pronunciation"]


@pytest.mark.skipif(not SHARED_GOLD.exists(), reason="the shared gold table is not on this machine")
def test_the_shared_gold_table_is_right_in_every_row() -> None:
    with SHARED_GOLD.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    spoken = {row["word"]: pronounce(row["word"], is_verb=row["type"] == "M") for row in rows}
    assert {row["word"]: spoken[row["word"]] for row in rows if spoken[row["word"]] not in row["pron"].split("|")} == {}


@given(st.text())
def test_any_text_has_a_pronunciation_as_long_as_itself(text: str) -> None:
    spoken = pronounce(text, is_verb=True)
    assert len(spoken) == len(text)
    assert [ch for ch in spoken if not is_syllable(ch)] == [ch for ch in text if not is_syllable(ch)]


@given(hangul_words)
def test_a_pronunciation_holds_only_codas_that_can_be_spoken(word: str) -> None:
    assert {split(syllable).coda for syllable in pronounce(word)} <= set(spoken_codas)


@given(
    st.lists(
        st.tuples(st.sampled_from("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅋㅌㅍㅎ"), st.sampled_from("ㅏㅓㅗㅜㅡㅣㅐㅔ")), min_size=1
    )
)
def test_open_syllables_sound_as_they_are_written(letters: list[tuple[str, str]]) -> None:
    word = "".join(join(split("가")._replace(onset=onset, vowel=vowel)) for onset, vowel in letters)
    assert pronounce(word) == word


@given(hangul_words, hangul_words)
def test_words_apart_do_not_change_each_other(left: str, right: str) -> None:
    assert pronounce(f"{left} {right}") == f"{pronounce(left)} {pronounce(right)}"


def test_letters_beside_hangul_pass_through() -> None:
    assert pronounce("10분에 tv에서, 꽃!") == "10부네 tv에서, 꼳!"
    assert pronounce("") == ""
    assert pronounce("ㅋㅋ男") == "ㅋㅋ男"


def test_listed_words_keep_their_sound_before_particles_only() -> None:
    assert pronounce("인기가") == "인끼가"
    assert pronounce("인기입니다") == "인끼임니다"
    assert pronounce("인기척이") == "인기처기"


def test_verb_stems_tense_their_endings_and_nouns_do_not() -> None:
    assert pronounce("감다", is_verb=True) == "감따"
    assert pronounce("감도") == "감도"


def test_morphemes_tell_stems_from_nouns() -> None:
    stem = [Morpheme("남", "VV", 0, 1), Morpheme("고", "EC", 1, 2)]
    noun = [Morpheme("남", "NNG", 0, 1), Morpheme("과", "JC", 1, 2)]
    assert pronounce("남고", morphemes=stem) == "남꼬"
    assert pronounce("남과", morphemes=noun) == "남과"


def test_morphemes_tense_after_the_adnominal_ending() -> None:
    going_to = [Morpheme("가", "VV", 0, 1), Morpheme("ㄹ", "ETM", 0, 1), Morpheme("거", "NNB", 1, 2)]
    promise = [Morpheme("오", "VV", 0, 1), Morpheme("ㄹ게", "EF", 0, 2)]
    assert pronounce("갈거", morphemes=going_to) == "갈꺼"
    assert pronounce("올게", morphemes=promise) == "올께"


def test_morphemes_insert_n_between_words_written_together() -> None:
    compound = [Morpheme("한국", "NNP", 0, 2), Morpheme("요리", "NNG", 2, 4)]
    suffix = [Morpheme("한국", "NNP", 0, 2), Morpheme("인", "XSN", 2, 3)]
    assert pronounce("한국요리", morphemes=compound) == "한궁뇨리"
    assert pronounce("한국인", morphemes=suffix) == "한구긴"


def test_morphemes_count_from_the_start_of_the_text() -> None:
    later = [Morpheme("저", "NP", 0, 1), Morpheme("남", "VV", 2, 3), Morpheme("고", "EC", 3, 4)]
    assert pronounce("저 남고", morphemes=later) == "저 남꼬"
