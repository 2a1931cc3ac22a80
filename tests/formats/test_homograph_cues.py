"""Test the cues that tell homographs apart."""

from typing import Any

import pytest

from korean_flashcards.formats.homograph_cues import Homograph, cues, is_about

PEAR: dict[str, Any] = {
    "number": 1, "pos": "noun", "hanja": "", "location": "a market in autumn", "anchor": "a wooden crate",
    "topic": "", "meanings": ["pear"],
}  # fmt: skip
SHIP = PEAR | {"number": 2, "location": "a foggy harbor", "anchor": "an iron anchor", "meanings": ["ship; boat"]}
BELLY = PEAR | {"number": 3, "location": "a clinic", "anchor": "a stethoscope", "meanings": ["belly; stomach"]}
DOUBLE = PEAR | {"number": 4, "location": "a bank", "anchor": "a calculator", "meanings": ["times; -fold"]}


def cues_of(*words: dict[str, Any]) -> list[str]:
    return cues([Homograph(**word) for word in words])


def test_the_part_of_speech_comes_first_if_it_tells_all_apart() -> None:
    assert cues_of(PEAR, SHIP | {"pos": "suffix"}) == ["noun", "suffix"]
    assert cues_of(PEAR, SHIP | {"pos": "suffix"}, BELLY) == ["a market in autumn", "a foggy harbor", "a clinic"]
    assert cues_of(PEAR | {"pos": ""}, SHIP | {"pos": "suffix"}) == ["a market in autumn", "a foggy harbor"]


def test_hanja_come_second_if_all_words_have_different_ones() -> None:
    assert cues_of(PEAR | {"hanja": "梨"}, SHIP | {"hanja": "船"}) == ["梨", "船"]
    assert cues_of(PEAR | {"hanja": "梨"}, SHIP) == ["a market in autumn", "a foggy harbor"]
    assert cues_of(PEAR | {"hanja": "梨"}, SHIP | {"hanja": "梨"}) == ["a market in autumn", "a foggy harbor"]


def test_four_homographs_get_four_cues_of_one_kind() -> None:
    assert cues_of(PEAR, SHIP, BELLY, DOUBLE) == ["a market in autumn", "a foggy harbor", "a clinic", "a bank"]


@pytest.mark.parametrize(
    "location",
    ["the deck of a ship", "a boat house", "a BOATYARD", "a stall with pears", "", "a market in autumn", "x" * 61],
)
def test_a_place_that_gives_an_answer_away_or_does_not_tell_apart_is_not_used(location: str) -> None:
    assert cues_of(PEAR, SHIP | {"location": location}) == ["a wooden crate", "an iron anchor"]


def test_the_list_s_topic_comes_before_the_number() -> None:
    pear, ship = PEAR | {"location": "", "topic": "food"}, SHIP | {"location": "", "anchor": ""}
    assert cues_of(pear, ship | {"topic": "travel"}) == ["food", "travel"]
    assert cues_of(pear, ship | {"topic": "boat"}) == cues_of(pear, ship) == ["a wooden crate", "2"]


def test_the_number_is_the_last_resort() -> None:
    assert cues_of(PEAR | {"location": ""}, SHIP | {"location": "a shipyard", "anchor": "a wooden crate"}) == ["1", "2"]
    assert cues_of(PEAR | {"location": "1", "anchor": "", "meanings": ["1; 2"]}, SHIP) == ["1", "a foggy harbor"]


def test_if_no_kind_tells_all_apart_each_word_gets_a_text_that_fits_only_this_word() -> None:
    bare = {"location": "", "anchor": ""}
    write, use, bitter = PEAR | bare, SHIP | bare, BELLY | bare | {"pos": "adjective"}
    assert cues_of(write, use, bitter) == ["1", "2", "adjective"]
    assert cues_of(write, use | {"topic": "tools"}, bitter) == ["1", "tools", "adjective"]


@pytest.mark.parametrize(
    ("text", "meaning", "expected"),
    [
        ("the ships", "a ship", True),
        ("a cat", "catalog", False),
        ("in the sea", "the of in", False),
        ("여자", "여자", True),
    ],
)
def test_texts_with_a_common_word_are_about_the_same(text: str, meaning: str, expected: bool) -> None:
    assert is_about(text, [meaning]) == expected
