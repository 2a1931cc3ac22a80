"""Test which homograph a row refers to, decided from values alone."""

from typing import Any

import pytest

from korean_flashcards.ledger.words.identity import (
    VALUES,
    KnownWord,
    Placed,
    SeveralMeaningsError,
    derived,
    lacks_meaning,
    overlaid,
    place,
    same_meaning,
)


def values(definition: str | None = None, hanja: str | None = None, **more: Any) -> dict[str, Any]:
    base: dict[str, Any] = dict.fromkeys(VALUES) | {"tags": []}
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
        ((None, None), ("apple", None), True),
        ((None, "沙果"), ("apology", "謝過"), False),
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
    assert overlaid(old, new) == values("ship", "船", ipa="[pɛ]", tags=["sea"], frequency=9)


def test_each_update_overrides_the_values_of_the_first_row():
    rows = [
        ("a.csv", "skip", values("ship", usage_hint="one")),
        ("b.csv", "update", values("Ship", usage_hint="two")),
        ("a.csv", "skip", values(None)),
    ]
    assert derived(rows) == values("Ship", usage_hint="two")


def test_a_row_from_a_different_list_fills_in_a_missing_meaning_and_overrides_nothing():
    rows = [
        ("a.csv", "skip", values(None, usage_hint="one")),
        ("b.csv", "skip", values("ship", usage_hint="two", ipa="[pɛ]")),
    ]
    assert derived(rows) == values("ship", usage_hint="one", ipa="[pɛ]")


def test_hanja_from_a_different_list_fill_in_a_word_that_has_neither_meaning_nor_hanja():
    first, second = ("a.csv", "skip", values(usage_hint="one")), ("b.csv", "skip", values(None, "船", usage_hint="two"))
    assert derived([first, second]) == values(None, "船", usage_hint="one")
    assert derived([first, second, ("c.csv", "skip", values("ship", ipa="[pɛ]"))]) == values(
        "ship", "船", usage_hint="one", ipa="[pɛ]"
    )


@pytest.mark.parametrize(
    ("item", "row", "lacks"),
    [
        (values(), values(None, "二"), True),
        (values(), values("two"), True),
        (values(None, "二"), values("two", "二"), True),
        (values(None, "二"), values(None, "二"), False),
        (values("two"), values("two", "二"), False),
        (values(), values(usage_hint="number"), False),
    ],
)
def test_a_word_without_a_meaning_lacks_the_definition_or_the_hanja_of_a_row(item, row, lacks):
    assert lacks_meaning(item, row) is lacks


@pytest.mark.parametrize("known", [word(1, None), word(1, None, "船"), word(1, None, here=False)])
def test_a_meaning_that_arrives_later_belongs_to_the_word_without_a_meaning(known):
    assert place([known], values("ship"), "skip") == Placed(1, new=not known.here)
    assert place([known], values("ship", "船"), "skip") == Placed(1, new=not known.here)


def test_a_row_without_a_meaning_refers_to_the_only_homograph_that_fits():
    known = [word(1, "ship", "船"), word(2, "pear", "梨")]
    assert place(known, values(None, "梨"), "skip") == Placed(2, new=False)
    assert place([word(1, "ship"), word(2, None)], values(), "skip") == Placed(2, new=False)
    assert place([word(1, "ship"), word(2, "pear", own=True)], values(), "skip") == Placed(2, new=False, update=True)
    assert place([word(1, "ship", here=False), word(2, "pear", here=False)], values(), "skip") == Placed(3, new=True)


def test_a_row_without_a_meaning_is_refused_if_several_homographs_fit():
    with pytest.raises(SeveralMeaningsError, match=r"“ship” \(1\), “pear” \(2\)"):
        place([word(1, "ship"), word(2, "pear", seen=True)], values(), "skip")


@pytest.mark.parametrize(
    ("known", "row", "number", "placed"),
    [
        ([], values(), 5, Placed(5, new=True)),
        ([word(5, None)], values(), 8, Placed(8, new=True)),
        # Dictionaries have one row for each sense of a word.
        ([word(1, "belly", seen=True)], values("womb"), 1, Placed(1, new=False)),
        ([word(1, "belly", seen=True)], values("ship"), 2, Placed(2, new=True)),
        ([word(5, None), word(8, None)], values(), 8, Placed(8, new=False)),
        ([word(5, None)], values("apple"), 5, Placed(5, new=False)),
        # The meaning counts more than the number.
        ([word(1, "apple"), word(5, "apology")], values("an apple"), 5, Placed(1, new=False)),
        ([word(5, "apology")], values("apple"), 5, Placed(6, new=True)),
        # The only homograph in a list without numbers is the same word, unless this list has used it.
        ([word(1, "apple")], values(), 5, Placed(1, new=False)),
        ([word(1, "apple", seen=True)], values(), 8, Placed(8, new=True)),
        ([word(1, "apple", here=False)], values(), 5, Placed(5, new=True)),
    ],
)
def test_a_list_can_number_homographs(known, row, number, placed):
    assert place(known, row, "skip", number) == placed
