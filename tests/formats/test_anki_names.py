"""Test the names of decks and tags as Anki stores them."""

import pytest

from korean_flashcards.formats.anki_names import deck_names, tag_names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Korean::TOPIK 1", "Korean::TOPIK 1"),
        ("a::::b", "a::b"),
        (" a :: b\u3000", "a::b"),
        ("a:::b:", "a::b"),
        ("a:b", "a:b"),
        ("a\tb\x1fc\n", "abc"),
        ("e\u0301", "é"),
        ('"quoted"', '"quoted"'),
        ("2026", "Deck 2026"),
        ("-5::unit 1", "Deck -5::unit 1"),
        ("unit::5", "unit::5"),
        ("default::x", "Default::x"),
        ("::", "blank"),
    ],
)
def test_a_deck_has_a_name_that_anki_does_not_change(name, expected):
    assert deck_names([name]) == {name: expected}


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("a::::b", "a::b"),
        ("::a::", "a"),
        ("::", ""),
        (":", ":"),
        ("e\u0301\x07", "é"),
        ("level:TOPIK1", "level::TOPIK1"),
    ],
)
def test_a_tag_has_a_name_that_anki_does_not_change(tag, expected):
    assert tag_names([tag]) == {tag: expected}


def test_names_that_differ_only_in_case_are_spelled_as_the_first_one():
    assert list(deck_names(["Korean", "korean::A", "KOREAN::a::x", "straße", "STRASSE"]).values()) == [
        "Korean", "Korean::A", "Korean::A::x", "straße", "straße",
    ]  # fmt: skip
    assert list(tag_names(["Unit::1", "UNIT::2", "unit", "other"]).values()) == ["Unit::1", "Unit::2", "Unit", "other"]
