"""Define the separately reviewed parts of a word (its analysis and its cards), and their reviews and edits."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from korean_flashcards.domain.records import CARD_TYPES, Nuance

Row = Mapping[str, Any]

# The tab_name of an analysis, which is not a card.
ANALYSIS = ""
ANALYSIS_NAME = "analysis"  # its name in commands
# The fields that a review covers. Fields that the project fills in (term, term_number, position, primer) are left out. So
# are tags, which only help to find cards: otherwise, a new tag in a word list would undo hundreds of approvals.
CARD_FIELDS = ("front", "back", "honorific_level")
ANALYSIS_FIELDS = tuple(name for name in Nuance.model_fields if name not in {"term", "term_number"})
# The columns of the layers that ``version_of`` reads.
VERSION_COLUMNS = frozenset({"item_id", "tab_name", "model", "prompt_version", "key", *CARD_FIELDS, *ANALYSIS_FIELDS})


class Part(NamedTuple):
    """One of a word's cards, or the word's analysis (``tab_name`` is ANALYSIS)."""

    item_id: str
    tab_name: str

    @property
    def name(self) -> str:
        """Return the card's tab_name, or "analysis"."""
        return self.tab_name or ANALYSIS_NAME

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields that a review covers."""
        return CARD_FIELDS if self.tab_name else ANALYSIS_FIELDS

    @property
    def editable(self) -> tuple[str, ...]:
        """Return the fields that can be edited."""
        return (*CARD_FIELDS, "tags") if self.tab_name else ANALYSIS_FIELDS

    def __str__(self) -> str:
        return f"{self.item_id} {self.name}"


# One shared encoder, because a run encodes every card.
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
# The names of parts that commands accept.
PART_NAMES = (*CARD_TYPES, ANALYSIS_NAME)


class Action(StrEnum):
    """A reviewer's action. ``drop`` undoes an edit and is neither an approval nor a rejection."""

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
    """A review, as stored in the ledger.

    Attributes:
        number: The review's number in the ledger.
        at: Time of the review (UTC, ISO 8601).
        part: The reviewed analysis or card.
        action: The action that the reviewer took.
        fingerprint: The hash of the reviewed content. For an edit, the hash covers the content after the edit.
        reason: The reason for a rejection, or the changes made by an edit or a restoration.
        reviewer: The reviewer's name, or None if unknown.
    """

    number: int
    at: str
    part: Part
    action: Action
    fingerprint: str
    reason: str | None
    reviewer: str | None

    def __str__(self) -> str:
        """Describe the review in words: "rejected by Kim on 2026-11-25: the metaphor fits a different word"."""
        by = f" by {self.reviewer}" if self.reviewer else ""
        return f"{_DONE[self.action]}{by} on {self.at[:10]}" + (f": {self.reason}" if self.reason else "")


class Shown(NamedTuple):
    """What a reviewer saw of an analysis or card: the hash of its content, and its last review (0 without a review)."""

    fingerprint: str
    last_review: int


@dataclass(frozen=True, slots=True)
class Override:
    """An edit to a field. ``value`` replaces the generated value. ``base`` is the value before the edit."""

    part: Part
    field: str
    base: Any
    value: Any


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a part's content.

    Attributes:
        part: The analysis or card that the content belongs to.
        text: The content as returned by ``content_text``.
        made_by: "person" if edits are applied, or "model" otherwise.
        model: The model that generated the text, before any edits.
        prompt_version: The version of the prompt.
        key: The cache key of the reply.
        usd: The cost of the reply, which contains all of the word's cards, or None if the cost is unknown.
    """

    part: Part
    text: str
    made_by: Literal["model", "person"]
    model: str
    prompt_version: str
    key: str
    usd: float | None = None


def version_of(row: Row, made_by: Literal["model", "person"], usd: float | None = None) -> Version:
    """Return the version stored in a layer's row."""
    part = part_of(row)
    return Version(part, content_text(part, row), made_by, row["model"], row["prompt_version"], row["key"], usd)


def part_of(row: Row) -> Part:
    """Return the part that a row of the ``nuance`` or ``flashcards`` layer describes."""
    return Part(row["item_id"], row.get("tab_name", ANALYSIS))


def content_text(part: Part, row: Row) -> str:
    """Return the fields that a review of the part covers, as JSON. Equal content always produces equal text."""
    return _JSON.encode({name: row[name] for name in part.fields})


def fingerprint_of(text: str) -> str:
    """Return the hash that identifies content in the ledger: the first 32 hex digits of the SHA-256 of its text."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def fingerprint(part: Part, row: Row) -> str:
    """Return the hash of the row's current content."""
    return fingerprint_of(content_text(part, row))
