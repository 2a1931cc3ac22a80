"""Test that one extra, repeated, or invalid card in a reply affects only that card."""

import pytest
from formats.samples import CARDS, TSV_ROWS, TYPES, WORD, text_of

from korean_flashcards.domain.records import DraftCard, ReplyError
from korean_flashcards.formats.cards_reply import read_cards

SCENE, HANJA = CARDS
GOOD_CARDS = [DraftCard(**card) for card in CARDS]


def rejected(text, types=TYPES):
    with pytest.raises(ReplyError) as caught:
        read_cards(text, WORD, types)
    return str(caught.value.code), [problem.field for problem in caught.value.problems]


@pytest.mark.parametrize("extra", [None, {}, "That's all!", 5, [], True])
def test_a_part_that_is_not_a_card_does_no_harm(extra):
    for cards in ([*CARDS, extra], [extra, *CARDS], [SCENE, extra, HANJA]):
        assert read_cards(text_of({"cards": cards}), WORD, TYPES) == GOOD_CARDS
        assert read_cards(text_of(cards), WORD, TYPES) == GOOD_CARDS
    assert rejected(text_of({"cards": [SCENE, extra]})) == ("missing_card", ["Hanja"])


def test_the_same_card_twice_is_one_card():
    assert read_cards(text_of({"cards": [*CARDS, SCENE]}), WORD, TYPES) == GOOD_CARDS
    assert read_cards("\n".join([*TSV_ROWS, TSV_ROWS[0]]), WORD, TYPES) == read_cards("\n".join(TSV_ROWS), WORD, TYPES)
    assert read_cards(text_of([SCENE, *CARDS]), WORD, None) == GOOD_CARDS


def test_of_two_cards_of_one_type_only_the_missing_card_is_requested():
    second = HANJA | {"tab_name": "Scene"}
    assert rejected(text_of({"cards": [SCENE, second]})) == ("missing_card", ["Hanja"])
    assert rejected(text_of([SCENE, second, SCENE | {"front": "A third?"}])) == ("missing_card", ["Hanja"])
    assert rejected(text_of({"cards": [SCENE, HANJA, second]})) == ("duplicate_card", ["Scene"])


@pytest.mark.parametrize(
    "name",
    ["Card {n}: {}", "Card {n} - {}", "{} Card", "Flashcard #{n} ({})", "{n}. {}", "Type: {}", "{} (memory image)"],
)
def test_the_type_is_recognized_in_a_longer_name(name):
    named = [name.replace("{n}", str(n)).replace("{}", card["tab_name"]) for n, card in enumerate(CARDS, 1)]
    cards = [card | {"tab_name": tab} for card, tab in zip(CARDS, named, strict=True)]
    assert read_cards(text_of({"cards": cards}), WORD, TYPES) == GOOD_CARDS
    assert read_cards(text_of({"cards": [*CARDS, SCENE | {"tab_name": "Scene card", "back": "Another."}]}), WORD, TYPES)


@pytest.mark.parametrize("level", ["very polite (해요체)", "royal", "해요체", "1", ["polite"]])
def test_an_unknown_level_is_left_out(level):
    cards = [SCENE | {"honorific_level": level}, HANJA]
    assert read_cards(text_of({"cards": cards}), WORD, TYPES)[0].honorific_level == ""


def test_a_list_of_lines_is_joined():
    cards = [SCENE | {"back": ["남성: an oak.", "", "It bends."], "front": ["Who?", "Where?"]}, HANJA]
    card = read_cards(text_of({"cards": cards}), WORD, TYPES)[0]
    assert (card.front, card.back) == ("Who?\nWhere?", "남성: an oak.\n\nIt bends.")
