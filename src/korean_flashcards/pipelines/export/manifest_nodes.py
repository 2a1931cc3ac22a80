"""Read the exported files back, compare their cards with the layers, and create the export manifest."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields

import polars as pl

from korean_flashcards.domain.errors import ExportError
from korean_flashcards.domain.exported_notes import ExportedNote, ExportedNoteType, ExportedWord
from korean_flashcards.domain.frame_builder import Schema
from korean_flashcards.domain.plurals import counted
from korean_flashcards.exports.formats.anki_text import expected_lines
from korean_flashcards.exports.formats.anki_text import read as read_text
from korean_flashcards.exports.formats.apkg import PackageContent, expected_notes
from korean_flashcards.formats import anki_note
from korean_flashcards.formats.card_rows import COLUMNS
from korean_flashcards.formats.note_media import referenced


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
) -> pl.DataFrame:
    """Return one row per exported file (MANIFEST_SCHEMA).

    Args:
        flashcards: The exported cards.
        notes: Their Anki notes.
        note_types: The note types and when they last changed.
        deck: The content of the deck, read back from the file. The same applies to the other files.
        anki_text: The content of the Anki text file.
        cards_tsv: The content of the TSV file.
        cards_json: The content of the JSON file.
        words: The words in the run.
        media: The content of each file in the media folder, by path.

    Raises:
        ExportError: A file does not have exactly these cards, for example because the disk is faulty.
    """
    texts = {"anki_text": anki_text.encode(), "cards_tsv": cards_tsv.encode(), "cards_json": cards_json.encode()}
    in_text = _in_text_file(texts["anki_text"])
    in_tsv = _in_tsv_file(texts["cards_tsv"])
    in_json = pl.read_json(texts["cards_json"], schema={"item_id": pl.String, "tab_name": pl.String})
    used = referenced(notes, media)
    _verify("Anki deck", deck.notes.hash_rows(), expected_notes(notes, note_types, used).hash_rows())
    _verify("Anki text file", in_text.hash_rows(), expected_lines(notes).hash_rows())
    _verify("TSV file", _pairs(in_tsv, "position"), _pairs(flashcards, "position"))
    _verify("JSON file", _pairs(in_json, "item_id"), _pairs(flashcards, "item_id"))
    cards, all_cards = flashcards["tab_name"], notes["CardType"]
    found = {
        "deck": (deck.file, deck.notes["CardType"], all_cards, len({*deck.notes["deck"]} - {""})),
        "anki_text": (texts["anki_text"], in_text["CardType"], all_cards, in_text["Deck"].n_unique()),
        "cards_tsv": (texts["cards_tsv"], in_tsv["tab_name"], cards, None),
        "cards_json": (texts["cards_json"], in_json["tab_name"], cards, None),
    }
    rows = [
        {"export": name, "bytes": len(file), "sha256": hashlib.sha256(file).hexdigest(), "decks": decks,
         "cards": kinds.len(), "cards_by_type": _types(kinds), "layer_cards": expected.len(),
         "layer_by_type": _types(expected), "models": _values(flashcards["model"]),
         "prompts": _values(flashcards["prompt_version"])}
        for name, (file, kinds, expected, decks) in found.items()
    ]  # fmt: skip
    listed = pl.DataFrame(rows, {name: kind for name, kind in MANIFEST_SCHEMA.items() if name in rows[0]})
    types = pl.DataFrame([asdict(dated) for _, dated in note_types], [each.name for each in fields(ExportedNoteType)])
    content = pl.DataFrame(
        [
            _records("notes", notes.rename({"CardType": "card_type"}), ExportedNote),
            _records("note_types", types, ExportedNoteType),
            _records("words", _words(words, notes), ExportedWord),
        ]
    )
    in_deck = listed["export"] == "deck"
    deck_row = listed.filter(in_deck).hstack(content)
    manifest = pl.concat([deck_row, listed.filter(~in_deck)], how="diagonal").select([*MANIFEST_SCHEMA])
    return manifest.cast(pl.Schema(MANIFEST_SCHEMA))


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


def _in_text_file(file: bytes) -> pl.DataFrame:
    """Return the notes in the Anki text file."""
    try:
        return read_text(file)
    except ValueError as error:
        raise _wrong("Anki text file", str(error)) from error


def _verify(file: str, found: Iterable[str | int], expected: Iterable[str | int]) -> None:
    """Raise ExportError if the file's cards, or the hashes of their content, are not exactly the expected ones."""
    in_file, in_layer = Counter(found), Counter(expected)
    if in_file == in_layer:
        return
    missing, extra = (in_layer - in_file).total(), (in_file - in_layer).total()
    raise _wrong(file, f"{counted(missing, 'card')} of {in_layer.total():,} missing, and {extra:,} unexpected")


def _wrong(file: str, problem: str) -> ExportError:
    return ExportError(
        f"The new {file} was read back and is wrong: {problem}. The files of the previous export are unchanged, and the "
        "ledger does not record this export. Check the disk. Then run `kedro run --pipeline=export`."
    )


def _pairs(cards: pl.DataFrame, column: str) -> Iterable[str]:
    """Return a string for each card that consists of the column's value and the card type."""
    return cards.select(pl.format("{} {}", column, "tab_name"))[:, 0]


def _in_tsv_file(file: bytes) -> pl.DataFrame:
    """Return the cards in the TSV file. All columns are text."""
    schema = dict.fromkeys(COLUMNS, pl.String)
    if file.count(b"\n") <= 1:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(file, separator="\t", has_header=False, skip_lines=1, schema=schema, quote_char=None)


def _types(kinds: pl.Series) -> str:
    counts = kinds.alias("kind").value_counts().sort("kind")
    return ", ".join(f"{kind} {count}" for kind, count in counts.iter_rows())
