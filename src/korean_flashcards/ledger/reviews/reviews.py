"""Reviews of analyses and cards (approve, reject, edit, restore) and the edits in force. Each is one unit of work."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, insert, select
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


@dataclass(frozen=True)
class By:
    """The reviewer and the reason of a review; both may be left out."""

    reviewer: str | None = None
    reason: str | None = None


class LedgerReviews:
    """Store reviews and edits. Rows are those of the layers ``nuance`` and ``flashcards`` as generated, without edits."""

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    def overrides(self, item_ids: Collection[str] | None = None) -> list[Override]:
        """The edits in force, of all words or of these."""
        with self._store.read() as connection:
            return _overrides(connection, _within(overrides.c.item_id, item_ids))

    def all(self, item_ids: Collection[str] | None = None) -> list[Review]:
        """The reviews of all words or of these, oldest first."""
        query = select(reviews).where(*_within(reviews.c.item_id, item_ids)).order_by(reviews.c.number)
        with self._store.read() as connection:
            return [_review(**row) for row in connection.execute(query).mappings()]

    def record(self, seen: Iterable[Version]) -> int:
        """Note the contents that there are now; return how many are new."""
        return versions.record(self._store, seen)

    def decide(
        self, action: Action, rows: Sequence[Row], by: By, seen: Mapping[Part, str] | None = None
    ) -> list[dict[str, Any]]:
        """Approve or reject the parts as they are; return them with their edits. Approving keeps edits in conflict.

        ``seen``: fingerprints of what the person was shown. Raises ReviewError, changing nothing, where one has changed.
        """
        with self._store.write() as connection:
            edited = [applied(row, _of(connection, part_of(row))) for row in rows]
            for row, shown in zip(rows, edited, strict=True):
                part = part_of(row)
                if seen is not None and fingerprint(part, shown) != seen[part]:
                    raise ReviewError(f"{part} has changed since it was shown. Nothing was changed; look at it again.")
                number = _add(connection, action, row, shown, by)
                if action is Action.APPROVE:
                    kept = _of(connection, part_of(row))
                    _keep(connection, number, [_rebased(each, row) for each in kept])
        return edited

    def edit(self, row: Row, changes: Mapping[str, Any], by: By, action: Action = Action.EDIT) -> dict[str, Any]:
        """Put these values in the place of the part's own, now and whatever is generated later; return the edited row.

        Raises ReviewError, and changes nothing, for values that the contract forbids or that are there already.
        """
        part = part_of(row)
        with self._store.write() as connection:
            before = _of(connection, part)
            current = applied(row, before)
            values = checked(part, current, changes)
            settled = not any(conflicting(row, each) for each in before if each.field in values)
            if settled and all(current[name] == value for name, value in values.items()):
                raise ReviewError(f"{part} says so already. Nothing was changed.")
            others = [each for each in before if each.field not in values]
            new = [Override(part, name, row[name], value) for name, value in values.items() if value != row[name]]
            edited = applied(row, [*others, *new])
            by = By(by.reviewer, by.reason or ", ".join(values))
            number = _add(connection, action, row, edited, by)
            _drop(connection, part, values)
            _keep(connection, number, new)
        return edited

    def restore(self, row: Row, number: int, by: By) -> dict[str, Any]:
        """Bring a version of the part back, which holds as an edit does; return the row with it. Raises ReviewError."""
        part, columns = part_of(row), card_versions.c
        query = select(columns.content).where(
            columns.item_id == part.item_id, columns.tab_name == part.tab_name, columns.number == number
        )
        with self._store.read() as connection:
            text = connection.execute(query).scalar_one_or_none()
        if text is None:
            raise ReviewError(
                f"{part} has no version {number}. Nothing was changed. `kedro word show {part.item_id} --card "
                f"{part.name}` shows those that there are."
            )
        return self.edit(row, json.loads(text), By(by.reviewer, by.reason or f"version {number}"), Action.RESTORE)

    def drop(self, row: Row, fields: Collection[str], by: By) -> dict[str, Any]:
        """Take edits of the part back, all where no field is named; return the row as it is then. Raises ReviewError."""
        part = part_of(row)
        with self._store.write() as connection:
            before = _of(connection, part)
            gone = [each.field for each in before if not fields or each.field in fields]
            if not gone:
                raise ReviewError(f"{part} has no such edit. Nothing was changed.")
            edited = applied(row, [each for each in before if each.field not in gone])
            _add(connection, Action.DROP, row, edited, By(by.reviewer, by.reason or ", ".join(gone)))
            _drop(connection, part, gone)
        return edited


def _add(connection: Connection, action: Action, row: Row, edited: Row, by: By) -> int:
    """Enter the review, and what it is about as a version; return its number."""
    part = part_of(row)
    _keep_number(connection, part.item_id)
    shown = fingerprint(part, edited)
    versions.add(connection, [version_of(edited, "model" if shown == fingerprint(part, row) else "person")])
    values = {**part._asdict(), "at": now(), "action": str(action), "fingerprint": shown,
              "reason": by.reason, "reviewer": by.reviewer}  # fmt: skip
    number: int = connection.execute(insert(reviews).values(values).returning(reviews.c.number)).scalar_one()
    return number


def _keep_number(connection: Connection, item_id: str) -> None:
    """Note the word as reviewed: its number stays taken when it is rolled back."""
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
    """The edit in the place of what is generated now. Tags are merged: theirs is a difference, which stays."""
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
