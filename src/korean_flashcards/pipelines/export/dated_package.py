"""Build an Anki package whose notes and note types have the times of their last changes, so that equal decks are equal.

genanki gives everything in a package the same time and consecutive IDs.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import genanki
import polars as pl

from korean_flashcards.domain.exported_notes import ExportedNoteType
from korean_flashcards.formats import anki_note


class DatedModel(genanki.Model):  # type: ignore[misc]
    """A note type that was last changed at ``changed_at`` (Unix seconds)."""

    changed_at: int

    def to_json(self, timestamp: float, deck_id: int) -> dict[str, Any]:
        return dict(super().to_json(self.changed_at, deck_id))


class DatedNote(genanki.Note):  # type: ignore[misc]
    """A note with the ID ``note_id`` that was last changed at ``changed_at`` (Unix seconds)."""

    note_id: int
    changed_at: int

    def write_to_db(self, cursor: Any, timestamp: float, deck_id: int, id_gen: Iterator[int]) -> None:
        ids = iter((self.note_id, *range(self.note_id, self.note_id + len(self.cards))))
        super().write_to_db(cursor, self.changed_at, deck_id, ids)


def package_of(
    notes: pl.DataFrame, note_types: Sequence[tuple[anki_note.NoteType, ExportedNoteType]]
) -> genanki.Package:
    """Return the notes as an Anki package in memory, with one deck for each name in ``notes.deck``."""
    models = {note_type.name: _model(note_type, dated.changed_at) for note_type, dated in note_types}
    decks = {name: genanki.Deck(anki_note.deck_id(name), name) for name in notes["deck"].unique().sort()}
    ids = _note_ids(notes)
    for position, note in enumerate(notes.iter_rows(named=True), 1):
        model = models[note["note_type"]]
        fields = [note[field["name"]] for field in model.fields]
        # Anki shows new cards in the order of ``due``.
        dated = DatedNote(model, fields, tags=note["tags"], guid=note["guid"], due=position)
        dated.note_id, dated.changed_at = ids[note["guid"]], note["changed_at"]
        decks[note["deck"]].add_note(dated)
    return genanki.Package(list(decks.values()))


def _model(note_type: anki_note.NoteType, changed_at: int) -> DatedModel:
    model = DatedModel(
        note_type.note_type_id,
        note_type.name,
        fields=[{"name": name} for name in note_type.fields],
        templates=[{"name": each.name, "qfmt": each.front, "afmt": each.back} for each in note_type.templates],
        css=note_type.css,
        model_type=genanki.Model.CLOZE if note_type.is_cloze else genanki.Model.FRONT_BACK,
    )
    model.changed_at = changed_at
    return model


def _note_ids(notes: pl.DataFrame) -> dict[str, int]:
    """Return an ID for each note. Anki shows it as the time when the note was created, in milliseconds."""
    ids: dict[str, int] = {}
    last = 0
    for guid, created_at in notes.select("guid", "created_at").sort("created_at", "guid").iter_rows():
        last = ids[guid] = max(last + 1, created_at * 1000)
    return ids
