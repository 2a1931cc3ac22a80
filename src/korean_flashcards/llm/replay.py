"""Replies that were paid for, read again with today's parser: nothing is asked, nothing is changed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from korean_flashcards.formats.outcome import NOT_READ, OK, parse_outcome
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
    read = parse_outcome(stage, text, term, card_types)
    if read.code == NOT_READ:
        return f"not read: {read.message}"
    return "accepted" if read.code == OK else f"{read.code}: {read.message}"
