"""Build the content of an export from card texts, without a project or a run."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from korean_flashcards.datasets.anki import AnkiTemplatesDataset
from korean_flashcards.domain.exported_notes import ExportHistory
from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.parameters import ExportParameters
from korean_flashcards.exports.card_columns import CARD_COLUMNS
from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.export_fields import DEFAULT_FIELDS, table_of
from korean_flashcards.formats import anki_note
from korean_flashcards.formats.anki_names import with_names_of_anki
from korean_flashcards.pipelines.export.note_history import date_note_types, identify_notes

TEMPLATES = Path(__file__).resolve().parents[2] / "conf" / "base" / "anki"
PROJECT_ID = "0123456789abcdef"
DETAILS = {
    "profile": "test", "format": "test", "created_at": "2026-11-30T01:02:03Z", "filters": {"deck": "Korean::*"},
    "models": ["offline/dictionary@1"], "prompts": {"nuance": "0" * 12, "flashcards": "1" * 12}, "version": "0.0.0",
    "project_id": PROJECT_ID,
}  # fmt: skip
_NOTHING = ExportHistory({}, {}, {})
_CARD: dict[str, Any] = {
    "word": "남성", "homograph": 1, "cue": None, "card_type": "Scene", "term": "남성[nam.sʌŋ]", "front": "front",
    "back": "back", "primer": "You enter.", "tags": ["term:남성", "pos:noun", "card:Scene", "level:TOPIK3"],
    "honorific_level": "", "part_of_speech": "noun", "level": 3, "ipa": "[nam.sʌŋ]", "sound": "남성", "meaning": "man, male",
    "hanja": "男性 (남성): man, male", "example": "남성 한 명이 왔다.", "example_translation": "A man came.",
    "confused_with": "남정네 “a man”", "frequency": 120, "deck": "Korean::TOPIK 3", "list": "unit1.csv",
    "list_tags": ["unit1"], "imported_on": date(2026, 10, 1), "changed_on": date(2026, 11, 29), "score": 88,
    "verdict": "publish", "review": "none", "model": "offline/dictionary@1", "prompt_version": "0" * 12,
}  # fmt: skip


def card_table(changes: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Return a card table with one card for each of the changes to a plain card. Each card has a different word."""
    rows = []
    for number, change in enumerate(changes, 1):
        row = _CARD | {"item_id": f"남성#{number}", "term_number": number} | dict(change)
        row = {"lists": [row["list"]] if row["list"] else None} | row
        rows.append({"guid": anki_note.guid(row["item_id"], row["card_type"], PROJECT_ID)} | row)
    return frame_of(rows, CARD_COLUMNS)


def content_of(
    cards: pl.DataFrame,
    fields: Iterable[str] = DEFAULT_FIELDS,
    title: str = "Test cards",
    options: Mapping[str, Any] | None = None,
) -> ExportContent:
    """Return the content of an export with these cards.

    Args:
        cards: The card table.
        fields: The columns of the export's table. The default is that of a profile without ``fields``.
        title: The title.
        options: The profile's options for the format.
    """
    table = table_of(cards, {name: name for name in fields})
    notes = notes_of(cards)
    export = ExportParameters(deck_name="Korean", subdecks="none")
    types = date_note_types(AnkiTemplatesDataset(path=str(TEMPLATES)).load(), _NOTHING, export)
    front, back = cards["front"].fill_null(""), cards["back"].fill_null("")
    return ExportContent(cards, table, title, front, back, notes, types[:1], DETAILS, options or {})


def notes_of(cards: pl.DataFrame) -> pl.DataFrame:
    """Return the cards' Anki notes, with the columns of the layer ``anki_notes``."""
    texts = {
        "Front": "front", "Back": "back", "Term": "word", "IPA": "ipa", "Meaning": "meaning", "Hanja": "hanja",
        "Primer": "primer", "PartOfSpeech": "part_of_speech", "Source": "model", "Sound": "sound",
        "Example": "example", "ExampleTranslation": "example_translation", "Cue": "cue",
    }  # fmt: skip
    fields = {name: anki_note.as_html(column).fill_null("") for name, column in texts.items()}
    fields |= dict.fromkeys(("Audio", "ExampleAudio", "Image"), pl.lit(""))
    fields["CardType"] = pl.col("card_type")
    fields["Level"] = pl.format("TOPIK {}", "level").fill_null("")
    fields["Key"] = anki_note.escaped(pl.format("{}/{}", "item_id", "card_type"))
    fields["Version"] = pl.lit(anki_note.NOTE_TYPE_VERSION)
    ordered = [fields[name].alias(name) for name in anki_note.FIELDS]
    notes = cards.select("item_id", pl.lit(anki_note.NOTE_TYPE).alias("note_type"), "deck", *ordered, "tags")
    return identify_notes(with_names_of_anki(notes), _NOTHING, PROJECT_ID)
