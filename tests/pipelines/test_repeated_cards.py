"""A word with good cards keeps them if its new reply repeats a different word's cards."""

import json
from collections.abc import Callable, Iterable

import polars as pl
import pytest
from pipelines.stages import PROMPT, REPAIR, SETTINGS, TASKS, Answers, cards_text, ingress, nuance_text, replies, reply
from support.ledger import fresh_ledger

from korean_flashcards.domain.parameters import FlashcardParameters
from korean_flashcards.domain.requests import ChatReply, Prompt, Request
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.pipelines.flashcards.nodes import generate_flashcards, parse_flashcards, plan_flashcards
from korean_flashcards.pipelines.nuance.nodes import parse_nuance

NEWER = Prompt("stage", "You are a different lexicographer.")
SCENE = FlashcardParameters(card_types=["Scene"])
WORDS = ("남성#1", "배#1", "배#2")


class Remembered(Answers):
    """A model whose replies are cached. ``answer`` takes the item's meaning."""

    def __init__(self, answer: Callable[[str], str]) -> None:
        super().__init__(lambda request: answer(request["nuance"]["primary_meaning"]))
        self.stored: dict[str, str] = {}

    def recall(self, requests: Iterable[Request]) -> dict[str, ChatReply]:
        return {
            request.key: ChatReply(request.key, self.stored[request.key], cached=True, attempts=1)
            for request in requests
            if request.key in self.stored
        }

    def complete(self, template, requests, *more: object, **options: object) -> list[ChatReply]:
        found = self.recall(requests)
        new = super().complete(template, [one for one in requests if one.key not in found], *more, **options)
        self.stored |= {one.key: str(one.text) for one in new}
        self.known |= self.stored.keys()
        by_key = found | {one.key: one for one in new}
        return [by_key[one.key] for one in requests]


class Deck:
    """Three words with a ledger and a cache, whose cards are generated with a prompt and answers by meaning."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.model = ledger, Remembered(lambda meaning: cards_text(meaning, ["Scene"]))
        text = "term,definition\n남성,man\n배,ship\n배,pear\n"
        self.words = ingress({"list.csv": text.encode()}, ledger)["vocabulary"]
        meanings = zip(WORDS, ("man", "ship", "pear"), strict=True)
        rows = [
            reply(item, item[:-2], nuance_text(item[:-2], primary_meaning=meaning, comparison=None))
            for item, meaning in meanings
        ]
        self.analyses, _ = parse_nuance(replies(*rows), self.words)

    def generate(self, prompt: Prompt, **answers: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """Return the front of each word's card, and the failures."""
        self.model.answer = lambda request: cards_text(
            answers.get(request["nuance"]["primary_meaning"], request["nuance"]["primary_meaning"]), ["Scene"]
        )
        requests = plan_flashcards(self.analyses, self.words, prompt, self.model, self.ledger, SETTINGS, "redo", SCENE)
        answered = generate_flashcards(
            requests, prompt, self.model, self.ledger, SETTINGS, TASKS, "redo", REPAIR, SCENE
        )
        cards, failures = parse_flashcards(requests, answered, self.analyses, self.words)
        return dict(cards.select("item_id", "front").iter_rows()), failures.select("item_id", "code").rows()


@pytest.fixture
def deck() -> Deck:
    return Deck(fresh_ledger())


OLD = {"남성#1": "Scene of man?", "배#1": "Scene of ship?", "배#2": "Scene of pear?"}


def test_a_word_keeps_its_cards_if_the_new_ones_repeat_a_different_words_cards(deck: Deck) -> None:
    assert deck.generate(PROMPT) == (OLD, [])
    good = deck.ledger.queue.tasks("flashcards", ["배#1"])["배#1"].good_key
    for _ in range(3):  # the later runs load the replies from the cache
        fronts, failures = deck.generate(NEWER, man="x", ship="x", pear="new")
        assert fronts == {"남성#1": "Scene of x?", "배#1": "Scene of ship?", "배#2": "Scene of new?"}
        assert failures == [("배#1", "duplicate_card")]
        assert deck.ledger.queue.tasks("flashcards", ["배#1"])["배#1"].good_key == good
    assert len(deck.model.requested) == 6, "nothing is paid twice"


def test_a_new_reply_does_not_take_the_place_of_existing_cards(deck: Deck) -> None:
    deck.generate(PROMPT)
    changed = pl.col("item_id") == "남성#1"
    deck.analyses = deck.analyses.with_columns(
        explanation=pl.when(changed).then(pl.lit("A different text.")).otherwise("explanation")
    )
    fronts, failures = deck.generate(PROMPT, man="pear")
    assert (fronts, failures) == (OLD, [("남성#1", "duplicate_card")])


def test_a_word_without_good_cards_still_fails(deck: Deck) -> None:
    fronts, failures = deck.generate(PROMPT, ship="man")
    assert fronts == {"남성#1": OLD["남성#1"], "배#2": OLD["배#2"]} and failures == [("배#1", "duplicate_card")]


def test_a_later_good_reply_replaces_the_kept_cards(deck: Deck) -> None:
    deck.generate(PROMPT)
    deck.generate(NEWER, man="x", ship="x")
    third = Prompt("stage", "You are a third lexicographer.")
    fronts, failures = deck.generate(third, ship="better")
    assert fronts["배#1"] == "Scene of better?" and failures == []
    assert json.loads(deck.model.stored[str(deck.ledger.queue.tasks("flashcards", ["배#1"])["배#1"].good_key)])
