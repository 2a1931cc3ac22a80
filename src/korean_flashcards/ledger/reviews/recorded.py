"""Write reviews and edits within a transaction, and compare the ledger with what a reviewer saw."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.ledger.db.in_lists import listed
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.tables import overrides, reviewed_items, reviews, undone_reviews, vocabulary_items
from korean_flashcards.ledger.reviews import versions
from korean_flashcards.review.parts import Action, Override, Part, Row, Shown, fingerprint, part_of, version_of

# The reviews that nobody has undone.
STANDING: ColumnElement[bool] = reviews.c.number.not_in(select(undone_reviews.c.review))


@dataclass(frozen=True)
class By:
    """The reviewer and the reason for a review. Both are optional."""

    reviewer: str | None = None
    reason: str | None = None


class ActiveEdit(NamedTuple):
    """An active edit and the number of the review in which it was made."""

    edit: Override
    review: int


@dataclass(frozen=True)
class Reviewed:
    """A review that has just been recorded.

    Attributes:
        number: The review's number.
        row: The analysis or card after the review.
        before: The edits that were active before the review, which ``undo`` restores.
    """

    number: int
    row: dict[str, Any]
    before: tuple[ActiveEdit, ...]


def active_edits(connection: Connection, item_ids: Collection[str] | None = None) -> dict[Part, list[ActiveEdit]]:
    """Return the active edits of all words, or only of the given words, by part."""
    query = select(overrides).where(*within(overrides.c.item_id, item_ids))
    found: dict[Part, list[ActiveEdit]] = {}
    for row in connection.execute(query):
        part = Part(row.item_id, row.tab_name)
        edit = Override(part, row.field, json.loads(row.base), json.loads(row.value))
        found.setdefault(part, []).append(ActiveEdit(edit, row.review))
    return found


def last_reviews(connection: Connection, item_ids: Collection[str]) -> dict[Part, int]:
    """Return the number of the last review of each part of the words. Undone reviews do not count."""
    columns = reviews.c
    query = (
        select(columns.item_id, columns.tab_name, func.max(columns.number))
        .where(STANDING, *within(columns.item_id, item_ids))
        .group_by(columns.item_id, columns.tab_name)
    )
    return {Part(item_id, tab_name): number for item_id, tab_name, number in connection.execute(query).tuples()}


def check_shown(connection: Connection, rows: Iterable[Row], shown: Mapping[Part, Shown]) -> None:
    """Check that these analyses or cards, with their edits, are still those that the reviewer saw.

    Raises:
        ReviewError: One of them has been edited, reviewed, or generated again since then.
    """
    rows = list(rows)
    last = last_reviews(connection, {part_of(row).item_id for row in rows})
    for row in rows:
        part = part_of(row)
        if shown[part] != Shown(fingerprint(part, row), last.get(part, 0)):
            raise ReviewError(f"{part} has changed since it was shown. Nothing was changed. Review it again.")


def add(connection: Connection, action: Action, pairs: Sequence[tuple[Row, Row]], by: By) -> list[int]:
    """Insert the reviews, record the reviewed contents as versions, and return the numbers of the reviews.

    ``pairs`` holds each analysis or card as generated and as reviewed.
    """
    _keep_numbers(connection, {part_of(row).item_id for row, _ in pairs})
    texts = [(fingerprint(part_of(row), row), fingerprint(part_of(row), shown)) for row, shown in pairs]
    versions.add(
        connection,
        [
            version_of(shown, "model" if generated == reviewed else "person")
            for (_, shown), (generated, reviewed) in zip(pairs, texts, strict=True)
        ],
    )
    common = {"at": now(), "action": str(action), "reason": by.reason, "reviewer": by.reviewer}
    values = [
        {**part_of(row)._asdict(), **common, "fingerprint": reviewed}
        for (row, _), (_, reviewed) in zip(pairs, texts, strict=True)
    ]
    inserted = insert(reviews).returning(reviews.c.number, sort_by_parameter_order=True)
    return list(connection.execute(inserted, values).scalars()) if values else []


def keep(connection: Connection, edits: Iterable[ActiveEdit]) -> None:
    """Make these edits active, in place of earlier edits to the same fields."""
    key = ["item_id", "tab_name", "field"]
    for edit, number in edits:
        values = {"base": _json(edit.base), "value": _json(edit.value), "review": number}
        row = {**edit.part._asdict(), "field": edit.field, **values}
        connection.execute(upsert(overrides).values(row).on_conflict_do_update(index_elements=key, set_=values))


def drop(connection: Connection, part: Part, fields: Iterable[str] | None = None) -> None:
    """Drop the edits to these fields of the part, or all its edits."""
    about = [overrides.c.item_id == part.item_id, overrides.c.tab_name == part.tab_name]
    named = [] if fields is None else [overrides.c.field.in_(list(fields))]
    connection.execute(delete(overrides).where(*about, *named))


def within(column: ColumnElement[str], item_ids: Collection[str] | None) -> list[ColumnElement[bool]]:
    """Return the condition that the column holds one of the IDs, or no condition without IDs."""
    return [] if item_ids is None else [column.in_(listed(sorted(item_ids)))]


def _keep_numbers(connection: Connection, item_ids: Collection[str]) -> None:
    """Record the words as reviewed, so that their homograph numbers stay reserved after a rollback."""
    columns = reviewed_items.c.keys()
    words = select(*(vocabulary_items.c[name] for name in columns)).where(*within(vocabulary_items.c.item_id, item_ids))
    connection.execute(upsert(reviewed_items).from_select(columns, words).on_conflict_do_nothing())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
