"""Which word a row means, decided on values alone."""

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
def test_another_meaning_or_hanja_is_another_word(first, second, same):
    assert same_meaning(values(*first), values(*second)) is same


@pytest.mark.parametrize("on_duplicate", ["skip", "update", "keep"])
def test_a_headword_that_is_not_known_is_its_first_homograph(on_duplicate):
    assert place([], values("ship"), on_duplicate) == Placed(1, new=True)


@pytest.mark.parametrize("on_duplicate", ["skip", "update", "keep"])
def test_another_meaning_gets_the_next_number_beyond_all_that_were_given(on_duplicate):
    known = [word(1, "ship"), word(4, "belly", here=False)]
    assert place(known, values("pear"), on_duplicate) == Placed(5, new=True)


@pytest.mark.parametrize(
    ("on_duplicate", "placed"),
    [("skip", Placed(1, new=False)), ("update", Placed(1, new=False, update=True)), ("keep", Placed(3, new=True))],
)
def test_the_same_meaning_is_what_the_options_say(on_duplicate, placed):
    assert place([word(1, "ship"), word(2, "pear")], values("a ship"), on_duplicate) == placed


@pytest.mark.parametrize("on_duplicate", ["skip", "update", "keep"])
def test_twice_in_one_file_is_one_word(on_duplicate):
    known = [word(1, "ship"), word(2, "ship", seen=True)]
    assert place(known, values("ship"), on_duplicate) == Placed(2, new=False)


@pytest.mark.parametrize("on_duplicate", ["skip", "update", "keep"])
def test_a_later_version_of_a_list_corrects_the_word_it_brought(on_duplicate):
    known = [word(1, "ship"), word(2, "ship", own=True)]
    assert place(known, values("ship"), on_duplicate) == Placed(2, new=False, update=True)


def test_a_word_that_is_only_in_a_deck_gets_its_number_back():
    known = [word(1, "ship"), word(2, "pear", here=False), word(3, "belly")]
    assert place(known, values("pear"), "skip") == Placed(2, new=True)


def test_values_that_are_there_win_and_absent_ones_take_nothing_away():
    old = values("ship", None, ipa="[pɛ]", tags=["sea"], frequency=3)
    new = values(None, "船", frequency=9)
    assert overlaid(old, new, same_list=False) == values("ship", "船", ipa="[pɛ]", tags=["sea"], frequency=9)


def test_only_the_list_that_brought_a_word_moves_its_number():
    first, other, later = values("ship", number=4), values("ship", number=1), values("ship", number=5)
    assert derived([("a.csv", first), ("b.csv", other)])["term_number"] == 4
    assert derived([("a.csv", first), ("b.csv", other), ("a.csv", later)])["term_number"] == 5


def test_a_word_is_its_first_row_and_then_each_correction_in_order():
    rows = [
        ("a.csv", values("ship", usage_hint="one")),
        ("b.csv", values("Ship", usage_hint="two")),
        ("a.csv", values(None)),
    ]
    assert derived(rows) == values("Ship", usage_hint="two")
