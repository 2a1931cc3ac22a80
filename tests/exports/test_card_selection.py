"""Filters select exactly the cards that a plain loop over the rows would select, and an unknown value is an error."""

import unicodedata
from datetime import date, timedelta
from pathlib import PurePath
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from support.export_content import card_table
from support.exported_layers import exported_layers

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.exports.card_filter import CardFilter
from korean_flashcards.exports.card_selection import selected
from korean_flashcards.exports.profile_settings import card_filter

CARDS = exported_layers(40).table()
ROWS = CARDS.to_dicts()
TODAY = date(2026, 11, 30)


# Values for each filter, as users write them.
VALUES: dict[str, tuple[Any, ...]] = {
    "deck": ("Korean", "korean::part 1", "Korean::Part 3"),
    "list": ("unit1.csv", "unit2", "하나", "UNIT1", "all"),
    "level": (1, "2-4", "none", "6"),
    "tags_any": ("unit3", "unit4", "course", "card:Hanja", "level::TOPIK1"),
    "tags_all": ("course::a", "pos:noun", "card::scene", "unit5"),
    "tags_none": ("unit3", "card", "pos:verb", "pos::VERB"),
    "part_of_speech": ("noun", "Verb", "phrase"),
    "card_type": ("Scene", "hanja", "Reverse", "Cloze"),
    "card_type_not": ("Scene", "Hanja", "Cultural"),
    "words": ("낱말3", "낱말4#1", "낱말39"),
    "score_min": (0, 10, 40),
    "score_max": (40, 41, 100),
    "review": ("none", "approved"),
    "imported_since": ("2026-10-02", "7d", "9w", date(2026, 10, 1)),
    "imported_until": ("2026-10-30", "7d", "2026-10-01"),
    "changed_since": ("2026-09-22", "99999d"),
    "changed_until": ("2026-09-22",),
    "where": ("frequency >= 10",),
}
LISTS = ("deck", "list", "level", "tags_any", "tags_all", "tags_none", "part_of_speech", "card_type", "card_type_not",
         "words", "review")  # fmt: skip


def _strategy(name: str) -> st.SearchStrategy[Any]:
    one = st.sampled_from(VALUES[name])
    return st.lists(one, min_size=1, max_size=3) if name in LISTS else one


@st.composite
def filters(draw: st.DrawFn) -> CardFilter:
    """Return up to three filters with one to three values, which do not contradict each other."""
    names = draw(st.sets(st.sampled_from(list(VALUES)), max_size=3))
    try:
        return card_filter({name: draw(_strategy(name)) for name in names})
    except SettingsError as error:
        assert "so no card meets both" in str(error) or "is higher than" in str(error), error
        reject()


@settings(max_examples=150)
@given(filters())
def test_filters_select_what_a_plain_loop_selects(filters: CardFilter) -> None:
    expected = [row["guid"] for row in ROWS if _meets(row, filters)]
    assert selected(CARDS, filters, TODAY)["guid"].to_list() == expected


@pytest.mark.parametrize("name", CardFilter.model_fields)
def test_every_filter_alone_selects_what_a_plain_loop_selects(name: str) -> None:
    sizes = set()
    for value in VALUES[name]:
        one = card_filter({name: value})
        expected = [row["guid"] for row in ROWS if _meets(row, one)]
        assert selected(CARDS, one, TODAY)["guid"].to_list() == expected
        sizes.add(len(expected))
    assert sizes - {0, len(ROWS)} or name in ("deck", "review"), "the values do not test the filter"


def _meets(row: dict[str, Any], filters: CardFilter) -> bool:
    tags = [_key(tag) for tag in row["tags"]]
    by_tag = {tag: any(_is_below(each, tag) for each in tags) for tag in (
        *(filters.tags_any or ()), *(filters.tags_all or ()), *(filters.tags_none or ())
    )}  # fmt: skip
    conditions = [
        not filters.deck or any(_is_below(_key(row["deck"]), deck) for deck in filters.deck),
        not filters.list
        or any(name.lower() in (file, PurePath(file).stem) for name in filters.list for file in row["lists"]),
        filters.level is None or row["level"] in filters.level,
        not filters.tags_any or any(by_tag[tag] for tag in filters.tags_any),
        not filters.tags_all or all(by_tag[tag] for tag in filters.tags_all),
        not filters.tags_none or not any(by_tag[tag] for tag in filters.tags_none),
        not filters.part_of_speech or row["part_of_speech"] in filters.part_of_speech,
        not filters.card_type or row["card_type"] in filters.card_type,
        not filters.card_type_not or row["card_type"] not in filters.card_type_not,
        not filters.words or row["word"] in filters.words or row["item_id"] in filters.words,
        filters.score_min is None or (row["score"] is not None and row["score"] >= filters.score_min),
        filters.score_max is None or (row["score"] is not None and row["score"] <= filters.score_max),
        not filters.review or row["review"] in filters.review,
        filters.imported_since is None or row["imported_on"] >= _day(filters.imported_since),
        filters.imported_until is None or row["imported_on"] <= _day(filters.imported_until),
        filters.changed_since is None or row["changed_on"] >= _day(filters.changed_since),
        filters.changed_until is None or row["changed_on"] <= _day(filters.changed_until),
        filters.where is None or row["frequency"] >= 10,
    ]
    return all(conditions)


def _key(name: str) -> str:
    return name.lower().replace("::", ":")


def _is_below(key: str, name: str) -> bool:
    return key == _key(name) or key.startswith(_key(name) + ":")


def _day(value: date | timedelta) -> date:
    if isinstance(value, date):
        return value
    return TODAY - value if value.days < 9999 else date.min


def test_no_filter_selects_the_whole_deck() -> None:
    assert selected(CARDS, CardFilter()).equals(CARDS)


def test_names_are_compared_in_nfc() -> None:
    cards = card_table([{"word": "가나", "deck": "한국어::TOPIK 1", "tags": ["단원1"]}, {"word": "TV에서"}])
    assert selected(cards, card_filter({"words": "tv에서"})).height == 1
    decomposed = {name: unicodedata.normalize("NFD", value) for name, value in
                  {"words": "가나", "deck": "한국어", "tags_any": "단원1"}.items()}  # fmt: skip
    assert selected(cards, card_filter(decomposed))["word"].to_list() == ["가나"]


def test_a_deck_includes_its_subdecks_but_no_deck_with_a_longer_name() -> None:
    cards = card_table({"deck": deck} for deck in ("Korean", "Korean::A", "Korean 2", "Koreans::A"))
    assert selected(cards, card_filter({"deck": "Korean"}))["deck"].to_list() == ["Korean", "Korean::A"]


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"deck": "Korean::Part 9"}, "There is no deck named Korean::Part 9. Did you mean Korean::Part"),
        ({"deck": "Koraen"}, "There is no deck named Koraen. Did you mean Korean"),
        ({"tags_any": "levle"}, "There is no tag named levle. Did you mean level"),
        ({"tags_any": "unti3"}, "There is no tag named unti3. Did you mean unit3"),
        ({"tags_none": "unit3, unit99"}, "There is no tag named unit99."),
        ({"list": "unit3.csv"}, "There is no word list named unit3.csv. Did you mean unit2.csv or unit1.csv? "
                                "The word lists are all.csv, unit1.csv, unit2.csv, 하나.tsv."),
        ({"words": "낱말99"}, "There is no word named 낱말99. Did you mean 낱말9"),
    ],
)  # fmt: skip
def test_an_unknown_value_is_an_error_that_names_the_nearest_values(filters: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        selected(CARDS, card_filter(filters))
    assert message in str(caught.value)


def test_cards_whose_condition_is_unknown_are_left_out() -> None:
    cards = card_table([{"level": None}, {"level": 2}])
    assert selected(cards, card_filter({"where": "NOT level = 1"}))["level"].to_list() == [2]


def test_a_profile_and_the_command_line_are_combined() -> None:
    profile = card_filter({"level": "1-2", "card_type": "Scene"})
    combined = profile.with_changes(card_filter({"level": "3", "where": "score < 5"}))
    assert combined.given() == {"level": "3", "card_type": "Scene", "where": "score < 5"}
