"""Nodes of export: pure functions from the cards to what each file holds."""

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from korean_flashcards.formats import anki, cards_tsv
from korean_flashcards.formats.cards_reply import COLUMNS
from korean_flashcards.parameters import ExportParameters

if TYPE_CHECKING:
    import genanki

NOTE_SCHEMA = {"guid": pl.String, "deck": pl.String, **dict.fromkeys(anki.FIELDS, pl.String), "tags": pl.List(pl.String)}


def lay_out_notes(
    flashcards: pl.DataFrame, nuance: pl.DataFrame, words: pl.DataFrame, export: ExportParameters
) -> pl.DataFrame:
    """Return one note a card: guid, deck, the note type's fields (escaped HTML), tags (Anki's hierarchy)."""
    records = {row["item_id"]: row for row in nuance.iter_rows(named=True)}
    by_item = {row["item_id"]: row for row in words.iter_rows(named=True)}
    notes = []
    for card in flashcards.iter_rows(named=True):
        word = by_item[card["item_id"]]
        notes.append(
            {
                "guid": anki.guid(card["item_id"], card["tab_name"]),
                "deck": _deck(export, word),
                **anki.note_fields(card, records[card["item_id"]], word["topik_level"]),
                "tags": [anki.anki_tag(tag) for tag in card["tags"]],
            }
        )
    return pl.DataFrame(notes, schema=NOTE_SCHEMA)


def build_deck(notes: pl.DataFrame, templates: anki.NoteTemplates) -> "genanki.Package":
    """Return the notes as an Anki package in memory, one deck for each name in ``notes.deck``."""
    import genanki

    note_type = genanki.Model(
        anki.NOTE_TYPE_ID,
        anki.NOTE_TYPE,
        fields=[{"name": name} for name in anki.FIELDS],
        templates=[{"name": "Card", "qfmt": templates.front, "afmt": templates.back}],
        css=templates.css,
    )
    decks = {name: genanki.Deck(anki.deck_id(name), name) for name in notes["deck"].unique().sort()}
    for note in notes.iter_rows(named=True):
        fields = [note[name] for name in anki.FIELDS]
        decks[note["deck"]].add_note(genanki.Note(note_type, fields, tags=note["tags"], guid=note["guid"]))
    return genanki.Package(list(decks.values()))


def write_anki_text(notes: pl.DataFrame) -> str:
    """Return the notes as a text file with Anki's file headers."""
    return anki.text_file(notes.iter_rows(named=True))


def write_cards_tsv(flashcards: pl.DataFrame) -> str:
    """Return the nine-column TSV."""
    return cards_tsv.write_tsv(flashcards.iter_rows(named=True))


def write_cards_json(flashcards: pl.DataFrame) -> str:
    """Return a JSON array of the cards: the nine columns and the word's identity."""
    cards = flashcards.select("item_id", *COLUMNS).to_dicts()
    return json.dumps(cards, ensure_ascii=False, indent=1) + "\n"


def _deck(export: ExportParameters, word: dict[str, Any]) -> str:
    """The sub-deck of a word, or the deck itself where the word has no level or tag."""
    if export.subdecks == "topik_level" and word["topik_level"]:
        return f"{export.deck_name}::TOPIK {word['topik_level']}"
    if export.subdecks == "tag" and word["tags"]:
        return f"{export.deck_name}::{word['tags'][0]}"
    return export.deck_name
