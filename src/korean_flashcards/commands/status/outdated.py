"""Count the cards that were generated, edited, or reviewed after the deck was exported."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from kedro.framework.context import KedroContext

from korean_flashcards.domain.parameters import Parameters
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.pipelines.export.nodes import link_cards
from korean_flashcards.pipelines.quality.review_nodes import ReviewLedger, apply_edits, release_cards
from korean_flashcards.review.parts import CARD_FIELDS

_LAYERS = ("nuance", "flashcards", "quality", "confusables", "words", "cards_json")


def outdated_cards(context: KedroContext, ledger: ReviewLedger, parameters: Parameters) -> int:
    """Return how many cards would be added to, removed from, or changed in the deck if it were exported now.

    The findings from the last run also apply to edited text. The result is 0 if a layer or the deck is missing.

    Raises:
        DatasetError: A layer or an exported file cannot be read.
    """
    catalog = context.catalog
    if not all(catalog.exists(name) for name in _LAYERS):
        return 0
    nuance, flashcards, quality, confusables, words, exported = (catalog.load(name) for name in _LAYERS)
    edited_nuance, edited_cards, _ = apply_edits(nuance, flashcards, ledger)
    released, held = release_cards(edited_cards, edited_nuance, quality, ledger, parameters.review)
    now = link_cards(released, held, edited_cards, confusables, words, parameters.confusables, parameters.ingress)
    here, there = _contents(now.iter_rows(named=True)), _contents(json.loads(exported))
    return len({card for card in here.keys() | there.keys() if here.get(card) != there.get(card)})


def removed_words(context: KedroContext, ledger: Ledger) -> int:
    """Return how many words have cards in the layers although they are not in the ledger anymore."""
    if not context.catalog.exists("flashcards"):
        return 0
    return len(ledger.queue.unknown(context.catalog.load("flashcards")["item_id"].unique()))


def _contents(cards: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Return each card's text and tags, keyed by its word and type. Its position in the file does not matter."""
    return {
        (card["item_id"], card["tab_name"]): (*(card[name] for name in CARD_FIELDS), sorted(card["tags"]))
        for card in cards
    }
