"""Replies that were paid for, read again with today's parser: nothing is asked, nothing is changed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from korean_flashcards.contracts import ReplyError
from korean_flashcards.formats.cards_reply import read_cards
from korean_flashcards.formats.judge_reply import read_judgement
from korean_flashcards.formats.nuance_reply import read_nuance
from korean_flashcards.llm.cache import ReplyCache


@dataclass(frozen=True)
class Replayed:
    """One reply that is kept. ``outcome``: what became of it then, "accepted" or a code; ``today``: what the parser says."""

    key: str
    stage: str
    model: str
    created: str
    outcome: str
    message: str | None
    today: str
    text: str


def replayed(cache: ReplyCache, key: str, term: str | None) -> Iterator[Replayed]:
    """Every reply to a question: the rejected ones of the archive, then the one in use. ``term``: its word, if known."""
    types: list[str] | None = None
    for old in cache.archived(key):
        asked = _asked(old.user)
        types = asked.get("card_types", types)
        today = _read(old.stage, old.text, term or asked.get("term"), types)
        yield Replayed(key, old.stage, old.model, old.created, old.outcome, old.message, today, old.text)
    if stored := cache.get(key):
        today = _read(stored.stage, stored.text, term, types)
        yield Replayed(key, stored.stage, stored.model, stored.created, "accepted", None, today, stored.text)


def _asked(user: str) -> dict[str, Any]:
    try:
        question = json.loads(user)
    except ValueError:
        return {}
    return question if isinstance(question, dict) else {}


def _read(stage: str, text: str, term: str | None, card_types: list[str] | None) -> str:
    """What the parser says: accepted, or a code and message."""
    if term is None:
        return "not read: the ledger does not know which word it is about"
    try:
        if stage == "nuance":
            read_nuance(text, term, 0)
        elif stage == "judge":
            read_judgement(text, term)
        else:
            read_cards(text, term, card_types)
    except ReplyError as error:
        return f"{error.code}: {error}"
    return "accepted"
