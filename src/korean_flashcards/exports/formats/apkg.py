"""Write and read Anki packages (.apkg).

Notes and note types have the times of their last changes. So equal decks are equal files, and an import updates only notes
that changed. genanki writes the collection with its decks and note types. It would write the notes one by one, with the
same time for all; they are written here.
"""

import hashlib
import io
import itertools
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from korean_flashcards.domain.exported_notes import ExportedNoteType
from korean_flashcards.domain.frame_builder import Schema
from korean_flashcards.exports.content import ExportContent
from korean_flashcards.formats import anki_note
from korean_flashcards.formats.note_media import references

if TYPE_CHECKING:
    import genanki

NoteTypes = Sequence[tuple[anki_note.NoteType, ExportedNoteType]]

_DATABASE, _MEDIA_LIST = "collection.anki2", "media"
_SEPARATOR = "\x1f"  # Anki stores all of a note's fields as one text, separated by this character.
_LEVEL = 1  # The default, 6, takes three times as long.
_INSERT_NOTES = "INSERT INTO notes VALUES (?, ?, ?, ?, -1, ?, ?, ?, 0, 0, '')"
_INSERT_CARDS = "INSERT INTO cards VALUES (?, ?, ?, 0, ?, -1, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, '')"
_NOTES = (
    "SELECT guid, mid, notes.mod, did, tags, flds FROM notes LEFT JOIN cards ON nid = notes.id "
    "ORDER BY due IS NULL, due, notes.id"
)
_STORED: Schema = {
    "guid": pl.String, "mid": pl.Int64, "changed_at": pl.Int64, "did": pl.Int64, "tags": pl.String, "flds": pl.String,
}  # fmt: skip
# A damaged package may be any bytes, so its archive, database, and JSON can fail in each of these ways.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, sqlite3.Error, EOFError, NotImplementedError, ValueError, KeyError, TypeError,
    AttributeError, pl.exceptions.PolarsError,
)  # fmt: skip


@dataclass(frozen=True)
class PackageContent:
    """The bytes of a package, and its notes as ``read`` returns them."""

    file: bytes
    notes: pl.DataFrame


def write(content: ExportContent) -> bytes:
    """Return the content's notes as an Anki package, with their media files."""
    return package_of(content.notes, content.note_types, content.media)


def expected(content: ExportContent) -> pl.DataFrame:
    """Return the frame that ``read`` must return for this content."""
    return expected_notes(content.notes, content.note_types, content.media)


def read(file: bytes) -> pl.DataFrame:
    """Return the notes in a package, in the order in which Anki shows new cards. All columns are text.

    Returns:
        ``guid``, ``changed_at`` (Unix seconds), ``note_type``, ``note_type_content`` (a digest of the note type and of
        the time of its last change), ``deck`` ("" if the template makes no card for the note), ``tags``,
        ``anki_note.FIELDS``, and ``media`` (the names of the note's media files, each with the SHA-256 of its content).

    Raises:
        ValueError: The file is not a package, or a media file in it belongs to no note.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as package:
            media = {name: package.read(number) for number, name in json.loads(package.read(_MEDIA_LIST)).items()}
            database = package.read(_DATABASE)
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(database)
            rows = connection.execute(_NOTES).fetchall()
            types, decks = map(json.loads, connection.execute("SELECT models, decks FROM col").fetchone())
        notes = _split(rows, types, {int(number): deck["name"] for number, deck in decks.items()})
    except _DAMAGED as error:
        raise ValueError("it is not an Anki package of this project") from error
    if unused := media.keys() - set(notes.select(references().explode()).to_series()):
        raise ValueError(f"no note uses the media file {min(unused)}")
    return notes.with_columns(_media_digests(media))


def package_of(notes: pl.DataFrame, note_types: NoteTypes, media: Mapping[str, bytes]) -> bytes:
    """Return the notes as an Anki package, with one deck for each name in ``notes.deck``.

    Args:
        notes: The notes, as in the layer ``anki_notes``.
        note_types: Their note types, with the times of their last changes.
        media: The media files that the notes refer to, by name.
    """
    with closing(sqlite3.connect(":memory:")) as connection:
        _write_collection(connection, notes, note_types)
        rows = _rows(notes, note_types)
        stored = rows.select("id", "guid", "mid", "changed_at", "tags", "flds", "Front")
        connection.executemany(_INSERT_NOTES, stored.iter_rows())
        cards = rows.filter("has_card").select("id", pl.col("id").alias("nid"), "did", "changed_at", "due")
        connection.executemany(_INSERT_CARDS, cards.iter_rows())
        connection.commit()
        database = connection.serialize()
    return _archive(database, media)


def expected_notes(notes: pl.DataFrame, note_types: NoteTypes, media: Mapping[str, bytes]) -> pl.DataFrame:
    """Return the frame that ``read`` must return for a package with these notes, note types, and media files."""
    digests = {
        each.name: _digest(
            each.fields, [(card.name, card.front, card.back) for card in each.templates], each.css, each.is_cloze,
            dated.changed_at,
        )
        for each, dated in note_types
    }  # fmt: skip
    known = notes.with_columns(has_card=_has_card(note_types))
    without = known.filter(~pl.col("has_card")).sort("created_at", "guid")
    return (
        pl.concat([known.filter("has_card"), without])
        .select(
            "guid",
            pl.col("changed_at").cast(pl.String),
            "note_type",
            pl.col("note_type").replace_strict(digests, return_dtype=pl.String).alias("note_type_content"),
            pl.when("has_card").then("deck").otherwise(pl.lit("")).alias("deck"),
            pl.col("tags").list.join(" "),
            *anki_note.FIELDS,
        )
        .with_columns(_media_digests(media))
    )


def _write_collection(connection: sqlite3.Connection, notes: pl.DataFrame, note_types: NoteTypes) -> None:
    """Write the decks and note types of the notes."""
    # Imported here because it takes 80 ms, and every command imports this module.
    import genanki

    models = {each.name: _model(each) for each, _ in note_types}
    decks = {name: genanki.Deck(anki_note.deck_id(name), name) for name in notes["deck"].unique().sort()}
    for deck, name in notes.select("deck", "note_type").unique().sort("deck", "note_type").iter_rows():
        decks[deck].add_model(models[name])
    genanki.Package(list(decks.values())).write_to_db(connection.cursor(), 0, itertools.count(1))
    types = json.loads(connection.execute("SELECT models FROM col").fetchone()[0])
    for each, dated in note_types:
        if stored := types.get(str(each.note_type_id)):
            stored["mod"] = dated.changed_at
    connection.execute("UPDATE col SET models = ?", (json.dumps(types),))


def _model(note_type: anki_note.NoteType) -> "genanki.Model":
    # Imported here because it takes 80 ms, and every command imports this module.
    import genanki

    return genanki.Model(
        note_type.note_type_id,
        note_type.name,
        fields=[{"name": name} for name in note_type.fields],
        templates=[{"name": card.name, "qfmt": card.front, "afmt": card.back} for card in note_type.templates],
        css=note_type.css,
        model_type=genanki.Model.CLOZE if note_type.is_cloze else genanki.Model.FRONT_BACK,
    )


def _rows(notes: pl.DataFrame, note_types: NoteTypes) -> pl.DataFrame:
    """Return the values that Anki stores of each note, sorted by the note's ID."""
    decks = {name: anki_note.deck_id(name) for name in notes["deck"].unique()}
    type_ids = {each.name: each.note_type_id for each, _ in note_types}
    # Anki shows a note's ID as the time when the note was created, in milliseconds. Each ID is used once.
    time, place = pl.col("created_at") * 1000, pl.col("place").cast(pl.Int64)
    return (
        notes.with_row_index("due", 1)  # Anki shows new cards in this order.
        .sort("created_at", "guid")
        .with_row_index("place")
        .with_columns(
            (time - place).cum_max().add(place).alias("id"),
            pl.col("note_type").replace_strict(type_ids, return_dtype=pl.Int64).alias("mid"),
            pl.col("deck").replace_strict(decks, return_dtype=pl.Int64).alias("did"),
            pl.format(" {} ", pl.col("tags").list.join(" ")),
            pl.concat_str(anki_note.FIELDS, separator=_SEPARATOR).alias("flds"),
            _has_card(note_types).alias("has_card"),
        )
    )


def _has_card(note_types: NoteTypes) -> pl.Expr:
    """Return an expression for whether Anki makes a card for a note, whose front must not be empty."""
    return pl.any_horizontal(pl.lit(False), *(_makes_card(each) for each, _ in note_types))


def _makes_card(note_type: anki_note.NoteType) -> pl.Expr:
    is_of_type = pl.col("note_type").eq(note_type.name)
    if note_type.is_cloze:  # A gap is never empty.
        return is_of_type
    ((_, how_many, numbers),) = _model(note_type).to_json(0, 1)["req"]
    filled = [pl.col(anki_note.FIELDS[number]) != "" for number in numbers]
    is_filled = pl.all_horizontal(filled) if how_many == "all" else pl.any_horizontal(filled)
    return is_of_type.and_(is_filled)


def _archive(database: bytes, media: Mapping[str, bytes]) -> bytes:
    names = {str(number): name for number, name in enumerate(media)}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        # A ZipInfo has a fixed date. Archives cannot store the current one before 1980 or after 2107.
        package.writestr(zipfile.ZipInfo(_DATABASE), database, zipfile.ZIP_DEFLATED, _LEVEL)
        package.writestr(zipfile.ZipInfo(_MEDIA_LIST), json.dumps(names), zipfile.ZIP_DEFLATED, _LEVEL)
        for number, content in zip(names, media.values(), strict=True):
            # Sounds and pictures are compressed already.
            package.writestr(zipfile.ZipInfo(number), content, zipfile.ZIP_STORED)
    return file.getvalue()


def _split(
    rows: Sequence[tuple[Any, ...]], types: Mapping[str, Mapping[str, Any]], decks: Mapping[int, str]
) -> pl.DataFrame:
    """Return the stored notes with one column for each field."""
    stored = pl.DataFrame(rows, _STORED, orient="row").with_columns(pl.col("flds").str.split(_SEPARATOR))
    if (stored["flds"].list.len() != len(anki_note.FIELDS)).any():
        raise ValueError("a note has a different number of fields")
    names = {int(number): each["name"] for number, each in types.items()}
    digests = {int(number): _stored_digest(each) for number, each in types.items()}
    return stored.select(
        "guid",
        pl.col("changed_at").cast(pl.String),
        pl.col("mid").replace_strict(names, return_dtype=pl.String).alias("note_type"),
        pl.col("mid").replace_strict(digests, return_dtype=pl.String).alias("note_type_content"),
        pl.col("did").replace_strict(decks, default="", return_dtype=pl.String).alias("deck"),
        pl.col("tags").str.strip_chars(" "),
        pl.col("flds").list.to_struct(fields=anki_note.FIELDS).struct.unnest(),
    ).cast(pl.String)


def _stored_digest(stored: Mapping[str, Any]) -> str:
    templates = [(each["name"], each["qfmt"], each["afmt"]) for each in stored["tmpls"]]
    names = [each["name"] for each in stored["flds"]]
    return _digest(names, templates, stored["css"], stored["type"] != 0, stored["mod"])


def _digest(fields: Iterable[str], *others: object) -> str:
    return hashlib.sha256(repr((tuple(fields), *others)).encode()).hexdigest()


def _media_digests(media: Mapping[str, bytes]) -> pl.Expr:
    """Return an expression for the names of each note's media files, with the SHA-256 of the files' contents."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in media.items()} or {"": ""}
    digest = pl.element().replace_strict(digests, default="missing", return_dtype=pl.String)
    return references().list.eval(pl.format("{} {}", pl.element(), digest)).list.join(", ").alias("media")
