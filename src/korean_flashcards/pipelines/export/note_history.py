"""Give each note its GUID and the time when its content last changed, so that Anki updates only what changed."""

import logging
import time
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Protocol

import polars as pl

from korean_flashcards.domain.empty_values import NARROWING
from korean_flashcards.domain.export_record import (
    MAIN_DECK,
    SELECTED_DECK,
    ExportResult,
    ExportStart,
    RecordedExport,
    RecordedFile,
)
from korean_flashcards.domain.exported_notes import (
    NEW,
    NOTE_TYPE_CHANGED,
    ExportedNote,
    ExportedNoteType,
    ExportHistory,
    PreviousExport,
)
from korean_flashcards.domain.frame_builder import Schema
from korean_flashcards.domain.parameters import ExportParameters, Parameters
from korean_flashcards.domain.project_ids import new_project_id
from korean_flashcards.formats import anki_note
from korean_flashcards.formats.deck_note_types import note_types
from korean_flashcards.formats.note_content import changed_fields, content_digests

logger = logging.getLogger(__name__)

_LISTED = 50  # exports among which old ones are cleaned up
_KEPT = 6  # exports of the main deck whose notes are kept: the current one, and five before it
# The columns that these nodes add to the notes. Times are in Unix seconds.
HISTORY: Schema = {
    "guid": pl.String, "project_id": pl.String, "content": pl.String, "created_at": pl.Int64, "changed_at": pl.Int64,
    "changes": pl.String,
}  # fmt: skip


class Exports(Protocol):
    """The part of ``ledger.exports`` that these nodes use."""

    def history(self) -> ExportHistory: ...

    def record(self, notes: Sequence[ExportedNote], note_types: Sequence[ExportedNoteType], whole: bool) -> int: ...


class RecordedExports(Protocol):
    """The part of ``ledger.export_history`` that these nodes use."""

    def record(self, start: ExportStart, result: ExportResult) -> RecordedExport: ...

    def listing(self, profile: str | None, limit: int | None) -> tuple[list[RecordedExport], int]: ...


class Snapshots(Protocol):
    """The part of the dataset ``export_snapshots`` that these nodes use."""

    def save_deck(self, export: RecordedExport) -> None: ...

    def prune(self, exports: Sequence[RecordedExport], keep: int) -> None: ...


class ExportLedger(Protocol):
    """The part of the ``ledger`` dataset that these nodes use (see ``ledger.facade.Ledger``)."""

    @property
    def export_history(self) -> RecordedExports: ...

    @property
    def exports(self) -> Exports: ...


def read_history(
    previous_export: PreviousExport,
    previous_selected_export: PreviousExport,
    ledger: ExportLedger,
    parameters: dict[str, Any],
) -> ExportHistory:
    """Return what was exported before: the ledger's records, completed by the manifests of the previous exports.

    The manifest of the whole deck matters if the ledger was rebuilt or restored from a backup. The ledger does not record
    the notes in the deck of selected words, so the manifest of that deck is always needed.
    """
    whole = ledger.exports.history().with_export(previous_export)
    selected = ExportHistory({}, {}, {}).with_export(previous_selected_export)
    separate = Parameters.model_validate(parameters).separate_export
    return selected.beside(whole) if separate else whole.beside(selected)


def identify_exported_notes(
    laid_out_notes: pl.DataFrame,
    previous_export: PreviousExport,
    previous_selected_export: PreviousExport,
    ledger: ExportLedger,
    parameters: dict[str, Any],
    used_project_id: str,
) -> tuple[pl.DataFrame, ExportHistory]:
    """Return the notes with their GUIDs and times (``identify_notes``), and the history that they were compared with.

    The history is an output of this node, and not of a node before it, so that a run from any earlier node reads it.
    """
    history = read_history(previous_export, previous_selected_export, ledger, parameters)
    return identify_notes(laid_out_notes, history, used_project_id), history


def choose_project_id(project_id: str | None) -> str:
    """Return the project's ID, or a new random one before the first export."""
    return project_id or new_project_id()


def identify_notes(laid_out_notes: pl.DataFrame, exported_before: ExportHistory, used_project_id: str) -> pl.DataFrame:
    """Add to each note its GUID, and whether and when its content changed since all earlier exports (``HISTORY``).

    A word that was exported before keeps its GUIDs, whatever the project's ID is now.
    """
    now = exported_before.next_change(int(time.time()))
    notes = laid_out_notes.select("item_id", "CardType", "note_type", content_digests(laid_out_notes))
    known = exported_before
    recorded = {note.item_id for notes in (known.notes, known.others) for note in notes.values()}
    rows = [_identified(note, exported_before, recorded, used_project_id, now) for note in notes.iter_rows()]
    return pl.concat([pl.DataFrame(rows, HISTORY, orient="row"), laid_out_notes], how="horizontal")


def date_exported_note_types(
    notes: pl.DataFrame, templates: anki_note.NoteTemplates, exported_before: ExportHistory, export: ExportParameters
) -> list[tuple[anki_note.NoteType, ExportedNoteType]]:
    """Return each note type of the notes with the time of its last change, compared with all earlier exports."""
    used, changed_at = set(notes["note_type"]), notes["changed_at"].to_list()
    dated = date_note_types(templates, exported_before, export, max(changed_at, default=0))
    return [pair for pair in dated if pair[0].name in used]


def date_note_types(
    templates: anki_note.NoteTemplates,
    export_history: ExportHistory,
    export: ExportParameters,
    notes_changed_at: int = 0,
) -> list[tuple[anki_note.NoteType, ExportedNoteType]]:
    """Return each note type with the time when its fields, templates, or style last changed.

    ``notes_changed_at``: when notes of the deck last changed. All changes of an export have the same time.
    """
    now = export_history.next_change(int(time.time()))
    if notes_changed_at > export_history.last_change:
        now = notes_changed_at
    types = note_types(templates, export.extra_cards, export.speech)
    return [(note_type, _dated(note_type, export_history, now)) for note_type in types]


def record_export(
    export_manifest: pl.DataFrame, ledger: ExportLedger, snapshots: Snapshots, parameters: dict[str, Any]
) -> None:
    """Record in the ledger which notes were exported, and keep the notes of the last exports.

    Learners' review schedules depend on the words' IDs, so an ID must never be reused for a different word. The
    manifest is saved after the files have replaced the previous ones. ``parameters`` say whether it is the whole deck.
    """
    (deck,) = export_manifest.filter(pl.col("export") == "deck").iter_rows(named=True)
    notes = [ExportedNote(**note) for note in deck["notes"]]
    types = [ExportedNoteType(**each) for each in deck["note_types"]]
    settings = Parameters.model_validate(parameters)
    ledger.exports.record(notes, types, whole=not settings.separate_export)
    columns = export_manifest.select("export", "bytes", "sha256").iter_rows()
    counts = Counter(note.card_type for note in notes)
    result = ExportResult(tuple(RecordedFile(*row) for row in columns), dict(sorted(counts.items())))
    if settings.separate_export:
        ledger.export_history.record(ExportStart(SELECTED_DECK, "apkg", _selection(settings), ""), result)
        return
    export = ledger.export_history.record(ExportStart(MAIN_DECK, "apkg", {}, ""), result)
    _keep_notes(export, ledger, snapshots)


def _selection(settings: Parameters) -> dict[str, Any]:
    """Return the parameters that select the cards of a separate deck, by name."""
    narrowing = {name: getattr(settings, name) for name in NARROWING} if settings.export.only_selected else {}
    return {name: value for name, value in narrowing.items() if value is not None} | settings.export.filters


def _keep_notes(export: RecordedExport, ledger: ExportLedger, snapshots: Snapshots) -> None:
    """Keep the notes of the main deck for `kedro export diff`. If they cannot be kept, log a warning."""
    try:
        snapshots.save_deck(export)
        snapshots.prune(ledger.export_history.listing(MAIN_DECK, _LISTED)[0], _KEPT)
    except OSError as error:
        logger.warning(
            "The notes of this export cannot be kept, so `kedro export diff` cannot show them: %s", error.strerror
        )


def _identified(
    note: tuple[str, str, str, str], history: ExportHistory, recorded: set[str], project_id: str, now: int
) -> tuple[str, str | None, str, int, int, str]:
    item_id, card_type, note_type, content = note
    project = history.words.get(item_id, project_id)
    guid = anki_note.guid(item_id, card_type, project)
    before, other = history.notes.get(guid), history.others.get(guid)
    known = before or other
    if known is None:
        old = project is None and note_type == anki_note.NOTE_TYPE and _is_old(item_id, card_type, history, recorded)
        return guid, project, content, now, now, NOTE_TYPE_CHANGED if old else NEW
    changed = changed_fields(known.content, content)
    if not changed:
        return guid, project, content, known.created_at, known.changed_at, known.changes
    if before and other and other.changed_at > before.changed_at and not changed_fields(other.content, content):
        # A learner who has both decks gets the correction only once.
        return guid, project, content, before.created_at, other.changed_at, ", ".join(changed)
    # If the clock was set back, Anki must still see a newer time.
    return guid, project, content, known.created_at, max(now, known.changed_at + 1), ", ".join(changed)


def _is_old(item_id: str, card_type: str, history: ExportHistory, recorded: set[str]) -> bool:
    """Return whether a release that did not record the notes exported this card, whose note type had version 1.

    If only the word is known, its first notes count as exported before. Cards that it gets after that are new.
    """
    if item_id not in history.words or item_id in recorded:
        return False
    return not history.old_cards or (item_id, card_type) in history.old_cards


def _dated(note_type: anki_note.NoteType, history: ExportHistory, now: int) -> ExportedNoteType:
    content = sha256(repr(note_type).encode()).hexdigest()
    before = history.note_types.get(note_type.note_type_id)
    if before is None:
        return ExportedNoteType(note_type.note_type_id, content, now)
    return (
        before
        if before.content == content
        else ExportedNoteType(note_type.note_type_id, content, max(now, before.changed_at + 1))
    )
