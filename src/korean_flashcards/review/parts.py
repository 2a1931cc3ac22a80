"""The parts of a word that are reviewed, each on its own: its analysis and each of its cards; and what is said of them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from korean_flashcards.domain.records import CARD_TYPES, Nuance

Row = Mapping[str, Any]

# Stands where a card's part has its tab_name.
ANALYSIS = ""
ANALYSIS_NAME = "analysis"  # as a person says it
# What a review of a part is about. Left out are what code fills in (term, term_number, position, primer) and a card's tags:
# they are for finding cards, and a tag in a word list would else undo approvals by the hundred.
CARD_FIELDS = ("front", "back", "honorific_level")
ANALYSIS_FIELDS = tuple(name for name in Nuance.model_fields if name not in {"term", "term_number"})


class Part(NamedTuple):
    """One card of a word, or its analysis (``tab_name`` is ANALYSIS)."""

    item_id: str
    tab_name: str

    @property
    def name(self) -> str:
        """The card's tab_name, or "analysis"."""
        return self.tab_name or ANALYSIS_NAME

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that make its content."""
        return CARD_FIELDS if self.tab_name else ANALYSIS_FIELDS

    @property
    def editable(self) -> tuple[str, ...]:
        """The fields that a person may edit."""
        return (*CARD_FIELDS, "tags") if self.tab_name else ANALYSIS_FIELDS

    def __str__(self) -> str:
        return f"{self.item_id} {self.name}"


# Made once: a run encodes every card.
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
# How a command names a part of a word.
PART_NAMES = (*CARD_TYPES, ANALYSIS_NAME)


class Action(StrEnum):
    """What a person did. ``drop`` takes an edit back; it says nothing about the content that comes to light by it."""

    APPROVE = "approve"
    REJECT = "reject"
    EDIT = "edit"
    RESTORE = "restore"
    DROP = "drop"


_DONE = {
    Action.APPROVE: "approved",
    Action.REJECT: "rejected",
    Action.EDIT: "edited",
    Action.RESTORE: "restored",
    Action.DROP: "edit dropped",
}


@dataclass(frozen=True, slots=True)
class Review:
    """One entry of the ledger. ``fingerprint``: of the content that it is about; of an edit, of what it made.

    ``reason``: why, of a rejection; what, of an edit or a restoration. ``at``: UTC, ISO 8601.
    """

    number: int
    at: str
    part: Part
    action: Action
    fingerprint: str
    reason: str | None
    reviewer: str | None

    def __str__(self) -> str:
        """ "rejected by Kim on 2026-11-25: the metaphor is another word's"."""
        by = f" by {self.reviewer}" if self.reviewer else ""
        return f"{_DONE[self.action]}{by} on {self.at[:10]}" + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True, slots=True)
class Override:
    """An edit in force: ``value`` stands in the place of what is generated; ``base`` is what it replaced."""

    part: Part
    field: str
    base: Any
    value: Any


@dataclass(frozen=True, slots=True)
class Version:
    """One content that a part has had. ``text``: as ``content_text`` gives it.

    ``made_by``: "model", or "person" where edits are in it; then model, prompt and key are those of what was edited.
    ``usd``: what the reply cost, which holds all cards of the word; None where that is not known.
    """

    part: Part
    text: str
    made_by: Literal["model", "person"]
    model: str
    prompt_version: str
    key: str
    usd: float | None = None


def version_of(row: Row, made_by: Literal["model", "person"], usd: float | None = None) -> Version:
    """The version that a row of a layer is."""
    part = part_of(row)
    return Version(part, content_text(part, row), made_by, row["model"], row["prompt_version"], row["key"], usd)


def part_of(row: Row) -> Part:
    """The part that a row of the ``nuance`` or the ``flashcards`` layer is."""
    return Part(row["item_id"], row.get("tab_name", ANALYSIS))


def content_text(part: Part, row: Row) -> str:
    """Return what a review of the part is about, of its row in a layer, as JSON: equal texts are equal contents."""
    return _JSON.encode({name: row[name] for name in part.fields})


def fingerprint_of(text: str) -> str:
    """Return the hash by which the ledger knows a content: the first 32 hex digits of its text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def fingerprint(part: Part, row: Row) -> str:
    """Return the hash of the content that the row has now."""
    return fingerprint_of(content_text(part, row))
