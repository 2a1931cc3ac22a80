"""Test that words get hanja only when the hanja are certain."""

import gzip
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from korean.tables import read_table

from korean_flashcards.korean import hanja_data
from korean_flashcards.korean.glosses import content_words, senses
from korean_flashcards.korean.hanja import HanjaWord, hanja_of
from korean_flashcards.korean.hanja_data import HanjaCharacter, characters_of, reads_as


@pytest.mark.parametrize("row", read_table("hanja.tsv"), ids=lambda row: f"{row['word']}-{row['definition']}")
def test_a_word_gets_the_expected_hanja_or_none(row: dict[str, str]) -> None:
    found = hanja_of(row["word"], row["definition"])
    assert (found.hanja if found else "") == row["hanja"]


def test_the_word_for_now_never_gets_wrong_hanja() -> None:
    found = hanja_of("지금", "now")
    assert found is None or found.hanja == "只今"


def test_hanja_include_reading_and_characters() -> None:
    assert hanja_of("남성", "male; man") == HanjaWord(
        hanja="男性",
        reading="남성",
        characters=(
            HanjaCharacter("男", "사내 남", "male, man; son; baron"),
            HanjaCharacter("性", "성품 성", "nature, character, sex"),
        ),
    )


def test_a_character_has_the_explanation_of_its_reading_in_the_word() -> None:
    music = hanja_of("음악", "music")
    assert music is not None
    assert music.characters[1].hun_eum == "노래 악"


@pytest.mark.parametrize(
    ("word", "hangul"),
    [
        ("男性", "남성"),
        ("女性", "여성"),
        ("男女", "남녀"),
        ("來日", "내일"),
        ("理由", "이유"),
        ("料理", "요리"),
        ("比率", "비율"),
    ],
)
def test_readings_follow_the_initial_sound_law(word: str, hangul: str) -> None:
    assert reads_as(word, hangul)


@pytest.mark.parametrize(
    ("word", "hangul"), [("男性", "여성"), ("男性", "남"), ("男", ""), ("", ""), ("abc", "가나다"), ("男性", "男性")]
)
def test_wrong_readings_are_rejected(word: str, hangul: str) -> None:
    assert not reads_as(word, hangul)


@pytest.mark.parametrize("row", read_table("hanja_readings.tsv"), ids=lambda row: row["word"])
def test_readings_that_have_changed_are_accepted(row: dict[str, str]) -> None:
    assert reads_as(row["hanja"], row["word"])


def test_a_changed_reading_holds_only_in_its_word() -> None:
    assert not reads_as("災難", "재란")
    assert not reads_as("肺炎", "폐념")
    assert not reads_as("六十", "유십")
    assert [each.hun_eum for each in characters_of("困難", "곤란")] == ["곤할 곤", "어려울 난"]


def test_unknown_characters_have_no_explanation() -> None:
    assert characters_of("x", "엑") == (HanjaCharacter("x", "", ""),)
    assert characters_of("", "") == ()


def test_a_character_has_the_sound_of_its_reading_in_the_word() -> None:
    sounds = [characters_of("車", sound)[0].hun_eum for sound in ("차", "거", "사")]
    assert sounds == ["수레 차", "수레 거", ""]


@given(st.text(max_size=6), st.text(max_size=40))
def test_no_input_raises_an_exception(word: str, definition: str) -> None:
    found = hanja_of(word, definition)
    assert found is None or reads_as(found.hanja, found.reading)


def test_words_in_the_data_match_their_hangul_reading() -> None:
    """Check every thousandth word."""
    words = list(hanja_data.words().items())[::1000]
    assert len(words) > 100
    assert all(reads_as(candidate, hangul) for hangul, candidates in words for candidate in candidates.split())


def test_the_data_is_packed_without_a_timestamp() -> None:
    """A rebuild therefore produces the same bytes (RFC 1952: MTIME is bytes 4 to 7, and 0 means none)."""
    for name in ("hanja_words.tsv.gz", "hanja_characters.tsv.gz"):
        packed = (files("korean_flashcards.korean") / "data" / name).read_bytes()
        assert packed[4:8] == bytes(4)
        assert gzip.decompress(packed)


def test_glosses_are_compared_by_their_content_words() -> None:
    assert content_words("in the rooms") == content_words("room")
    assert content_words("to study; studying") == content_words("studies")
    assert content_words("protection") == content_words("to protect")
    assert not content_words("nation") & content_words("state")
    assert senses("male; young man") == {content_words("male"), content_words("young man")}
