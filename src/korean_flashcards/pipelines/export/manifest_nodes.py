"""Create the manifest of an export: what each exported file contains, counted from the file."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields

import polars as pl

from korean_flashcards.domain.exported_notes import ExportedNote, ExportedNoteType, ExportedWord
from korean_flashcards.domain.frame_builder import Schema
from korean_flashcards.domain.parameters import ExportParameters
from korean_flashcards.exports.formats.apkg import PackageContent, expected_notes
from korean_flashcards.formats import anki_note
from korean_flashcards.formats.note_media import referenced
from korean_flashcards.pipelines.export.filtered_export import cards_of_notes
from korean_flashcards.pipelines.export.verified_files import (
    VerifiedFile,
    verified_deck,
    verified_json,
    verified_text,
    verified_tsv,
)


def _struct_of(record: type[ExportedNote | ExportedNoteType | ExportedWord]) -> pl.Struct:
    """Return the columns of a record, whose fields are whole numbers or text."""
    return pl.Struct({each.name: pl.Int64 if each.type is int else pl.String for each in fields(record)})


# One row per file.
#   export: the file's dataset.
#   sha256: the file's hash in hex.
#   cards_by_type: the number of cards of each type in the file, such as "Hanja 30, Scene 129".
#   layer_cards, layer_by_type: the same counts for the layer that the file is made of: the notes, which include the extra
#     cards, or the cards.
#   models, prompts: the models and prompt versions that generated the cards.
#   notes, note_types, words: what the deck contains, with the times of the last changes; null for the other files.
MANIFEST_SCHEMA: Schema = {
    "export": pl.String, "bytes": pl.Int64, "sha256": pl.String, "decks": pl.Int64, "cards": pl.Int64,
    "cards_by_type": pl.String, "layer_cards": pl.Int64, "layer_by_type": pl.String, "models": pl.List(pl.String),
    "prompts": pl.List(pl.String), "notes": pl.List(_struct_of(ExportedNote)),
    "note_types": pl.List(_struct_of(ExportedNoteType)), "words": pl.List(_struct_of(ExportedWord)),
}  # fmt: skip


def list_exports(
    flashcards: pl.DataFrame,
    notes: pl.DataFrame,
    note_types: Sequence[tuple[anki_note.NoteType, ExportedNoteType]],
    deck: PackageContent,
    anki_text: str,
    cards_tsv: str,
    cards_json: str,
    words: pl.DataFrame,
    media: Mapping[str, bytes | None],
    export: ExportParameters,
) -> pl.DataFrame:
    """Return one row per exported file (MANIFEST_SCHEMA).

    Args:
        flashcards: The cards.
        notes: The exported Anki notes.
        note_types: The note types and when they last changed.
        deck: The content of the deck, read back from the file. The same applies to the other files.
        anki_text: The content of the Anki text file.
        cards_tsv: The content of the TSV file.
        cards_json: The content of the JSON file.
        words: The words in the run.
        media: The content of each file in the media folder, by path.
        export: The parameters of the export. With ``filters``, only the cards that have a note are exported.

    Raises:
        ExportError: A file does not have exactly these cards, for example because the disk is faulty.
    """
    cards = cards_of_notes(flashcards, notes, export)
    files = (
        verified_deck(deck, expected_notes(notes, note_types, referenced(notes, media))),
        verified_text(anki_text.encode(), notes),
        verified_tsv(cards_tsv.encode(), cards),
        verified_json(cards_json.encode(), cards),
    )
    origin = {"models": _values(cards["model"]), "prompts": _values(cards["prompt_version"])}
    listed = pl.DataFrame([_row(file) | origin for file in files])
    types = pl.DataFrame([asdict(dated) for _, dated in note_types], [each.name for each in fields(ExportedNoteType)])
    content = pl.DataFrame(
        [
            _records("notes", notes.rename({"CardType": "card_type"}), ExportedNote),
            _records("note_types", types, ExportedNoteType),
            _records("words", _words(words, notes), ExportedWord),
        ]
    )
    manifest = pl.concat([listed[:1].hstack(content), listed[1:]], how="diagonal_relaxed")
    return manifest.select(*MANIFEST_SCHEMA).cast(pl.Schema(MANIFEST_SCHEMA))


def _row(file: VerifiedFile) -> dict[str, object]:
    return {
        "export": file.export, "bytes": len(file.content), "sha256": hashlib.sha256(file.content).hexdigest(),
        "decks": file.decks, "cards": file.card_types.len(), "cards_by_type": _types(file.card_types),
        "layer_cards": file.expected_types.len(), "layer_by_type": _types(file.expected_types),
    }  # fmt: skip


def _records(name: str, frame: pl.DataFrame, record: type[ExportedNote | ExportedNoteType | ExportedWord]) -> pl.Series:
    """Return one value: the list of the frame's rows, with the fields of the record."""
    return frame.select(each.name for each in fields(record)).to_struct(name).implode()


def _values(column: pl.Series) -> list[str]:
    return column.unique().sort().to_list()


def _words(words: pl.DataFrame, notes: pl.DataFrame) -> pl.DataFrame:
    """Return the words in the deck (the fields of ``ExportedWord``)."""
    exported = notes.select("item_id", "project_id").unique(maintain_order=True)
    found = exported.join(words, on="item_id", maintain_order="left")
    return found.select(each.name for each in fields(ExportedWord))


def _types(kinds: pl.Series) -> str:
    counts = kinds.alias("kind").value_counts().sort("kind")
    return ", ".join(f"{kind} {count}" for kind, count in counts.iter_rows())
