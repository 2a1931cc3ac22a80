"""Record the words and notes that were exported to a deck.

The words' homograph numbers stay reserved, because the learner's review schedule in Anki depends on them. For the same
reason, a word keeps the project ID with which it was first exported.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, String, case, func, literal, select, update
from sqlalchemy.dialects.sqlite import Insert, insert

from korean_flashcards.domain.exported_notes import (
    REMOVED,
    ChangedNote,
    ExportedNote,
    ExportedNoteType,
    ExportedWord,
    ExportHistory,
)
from korean_flashcards.ledger.db.export_tables import exported_items, exported_note_types, exported_notes
from korean_flashcards.ledger.db.in_lists import chunks
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import vocabulary_items

_COLUMNS = ("item_id", "term", "homograph", "definition", "hanja", "term_number")
_NOTE_COLUMNS = ("guid", "item_id", "card_type", "content", "created_at", "changed_at", "changes")
_CHANGE_COLUMNS = ("item_id", "card_type", "guid")

# The time when an export last added, changed, or left out a note.
_CHANGED_AT = func.coalesce(exported_notes.c.removed_at, exported_notes.c.changed_at)


class LedgerExports:
    """The ledger's record of exported words, notes, and note types."""

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    def record(
        self, notes: Sequence[ExportedNote], note_types: Iterable[ExportedNoteType] = (), whole: bool = True
    ) -> int:
        """Record that a deck has these notes, and return the number of words exported for the first time.

        ``whole``: whether it is the whole deck. All other notes are then recorded as no longer in the deck. From a deck
        of selected words, only the words and their project IDs are recorded: its notes name other easily confused words
        than those of the whole deck, whose notes must not change because of that.
        """
        projects = {note.item_id: note.project_id for note in notes}
        with self._store.write() as connection:
            before = connection.execute(select(func.count()).select_from(exported_items)).scalar_one()
            _record_words(connection, projects)
            if whole:
                _record_notes(connection, notes)
                _record_types(connection, note_types)
            return connection.execute(select(func.count()).select_from(exported_items)).scalar_one() - before

    def restore(self, words: Iterable[ExportedWord], notes: Sequence[ExportedNote] = ()) -> int:
        """Record words and notes of an earlier export that the ledger does not know, and return the number of words.

        The words' homograph numbers are then reserved for their meanings, as after a rollback. ``notes`` are the notes
        in the whole deck. The next export then records which of them are no longer in the deck.
        """
        with self._store.read() as connection:
            known = set(connection.execute(select(exported_items.c.item_id)).scalars().all())
        at = now()
        rows = [
            {**asdict(word), "first_exported": at, "last_exported": at} for word in words if word.item_id not in known
        ]
        if rows:
            with self._store.write() as connection:
                connection.execute(insert(exported_items).on_conflict_do_nothing(), rows)
        self._restore_notes(notes)
        return len(rows)

    def _restore_notes(self, notes: Sequence[ExportedNote]) -> None:
        columns = exported_notes.c
        with self._store.read() as connection:
            times = dict(connection.execute(select(columns.guid, columns.changed_at)).tuples().all())
        if newer := [note for note in notes if note.changed_at > times.get(note.guid, -1)]:
            with self._store.write() as connection:
                _save_notes(connection, newer)

    def history(self) -> ExportHistory:
        """Return all recorded words, notes, and note types."""
        words = select(exported_items.c.item_id, exported_items.c.project_id)
        notes = select(*(exported_notes.c[name] for name in _NOTE_COLUMNS))
        with self._store.read() as connection:
            projects = {row.item_id: row.project_id for row in connection.execute(words)}
            known = [
                ExportedNote(guid, item_id, card_type, projects[item_id], *others)
                for guid, item_id, card_type, *others in connection.execute(notes)
                if item_id in projects
            ]
            types = [ExportedNoteType(**row) for row in connection.execute(select(exported_note_types)).mappings()]
        notes_by_guid, types_by_id = {note.guid: note for note in known}, {each.note_type_id: each for each in types}
        return ExportHistory(notes_by_guid, types_by_id, projects, self.last_change())

    def last_change(self) -> int:
        """Return the time of the last export that added, changed, or left out a note (Unix seconds), or 0."""
        with self._store.read() as connection:
            return connection.execute(select(func.max(_CHANGED_AT))).scalar_one() or 0

    def changed_since(self, seconds: int | None = None) -> list[ChangedNote]:
        """Return the notes that an export added, changed, or left out at this time (Unix seconds) or later, by word.

        Without a time, the notes of the last export that did so are returned.
        """
        notes, items = exported_notes.c, exported_items.c
        at = _CHANGED_AT
        since: Any = select(func.max(at)).scalar_subquery() if seconds is None else seconds
        changes = case((notes.removed_at.is_not(None), REMOVED), else_=notes.changes).label("changes")
        found = (
            select(
                items.term, items.homograph, *(notes[name] for name in _CHANGE_COLUMNS), at.label("changed_at"), changes
            )
            .join_from(exported_notes, exported_items, notes.item_id == items.item_id)
            .where(at >= since)
            .order_by(items.term_number, notes.item_id, notes.card_type)
        )
        with self._store.read() as connection:
            return [ChangedNote(**row) for row in connection.execute(found).mappings()]

    def words_by_project(self) -> dict[str | None, int]:
        """Return the number of exported words by the project ID in their GUIDs."""
        project = exported_items.c.project_id
        with self._store.read() as connection:
            rows = connection.execute(select(project, func.count()).group_by(project))
            return {row[0]: row[1] for row in rows}


def _record_notes(connection: Connection, notes: Sequence[ExportedNote]) -> None:
    """Record the notes of the whole deck, and when all others left it."""
    columns = exported_notes.c
    last = connection.execute(select(func.max(_CHANGED_AT))).scalar_one() or 0
    known = {row.guid: row for row in connection.execute(select(columns.guid, columns.changed_at, columns.removed_at))}
    changed = [note for note in notes if note.guid not in known or known[note.guid].changed_at != note.changed_at]
    _save_notes(connection, changed)
    guids = {note.guid for note in notes}
    # All changes of an export have the same time, unless the deck of selected words had them earlier.
    newest = max((note.changed_at for note in changed), default=0)
    changed_at = newest if newest > last else max(int(time.time()), last + 1)
    removed = [guid for guid, row in known.items() if row.removed_at is None and guid not in guids]
    back = [guid for guid, row in known.items() if row.removed_at is not None and guid in guids]
    for found, at in ((removed, changed_at), (back, None)):
        for part in chunks(found):
            connection.execute(update(exported_notes).where(columns.guid.in_(part)).values(removed_at=at))


def _save_notes(connection: Connection, notes: Iterable[ExportedNote]) -> None:
    if rows := [{name: getattr(note, name) for name in _NOTE_COLUMNS} for note in notes]:
        upsert = insert(exported_notes)
        latest = {name: upsert.excluded[name] for name in ("content", "changed_at", "changes")}
        connection.execute(upsert.on_conflict_do_update(index_elements=["guid"], set_=latest), rows)


def _record_types(connection: Connection, note_types: Iterable[ExportedNoteType]) -> None:
    if rows := [asdict(note_type) for note_type in note_types]:
        upsert = insert(exported_note_types)
        latest = {name: upsert.excluded[name] for name in ("content", "changed_at")}
        connection.execute(upsert.on_conflict_do_update(index_elements=["note_type_id"], set_=latest), rows)


def _record_words(connection: Connection, projects: Mapping[str, str | None]) -> None:
    """Record that these words were exported. ``projects``: their project IDs by item ID."""
    by_project: dict[str | None, list[str]] = defaultdict(list)
    for item_id in sorted(projects):
        by_project[projects[item_id]].append(item_id)
    for project_id, item_ids in by_project.items():
        for part in chunks(item_ids):
            connection.execute(_words_of(project_id, part, now()))


def _words_of(project_id: str | None, item_ids: Sequence[str], at: str) -> Insert:
    """Return the statement that records words with one project ID. The words' rows never leave the database."""
    columns = vocabulary_items.c
    known = select(
        *(columns[name] for name in _COLUMNS), literal(at, String), literal(at, String), literal(project_id, String)
    ).where(columns.item_id.in_(item_ids))
    upsert = insert(exported_items).from_select([*_COLUMNS, "first_exported", "last_exported", "project_id"], known)
    # The number stays reserved for the meaning that the deck has now. The project ID never changes.
    latest = {name: upsert.excluded[name] for name in ("definition", "hanja", "last_exported")}
    return upsert.on_conflict_do_update(index_elements=["item_id"], set_=latest)
