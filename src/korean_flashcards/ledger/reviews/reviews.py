"""Review analyses and cards (approve, reject, edit, or restore them), and store the active edits.

Each change is made in one transaction.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, select

from korean_flashcards.domain.errors import ReviewError
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import card_versions, reviews, undone_reviews
from korean_flashcards.ledger.reviews import recorded, undo, versions
from korean_flashcards.ledger.reviews.recorded import STANDING, ActiveEdit, By, Reviewed, within
from korean_flashcards.review.edits import applied, conflicting
from korean_flashcards.review.fields import checked
from korean_flashcards.review.parts import Action, Override, Part, Review, Row, Shown, Version, part_of

_ACCEPTING = (Action.APPROVE, Action.EDIT, Action.RESTORE)


class LedgerReviews:
    """The ledger's reviews and edits.

    The methods take rows from the ``nuance`` and ``flashcards`` layers as generated, without edits. Undone reviews do
    not count.
    """

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    def overrides(self, item_ids: Collection[str] | None = None) -> list[Override]:
        """Return the active edits for all words, or only for the given words."""
        with self._store.read() as connection:
            return [active.edit for of in recorded.active_edits(connection, item_ids).values() for active in of]

    def all(self, item_ids: Collection[str] | None = None) -> list[Review]:
        """Return the reviews for all words, or only for the given words, oldest first."""
        query = select(reviews).where(STANDING, *within(reviews.c.item_id, item_ids)).order_by(reviews.c.number)
        with self._store.read() as connection:
            return [_review(**row) for row in connection.execute(query).mappings()]

    def count_since(self, time: str) -> int:
        """Return the number of reviews and edits made or undone in or after this second (UTC, ISO 8601)."""
        with self._store.read() as connection:
            counts = (select(func.count()).where(table.c.at >= time) for table in (reviews, undone_reviews))
            return sum(int(connection.execute(count).scalar_one()) for count in counts)

    def changes_since(self, mark: undo.ReviewMark) -> tuple[undo.ReviewMark, set[str]]:
        """Return the current mark, and the IDs of the words with reviews that were added or undone since ``mark``."""
        with self._store.read() as connection:
            return undo.changes_since(connection, mark)

    def accepted(self, item_ids: Collection[str]) -> dict[Part, list[Row]]:
        """Return the contents of the given words' parts that reviewers have approved, edited, or restored."""
        versions_of, said = card_versions.c, reviews.c
        same = [versions_of[name] == said[name] for name in ("item_id", "tab_name", "fingerprint")]
        query = (
            select(said.item_id, said.tab_name, versions_of.content)
            .join_from(reviews, card_versions, and_(*same))
            .where(STANDING, said.action.in_(_ACCEPTING), *within(said.item_id, item_ids))
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
        self, action: Action, rows: Sequence[Row], by: By, shown: Mapping[Part, Shown] | None = None
    ) -> list[Reviewed]:
        """Approve or reject the current content of these analyses or cards, with their edits applied.

        Approval keeps all edits, even those that conflict with newly generated text.

        Args:
            action: APPROVE or REJECT.
            rows: The analyses or cards as generated, without edits.
            by: The reviewer and the reason for the review.
            shown: What the reviewer saw.

        Raises:
            ReviewError: An analysis or card has changed since it was shown to the reviewer. Nothing is changed.
        """
        with self._store.write() as connection:
            active = recorded.active_edits(connection, {part_of(row).item_id for row in rows})
            before = [active.get(part_of(row), []) for row in rows]
            edited = [applied(row, (each.edit for each in edits)) for row, edits in zip(rows, before, strict=True)]
            if shown is not None:
                recorded.check_shown(connection, edited, shown)
            numbers = recorded.add(connection, action, list(zip(rows, edited, strict=True)), by)
            if action is Action.APPROVE:
                for row, number, edits in zip(rows, numbers, before, strict=True):
                    recorded.keep(connection, [ActiveEdit(_rebased(each.edit, row), number) for each in edits])
        return [Reviewed(number, row, tuple(edits)) for number, row, edits in zip(numbers, edited, before, strict=True)]

    def edit(
        self, row: Row, changes: Mapping[str, Any], by: By, action: Action = Action.EDIT, shown: Shown | None = None
    ) -> Reviewed:
        """Replace fields of an analysis or card, now and whenever it is generated again.

        ``shown`` is what the reviewer saw.

        Raises:
            ReviewError: A value is invalid, the analysis or card already has all of these values, or it has changed since
                it was shown. Nothing is changed.
        """
        part = part_of(row)
        with self._store.write() as connection:
            before = recorded.active_edits(connection, [part.item_id]).get(part, [])
            current = applied(row, (each.edit for each in before))
            if shown is not None:
                recorded.check_shown(connection, [current], {part: shown})
            values = checked(part, current, changes)
            settled = not any(conflicting(row, each.edit) for each in before if each.edit.field in values)
            if settled and all(current[name] == value for name, value in values.items()):
                raise ReviewError(f"{part} already has this text. Nothing was changed.")
            others = [each.edit for each in before if each.edit.field not in values]
            new = [Override(part, name, row[name], value) for name, value in values.items() if value != row[name]]
            edited = applied(row, [*others, *new])
            by = By(by.reviewer, by.reason or ", ".join(values))
            (number,) = recorded.add(connection, action, [(row, edited)], by)
            recorded.drop(connection, part, values)
            recorded.keep(connection, [ActiveEdit(each, number) for each in new])
        return Reviewed(number, edited, tuple(before))

    def restore(self, row: Row, number: int, by: By) -> Reviewed:
        """Restore a version of an analysis or card as an edit.

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

    def drop(self, row: Row, fields: Collection[str], by: By, shown: Shown | None = None) -> Reviewed:
        """Undo the edits to these fields, or all edits to the analysis or card if no fields are given.

        ``shown`` is what the reviewer saw.

        Raises:
            ReviewError: The analysis or card has no edits to undo, or it has changed since it was shown.
        """
        part = part_of(row)
        with self._store.write() as connection:
            before = recorded.active_edits(connection, [part.item_id]).get(part, [])
            if shown is not None:
                recorded.check_shown(connection, [applied(row, (each.edit for each in before))], {part: shown})
            gone = [each.edit.field for each in before if not fields or each.edit.field in fields]
            if not gone:
                of = f" to {', '.join(fields)}" if fields else ""
                raise ReviewError(f"{part} has no edit{of}. Nothing was changed.")
            edited = applied(row, [each.edit for each in before if each.edit.field not in gone])
            by = By(by.reviewer, by.reason or ", ".join(gone))
            (number,) = recorded.add(connection, Action.DROP, [(row, edited)], by)
            recorded.drop(connection, part, gone)
        return Reviewed(number, edited, tuple(before))

    def undo(self, reviewed: Sequence[undo.Undoable], reviewer: str | None) -> None:
        """Undo these reviews, and restore the edits that were active before them.

        Raises:
            ReviewError: A part has been reviewed again since then. Nothing is changed.
        """
        with self._store.write() as connection:
            undo.undo(connection, reviewed, reviewer)


def _rebased(edit: Override, row: Row) -> Override:
    """Return the edit with the newly generated text as its base.

    An edit to tags keeps its original base, because it is stored as a difference.
    """
    return edit if edit.field == "tags" else Override(edit.part, edit.field, row[edit.field], edit.value)


def _review(item_id: str, tab_name: str, action: str, **values: Any) -> Review:
    return Review(part=Part(item_id, tab_name), action=Action(action), **values)
