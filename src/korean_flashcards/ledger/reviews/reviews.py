"""Review analyses and cards (approve, reject, edit, or restore them), and store the active edits.

Each change is made in one transaction.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.ledger.db.in_lists import listed
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import card_versions, overrides, reviewed_items, reviews, vocabulary_items
from korean_flashcards.ledger.reviews import versions
from korean_flashcards.review.edits import applied, conflicting
from korean_flashcards.review.fields import checked
from korean_flashcards.review.parts import (
    Action,
    Override,
    Part,
    Review,
    Row,
    Version,
    fingerprint,
    part_of,
    version_of,
)

_ACCEPTING = (Action.APPROVE, Action.EDIT, Action.RESTORE)


@dataclass(frozen=True)
class By:
    """The reviewer and the reason for a review. Both are optional."""

    reviewer: str | None = None
    reason: str | None = None


class LedgerReviews:
    """The ledger's reviews and edits.

    The methods take rows from the ``nuance`` and ``flashcards`` layers as generated, without edits.
    """

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    def overrides(self, item_ids: Collection[str] | None = None) -> list[Override]:
        """Return the active edits for all words, or only for the given words."""
        with self._store.read() as connection:
            return _overrides(connection, _within(overrides.c.item_id, item_ids))

    def all(self, item_ids: Collection[str] | None = None) -> list[Review]:
        """Return the reviews for all words, or only for the given words, oldest first."""
        query = select(reviews).where(*_within(reviews.c.item_id, item_ids)).order_by(reviews.c.number)
        with self._store.read() as connection:
            return [_review(**row) for row in connection.execute(query).mappings()]

    def count_since(self, time: str) -> int:
        """Return the number of reviews and edits in or after this second (UTC, ISO 8601)."""
        with self._store.read() as connection:
            return int(connection.execute(select(func.count()).where(reviews.c.at >= time)).scalar_one())

    def accepted(self, item_ids: Collection[str]) -> dict[Part, list[Row]]:
        """Return the contents of the given words' parts that reviewers have approved, edited, or restored."""
        versions_of, said = card_versions.c, reviews.c
        same = [versions_of[name] == said[name] for name in ("item_id", "tab_name", "fingerprint")]
        query = (
            select(said.item_id, said.tab_name, versions_of.content)
            .join_from(reviews, card_versions, and_(*same))
            .where(said.action.in_(_ACCEPTING), *_within(said.item_id, item_ids))
        )
        found: dict[Part, list[Row]] = {}
        with self._store.read() as connection:
            for item_id, tab_name, content in connection.execute(query).tuples():
                found.setdefault(Part(item_id, tab_name), []).append(json.loads(content))
        return found

    def record(self, seen: Iterable[Version]) -> int:
        """Record the current contents as versions, and return the number of new versions."""
        return versions.record(self._store, seen)

    def decide(
        self, action: Action, rows: Sequence[Row], by: By, seen: Mapping[Part, str] | None = None
    ) -> list[dict[str, Any]]:
        """Approve or reject the current content of these analyses or cards, and return them with their edits applied.

        Approval keeps all edits, even those that conflict with newly generated text.

        Args:
            action: APPROVE or REJECT.
            rows: The analyses or cards as generated, without edits.
            by: The reviewer and the reason for the review.
            seen: Fingerprints of the content that was shown to the reviewer.

        Raises:
            ReviewError: An analysis or card has changed since it was shown to the reviewer. Nothing is changed.
        """
        with self._store.write() as connection:
            edited = [applied(row, _of(connection, part_of(row))) for row in rows]
            for row, shown in zip(rows, edited, strict=True):
                part = part_of(row)
                if seen is not None and fingerprint(part, shown) != seen[part]:
                    raise ReviewError(f"{part} has changed since it was shown. Nothing was changed. Review it again.")
                number = _add(connection, action, row, shown, by)
                if action is Action.APPROVE:
                    kept = _of(connection, part_of(row))
                    _keep(connection, number, [_rebased(each, row) for each in kept])
        return edited

    def edit(self, row: Row, changes: Mapping[str, Any], by: By, action: Action = Action.EDIT) -> dict[str, Any]:
        """Replace fields of an analysis or card, now and whenever it is generated again, and return the edited row.

        Raises:
            ReviewError: A value is invalid, or the analysis or card already has all of these values. Nothing is
                changed.
        """
        part = part_of(row)
        with self._store.write() as connection:
            before = _of(connection, part)
            current = applied(row, before)
            values = checked(part, current, changes)
            settled = not any(conflicting(row, each) for each in before if each.field in values)
            if settled and all(current[name] == value for name, value in values.items()):
                raise ReviewError(f"{part} already has this text. Nothing was changed.")
            others = [each for each in before if each.field not in values]
            new = [Override(part, name, row[name], value) for name, value in values.items() if value != row[name]]
            edited = applied(row, [*others, *new])
            by = By(by.reviewer, by.reason or ", ".join(values))
            number = _add(connection, action, row, edited, by)
            _drop(connection, part, values)
            _keep(connection, number, new)
        return edited

    def restore(self, row: Row, number: int, by: By) -> dict[str, Any]:
        """Restore a version of an analysis or card as an edit, and return the edited row.

        Raises:
            ReviewError: The version does not exist, or its content is already the current content.
        """
        part, columns = part_of(row), card_versions.c
        query = select(columns.content).where(
            columns.item_id == part.item_id, columns.tab_name == part.tab_name, columns.number == number
        )
        with self._store.read() as connection:
            text = connection.execute(query).scalar_one_or_none()
        if text is None:
            raise ReviewError(
                f"{part} has no version {number}. Nothing was changed. List the versions: "
                f"`kedro word show {part.item_id} --card {part.name}`."
            )
        return self.edit(row, json.loads(text), By(by.reviewer, by.reason or f"version {number}"), Action.RESTORE)

    def drop(self, row: Row, fields: Collection[str], by: By) -> dict[str, Any]:
        """Undo the edits to these fields, or all edits to the analysis or card if no fields are given.

        Return the resulting row.

        Raises:
            ReviewError: The analysis or card has no edits to undo.
        """
        part = part_of(row)
        with self._store.write() as connection:
            before = _of(connection, part)
            gone = [each.field for each in before if not fields or each.field in fields]
            if not gone:
                of = f" to {', '.join(fields)}" if fields else ""
                raise ReviewError(f"{part} has no edit{of}. Nothing was changed.")
            edited = applied(row, [each for each in before if each.field not in gone])
            _add(connection, Action.DROP, row, edited, By(by.reviewer, by.reason or ", ".join(gone)))
            _drop(connection, part, gone)
        return edited


def _add(connection: Connection, action: Action, row: Row, edited: Row, by: By) -> int:
    """Insert the review, record the reviewed content as a version, and return the review number."""
    part = part_of(row)
    _keep_number(connection, part.item_id)
    shown = fingerprint(part, edited)
    versions.add(connection, [version_of(edited, "model" if shown == fingerprint(part, row) else "person")])
    values = {**part._asdict(), "at": now(), "action": str(action), "fingerprint": shown,
              "reason": by.reason, "reviewer": by.reviewer}  # fmt: skip
    number: int = connection.execute(insert(reviews).values(values).returning(reviews.c.number)).scalar_one()
    return number


def _keep_number(connection: Connection, item_id: str) -> None:
    """Record the word as reviewed, so that its homograph number stays reserved after a rollback."""
    columns = reviewed_items.c.keys()
    word = select(*(vocabulary_items.c[name] for name in columns)).where(vocabulary_items.c.item_id == item_id)
    connection.execute(upsert(reviewed_items).from_select(columns, word).on_conflict_do_nothing())


def _keep(connection: Connection, number: int, edits: Iterable[Override]) -> None:
    for edit in edits:
        values = {"base": _json(edit.base), "value": _json(edit.value), "review": number}
        row = {**edit.part._asdict(), "field": edit.field, **values}
        key = ["item_id", "tab_name", "field"]
        connection.execute(upsert(overrides).values(row).on_conflict_do_update(index_elements=key, set_=values))


def _drop(connection: Connection, part: Part, fields: Iterable[str]) -> None:
    connection.execute(delete(overrides).where(*_about(part), overrides.c.field.in_(list(fields))))


def _rebased(edit: Override, row: Row) -> Override:
    """Return the edit with the newly generated text as its base.

    An edit to tags keeps its original base, because it is stored as a difference.
    """
    return edit if edit.field == "tags" else Override(edit.part, edit.field, row[edit.field], edit.value)


def _of(connection: Connection, part: Part) -> list[Override]:
    return _overrides(connection, _about(part))


def _about(part: Part) -> list[ColumnElement[bool]]:
    return [overrides.c.item_id == part.item_id, overrides.c.tab_name == part.tab_name]


def _overrides(connection: Connection, fits: Iterable[ColumnElement[bool]]) -> list[Override]:
    query: Select[Any] = select(overrides).where(*fits)
    return [
        Override(Part(row.item_id, row.tab_name), row.field, json.loads(row.base), json.loads(row.value))
        for row in connection.execute(query)
    ]


def _within(column: ColumnElement[str], item_ids: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if item_ids is None else [column.in_(listed(sorted(item_ids)))]


def _review(item_id: str, tab_name: str, action: str, **values: Any) -> Review:
    return Review(part=Part(item_id, tab_name), action=Action(action), **values)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
