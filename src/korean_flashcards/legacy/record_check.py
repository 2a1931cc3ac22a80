"""Check an earlier system's replies with the current parsers, and write valid ones in the current format.

Each word gets its newest valid analysis and all valid cards from the newest set that contains any.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from korean_flashcards.domain.records import CARD_TYPES, DraftCard, FailureCode, ReplyError, Stage
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.nuance_reply import read_nuance
from korean_flashcards.legacy.legacy_data import Found, Kind, LegacyData, LegacyProblem, LegacyWord, problem

_T = TypeVar("_T")
_SUPERSEDED = "superseded: a newer reply for the same word was used"


@dataclass(frozen=True)
class Paid:
    """A valid reply to store. ``count`` is the number of cards in the reply, or 1 for an analysis."""

    stage: Stage
    where: str
    text: str
    key: str
    count: int
    created: str | None
    tokens_in: int
    tokens_out: int


@dataclass
class CheckedWord:
    """A word with its valid replies. ``meaning`` comes from the analysis and is used for words without a definition."""

    word: LegacyWord
    meaning: str = ""
    paid: list[Paid] = field(default_factory=list)
    problems: list[LegacyProblem] = field(default_factory=list)


def check(data: LegacyData) -> list[CheckedWord]:
    """Return the checked words sorted by position. Words without a position come last."""
    # A run does not export two cards with the same front and back, so the second card is skipped here.
    texts: dict[tuple[str, str], str] = {}
    words = sorted(data.words, key=lambda word: word.position or float("inf"))
    return [_checked(word, texts) for word in words]


def _checked(word: LegacyWord, texts: dict[tuple[str, str], str]) -> CheckedWord:
    checked = CheckedWord(word)
    _take_analysis(checked)
    _take_cards(checked, texts)
    return checked


def _take_analysis(checked: CheckedWord) -> None:
    word = checked.word
    for found in word.analyses:
        if checked.paid:
            if not found.spare:
                checked.problems.append(problem(found.where, "analysis", _SUPERSEDED))
            continue
        nuance = _read(checked, found, "analysis", lambda text: read_nuance(text, word.term, 0))
        if nuance is not None:
            # The number is only the word's position in a list.
            text = _json(nuance.model_dump(exclude={"term_number"}))
            checked.paid.append(_paid("nuance", word.term, text, found, 1))
            checked.meaning = nuance.primary_meaning


def _take_cards(checked: CheckedWord, texts: dict[tuple[str, str], str]) -> None:
    taken: dict[str, DraftCard] = {}
    source: Found | None = None
    for parts in checked.word.cards:
        if taken:
            checked.problems += [problem(found.where, "cards", _SUPERSEDED) for found in parts]
            continue
        for found in parts:
            if _take_part(checked, found, taken, texts):
                source = max(source or found, found, key=lambda one: one.created or "")
    if source:
        cards = [taken[name].model_dump() for name in CARD_TYPES if name in taken]
        paid = _paid("flashcards", checked.word.term, _json({"cards": cards}), source, len(cards))
        checked.paid.append(paid)


def _take_part(
    checked: CheckedWord, found: Found, taken: dict[str, DraftCard], texts: dict[tuple[str, str], str]
) -> bool:
    """Add the cards to ``taken`` and return whether any cards were added.

    No cards are added if any card is invalid, or if ``taken`` already has a card of the same type.
    """
    term = checked.word.term

    def read(text: str) -> list[DraftCard]:
        cards = read_cards(text, term, None)
        for card in cards:
            if other := texts.get((card.front, card.back)):
                message = f"the {card.tab_name} card has the same front and back as a card for {other}"
                raise ReplyError(FailureCode.DUPLICATE_CARD, message)
        return cards

    cards = _read(checked, found, "cards", read) or []
    if any(card.tab_name in taken for card in cards):
        checked.problems.append(problem(found.where, "cards", _SUPERSEDED))
        return False
    for card in cards:
        taken[card.tab_name] = card
        texts[card.front, card.back] = term
    return bool(cards)


def _read(checked: CheckedWord, found: Found, what: Kind, read: Callable[[str], _T]) -> _T | None:
    """Return the result of passing the value to ``read``. If ``read`` fails, record a problem and return None."""
    try:
        return read(_json({"cards": found.value} if what == "cards" else found.value))
    except ReplyError as error:
        checked.problems.append(problem(found.where, what, f"{error.code}: {error}"))
    # For example, objects nested a thousand levels deep, or numbers with 5,000 digits.
    except (RecursionError, ValueError) as error:
        why = f"{FailureCode.MALFORMED}: the value cannot be read ({str(error)[:80]})"
        checked.problems.append(problem(found.where, what, why))
    return None


def _paid(stage: Stage, term: str, text: str, found: Found, count: int) -> Paid:
    """Return the reply with a key that depends only on its content, so copies of a reply have the same key."""
    parts = {"source": "legacy", "stage": stage, "term": term, "text": text}
    canonical = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    key = hashlib.sha256(canonical.encode()).hexdigest()
    return Paid(stage, found.where, text, key, count, found.created, found.tokens_in, found.tokens_out)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
