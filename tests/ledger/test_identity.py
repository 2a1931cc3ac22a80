"""Test which homograph a row refers to, decided from values alone."""

from typing import Any

import pytest

from korean_flashcards.ledger.words.identity import VALUES, KnownWord, Placed, derived, overlaid, place, same_meaning


def values(definition: str | None = None, hanja: str | None = None, number: int = 1, **more: Any) -> dict[str, Any]:
    base: dict[str, Any] = dict.fromkeys(VALUES) | {"tags": [], "term_number": number}
    return base | {"definition": definition, "hanja": hanja} | more


def word(homograph: int, definition: str | None, hanja: str | None = None, **flags: bool) -> KnownWord:
    return KnownWord(homograph, values(definition, hanja), **flags)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (("apple", "沙果"), ("apple", "謝過"), False),
        (("apple", None), ("apple", "沙果"), True),
        (("apple", "沙果"), ("apology", "沙果"), False),
        (("to go", None), ("Go!", None), True),
        (("the", None), ("a", None), False),
        ((None, None), (None, None), True),
        (("apple", None), (None, None), True),
        ((None, None), ("apple", None), False),
        (("과일", None), ("사죄", None), False),
    ],
)
def test_a_different_meaning_or_hanja_is_a_different_word(first, second, same):
    assert same_meaning(values(*first), values(*second)) is same


@pytest.mark.parametrize("on_duplicate", ["skip", "update", "keep"])
def test_a_new_headword_gets_homograph_number_1(on_duplicate):
    assert place([], values("ship"), on_duplicate) == Placed(1, new=True)


@pytest.mark.parametrize("on_duplicate", ["skip", "update", "keep"])
def test_a_new_meaning_gets_the_next_unused_number(on_duplicate):
    known = [word(1, "ship"), word(4, "belly", here=False)]
    assert place(known, values("pear"), on_duplicate) == Placed(5, new=True)


@pytest.mark.parametrize(
    ("on_duplicate", "placed"),
    [("skip", Placed(1, new=False)), ("update", Placed(1, new=False, update=True)), ("keep", Placed(3, new=True))],
)
def test_on_duplicate_decides_what_happens_to_a_row_with_the_same_meaning(on_duplicate, placed):
    assert place([word(1, "ship"), word(2, "pear")], values("a ship"), on_duplicate) == placed


@pytest.mark.parametrize("on_duplicate", ["skip", "update", "keep"])
def test_two_rows_of_a_file_with_the_same_meaning_are_one_word(on_duplicate):
    known = [word(1, "ship"), word(2, "ship", seen=True)]
    assert place(known, values("ship"), on_duplicate) == Placed(2, new=False)


@pytest.mark.parametrize("on_duplicate", ["skip", "update", "keep"])
def test_a_later_version_of_a_list_updates_the_word_that_the_list_added(on_duplicate):
    known = [word(1, "ship"), word(2, "ship", own=True)]
    assert place(known, values("ship"), on_duplicate) == Placed(2, new=False, update=True)


def test_a_word_that_is_only_in_a_deck_gets_its_number_back():
    known = [word(1, "ship"), word(2, "pear", here=False), word(3, "belly")]
    assert place(known, values("pear"), "skip") == Placed(2, new=True)


def test_new_values_replace_old_ones_and_missing_values_do_not():
    old = values("ship", None, ipa="[pɛ]", tags=["sea"], frequency=3)
    new = values(None, "船", frequency=9)
    assert overlaid(old, new, same_list=False) == values("ship", "船", ipa="[pɛ]", tags=["sea"], frequency=9)


def test_only_the_list_that_added_a_word_changes_its_term_number():
    first, other, later = values("ship", number=4), values("ship", number=1), values("ship", number=5)
    assert derived([("a.csv", first), ("b.csv", other)])["term_number"] == 4
    assert derived([("a.csv", first), ("b.csv", other), ("a.csv", later)])["term_number"] == 5


def test_each_update_overrides_the_values_of_the_first_row():
    rows = [
        ("a.csv", values("ship", usage_hint="one")),
        ("b.csv", values("Ship", usage_hint="two")),
        ("a.csv", values(None)),
    ]
    assert derived(rows) == values("Ship", usage_hint="two")
