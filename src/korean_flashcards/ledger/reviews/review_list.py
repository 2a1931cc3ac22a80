"""List versions and reviews for users, and count reviews by reviewer. Read-only."""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.db.prompt_tables import prompt_versions
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import card_versions, reviews
from korean_flashcards.ledger.reviews.recorded import STANDING
from korean_flashcards.ledger.reviews.undo import undone
from korean_flashcards.review.parts import Part

_VERSION = ("number", "first_seen", "made_by", "model", "prompt_version", "key", "usd", "fingerprint")
_REVIEW = ("number", "at", "action", "reviewer", "reason")


@dataclass(frozen=True)
class History:
    """The versions of an analysis or card.

    Attributes:
        part: The analysis or card that the versions belong to.
        versions: The versions, oldest first, each with number, first_seen, made_by ("model" or "person"), model, prompt
            ("v3"), prompt_version, key, usd (None if unknown), fingerprint, content, and ``reviews`` (the version's
            reviews, each with number, at, action, reviewer, reason, and undone_at, which is None unless it was undone).
    """

    part: Part
    versions: list[dict[str, Any]]


def histories(store: LedgerStore, item_id: str) -> list[History]:
    """Return the histories of the word's analysis and cards, analysis first.

    An analysis or card without a version is omitted.
    """
    with store.read() as connection:
        prompts = select(prompt_versions.c.stage, prompt_versions.c.version, prompt_versions.c.number)
        numbers = {(stage, version): number for stage, version, number in connection.execute(prompts).tuples()}
        versions = select(card_versions).where(card_versions.c.item_id == item_id)
        ordered = versions.order_by(card_versions.c.tab_name, card_versions.c.number)
        rows = connection.execute(ordered).mappings().all()
        reviewed = select(reviews).where(reviews.c.item_id == item_id).order_by(reviews.c.number)
        about: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        said = connection.execute(reviewed).mappings().all()
        gone = undone(connection, [row["number"] for row in said])
        for row in said:
            values = {name: row[name] for name in _REVIEW} | {"undone_at": gone.get(row["number"])}
            about[row["tab_name"], row["fingerprint"]].append(values)
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        stage: Stage = "flashcards" if row["tab_name"] else "nuance"
        number = numbers.get((stage, row["prompt_version"]))
        version = {name: row[name] for name in _VERSION} | {
            "prompt": f"v{number}" if number else row["prompt_version"],
            "content": json.loads(row["content"]),
            "reviews": about[row["tab_name"], row["fingerprint"]],
        }
        found[row["tab_name"]].append(version)
    return [History(Part(item_id, tab_name), theirs) for tab_name, theirs in found.items()]


def by_reviewer(store: LedgerStore) -> list[dict[str, Any]]:
    """Return the number of reviews and the time of the last review, by reviewer and action. Undone ones do not count.

    ``reviewer`` is None for anonymous reviews.
    """
    columns = reviews.c
    query = (
        select(columns.reviewer, columns.action, func.count().label("reviews"), func.max(columns.at).label("last"))
        .where(STANDING)
        .group_by(columns.reviewer, columns.action)
        .order_by(columns.reviewer, columns.action)
    )
    with store.read() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]
