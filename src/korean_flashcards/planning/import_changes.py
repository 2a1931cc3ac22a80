"""Determine what an import of an exported deck changes for a learner who imported the previous export."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from korean_flashcards.domain.exported_notes import (
    NEW,
    NOTE_TYPE_CHANGED,
    ChangedNote,
    ExportedNoteType,
    ExportHistory,
    ImportChanges,
)

if TYPE_CHECKING:
    import polars as pl

_COLUMNS = ("guid", "item_id", "CardType", "changed_at", "changes")


def import_changes(
    notes: "pl.DataFrame",
    note_types: Iterable[ExportedNoteType],
    before: ExportHistory,
    removed: Sequence[ChangedNote],
    separate: bool,
) -> ImportChanges:
    """Return what an import of the deck changes.

    Args:
        notes: The layer ``anki_notes``.
        note_types: The note types in the deck.
        before: What was exported before.
        removed: The notes that are no longer in the deck.
        separate: Whether it is the deck of selected words.
    """
    changed = list(_changed(notes, before))
    shared = [note for note in changed if note.guid in before.others]
    differing = sum(before.others[note.guid].changed_at < note.changed_at for note in shared)
    known = before.note_types
    types = [each for each in note_types if each.note_type_id in known and known[each.note_type_id] != each]
    return ImportChanges([*changed, *removed], len(types), separate, len(shared), differing)


def _changed(notes: "pl.DataFrame", before: ExportHistory) -> Iterator[ChangedNote]:
    for guid, item_id, card_type, changed_at, changes in notes.select(_COLUMNS).iter_rows():
        known = before.notes.get(guid)
        if known is not None and known.changed_at == changed_at:
            continue
        term, _, homograph = item_id.rpartition("#")
        what = changes if known is not None or changes == NOTE_TYPE_CHANGED else NEW
        yield ChangedNote(term, int(homograph), item_id, card_type, guid, changed_at, what)
