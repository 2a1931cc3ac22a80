"""Determine what an import of an exported deck changes for a learner who imported the previous export."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.exported_notes import (
    NEW,
    NOTE_TYPE_CHANGED,
    REMOVED,
    ChangedNote,
    ExportedNoteType,
    ExportHistory,
    ImportChanges,
)

if TYPE_CHECKING:
    import polars as pl

    from korean_flashcards.ledger.facade import Ledger

_COLUMNS = ("guid", "item_id", "CardType", "changed_at", "changes")
_COMPARED = {"exported_before", "anki_notes", "note_types"}  # the datasets that show what an export changes


class ExportComparison:
    """A comparison of a run's export with earlier exports. Create it before the run exports.

    Args:
        ledger: The ledger.
        separate: Whether the run exports the deck of selected words.
    """

    def __init__(self, ledger: "Ledger", separate: bool) -> None:
        self._ledger, self._separate = ledger, separate
        self._last_change = ledger.exports.last_change()
        self._saved: dict[str, Any] = {}

    def saved(self, dataset_name: str, data: Any) -> None:
        """Note the data of a dataset that the run has saved."""
        if dataset_name in _COMPARED:
            self._saved[dataset_name] = data

    def changes(self) -> ImportChanges | None:
        """Return what an import of the exported deck changes, or None if the run did not export a deck."""
        if self._saved.keys() != _COMPARED:
            return None
        removed: list[ChangedNote] = []
        if not self._separate:
            with suppress(LedgerError):  # The export is complete, so a ledger that cannot be read does not matter here.
                changed = self._ledger.exports.changed_since(self._last_change + 1)
                removed = [note for note in changed if note.changes == REMOVED]
        types = [dated for _, dated in self._saved["note_types"]]
        notes, before = self._saved["anki_notes"], self._saved["exported_before"]
        return import_changes(notes, types, before, removed, self._separate)


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
