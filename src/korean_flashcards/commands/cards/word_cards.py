"""Collect a word's cards with their scores, findings, review states, and the origin of their texts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl
from kedro.framework.context import KedroContext

from korean_flashcards.commands.word.next_steps import NextStep
from korean_flashcards.commands.word.parts import PartDetails
from korean_flashcards.commands.word.report import WordDetails, WordReport, word_report
from korean_flashcards.exports.card_columns import EXTRA_CARD_TYPES
from korean_flashcards.exports.note_text import plain_front, plain_tags, plain_text
from korean_flashcards.ledger.facade import Ledger


@dataclass(frozen=True)
class CardOfWord:
    """A card of a word.

    Attributes:
        part: The card with edits applied, its review state, and whether it is released.
        score: The score from 0 to 100, or None if no run has scored the card.
        verdict: The verdict of the score.
        findings: The card's findings, each with code, severity, field, and message.
        version: The recorded version with the same text: its model, prompt, and time. None if no run has recorded it yet.
    """

    part: PartDetails
    score: int | None
    verdict: str | None
    findings: list[dict[str, Any]]
    version: Mapping[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        """Return the card as JSON-compatible values."""
        version = self.version and {name: self.version[name] for name in ("made_by", "model", "prompt", "first_seen")}
        own = {name: value for name, value in asdict(self.part).items() if name != "fingerprint"}
        return own | {
            "score": self.score, "verdict": self.verdict, "findings": self.findings, "version": version,
        }  # fmt: skip


@dataclass(frozen=True)
class CardsOfWord:
    """The cards of one homograph.

    Attributes:
        item: The homograph's values in the ledger.
        cards: The cards that a model wrote.
        extra: The front, the back, and the tags of the extra cards in the deck.
        findings: The findings in the analysis, which also lower the cards' scores.
        next: The next steps, for a word without cards.
        unreadable: The layers that cannot be read, each with the reason.
    """

    item: Mapping[str, Any]
    cards: list[CardOfWord]
    extra: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    next: list[NextStep]
    unreadable: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return the cards as JSON-compatible values."""
        return {
            "item_id": self.item["item_id"], "definition": self.item["definition"],
            "cards": [card.as_json() for card in self.cards], "extra_cards": self.extra, "analysis_findings": self.findings,
        }  # fmt: skip


def cards_of_word(context: KedroContext, ledger: Ledger, word: str, card: str | None) -> list[CardsOfWord]:
    """Return the cards of each homograph of a headword, or of one item ID. ``card`` narrows them to one card type.

    Raises:
        LedgerError: The word is unknown, or it never had the given card.
    """
    report = word_report(context, ledger, word, card)
    extra = _extra_cards(context, [each.item_id for each in report.words]) if card is None else {}
    return [_of_homograph(report, each, extra.get(each.item_id, [])) for each in report.words]


def _of_homograph(report: WordReport, word: WordDetails, extra: list[dict[str, Any]]) -> CardsOfWord:
    quality: Mapping[str, Any] = word.quality or {"cards": [], "analysis": []}
    scores = {each["tab_name"]: each for each in quality["cards"]}
    current = {each["card"]: version for each in word.versions for version in each["versions"] if version["today"]}
    cards = []
    for part in word.cards:
        score = scores.get(part.card, {})
        found = score.get("findings", [])
        cards.append(CardOfWord(part, score.get("score"), score.get("verdict"), found, current.get(part.card)))
    return CardsOfWord(word.item, cards, extra, quality["analysis"], word.next, report.unreadable_layers)


def _extra_cards(context: KedroContext, item_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the extra cards of these words in the deck. Code makes them, so they have neither scores nor reviews."""
    if not context.catalog.exists("anki_notes"):
        return {}
    notes: pl.DataFrame = context.catalog.load("anki_notes")
    extra = notes.filter(pl.col("item_id").is_in(item_ids), pl.col("CardType").is_in(EXTRA_CARD_TYPES))
    texts = extra.select(
        "item_id", card="CardType", front=plain_front("Front"), back=plain_text("Back"), tags=plain_tags("tags")
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in texts.to_dicts():
        found.setdefault(row.pop("item_id"), []).append(row)
    return found
