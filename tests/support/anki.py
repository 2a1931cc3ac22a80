"""Use an Anki collection as a learner does, with Anki's own library: import exports, study, edit notes, and look at them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from anki.import_export_pb2 import ImportAnkiPackageUpdateCondition, ImportCsvRequest

if TYPE_CHECKING:
    from anki.cards import Card  # At run time, Anki's modules can be imported only after anki.collection.
    from anki.notes import Note

NOTE_TYPE = "Korean Flashcard"
_When = ImportAnkiPackageUpdateCondition
_ALWAYS = _When.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_ALWAYS
_IF_NEWER = _When.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER
_NEVER = _When.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_NEVER


@dataclass(frozen=True)
class Imported:
    """The note counts in the result of an import."""

    new: int
    updated: int
    duplicate: int
    conflicting: int


@dataclass(frozen=True)
class OwnedNote:
    """Everything of a note that belongs to the learner: its text, and the state of its card."""

    fields: dict[str, str]
    tags: tuple[str, ...]
    deck: str
    flag: int
    queue: int
    due: int
    interval: int
    reviews: int

    def state(self) -> "OwnedNote":
        """Return the state of the card alone, without the note's text and tags."""
        return replace(self, fields={}, tags=())


class AnkiProfile:
    """A learner's new collection. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.collection = Collection(str(folder / "collection.anki2"))

    def import_package(
        self,
        path: Path,
        *,
        merge: bool = False,
        always: bool = False,
        keep_notes: bool = False,
        keep_style: bool = False,
    ) -> Imported:
        """Import an .apkg file as File → Import does.

        Without options, these are the options that Anki's dialog has before the learner changes any. Anki then updates
        a note only if the file's note is newer.

        Args:
            path: The file.
            merge: "Merge note types".
            always: "Update notes: Always" and "Update note types: Always".
            keep_notes: "Update notes: Never".
            keep_style: "Update note types: Never".
        """
        when = _ALWAYS if always else _IF_NEWER
        options = ImportAnkiPackageOptions(
            merge_notetypes=merge,
            update_notes=_NEVER if keep_notes else when,
            update_notetypes=_NEVER if keep_style else when,
        )
        request = ImportAnkiPackageRequest(package_path=str(path), options=options)
        log = self.collection.import_anki_package(request).log
        self.collection.models._clear_cache()
        return _imported(log)

    def default_options(self) -> ImportAnkiPackageOptions:
        """Return the options that the import dialog shows when it opens."""
        return self.collection._backend.get_import_anki_package_presets()

    def import_text(self, path: Path) -> Imported:
        """Import a text file as File → Import does, with the options in its header."""
        metadata = self.collection.get_csv_metadata(str(path), None)
        return _imported(self.collection.import_csv(ImportCsvRequest(path=str(path), metadata=metadata)).log)

    def note(self, term: str, card_type: str = "Scene") -> "Note":
        """Return the only note of this word and card type."""
        (note_id,) = self.collection.find_notes(f'"Term:{term}" "CardType:{card_type}"')
        return self.collection.get_note(note_id)

    def card(self, note: "Note") -> "Card":
        """Return the note's card."""
        (card,) = note.cards()
        return card

    def study(self, notes: Iterable["Note"], ease: Literal[1, 2, 3, 4] = 3) -> None:
        """Answer the notes' cards. Ease 1 is "Again", and 4 is "Easy"."""
        for note in notes:
            card = self.card(note)
            card.start_timer()
            self.collection.sched.answerCard(card, ease)

    def edit(self, note: "Note", tag: str = "", **texts: str) -> None:
        """Change fields of a note, and add a tag, as the editor does."""
        for name, text in texts.items():
            note[name] = text
        if tag:
            note.add_tag(tag)
        self.collection.update_note(note)

    def style(self, css: str, note_type: str = NOTE_TYPE) -> None:
        """Change the note type's style, as the card editor does."""
        model = self.collection.models.by_name(note_type)
        assert model
        model["css"] = css
        self.collection.models.update_dict(model)

    def make_style_old(self) -> None:
        """Make the note type look as if it had been changed years ago."""
        assert self.collection.db
        self.collection.db.execute("UPDATE notetypes SET mtime_secs = 1700000000")

    def css(self, note_type: str = NOTE_TYPE) -> str:
        """Return the note type's style."""
        model = self.collection.models.by_name(note_type)
        assert model
        return str(model["css"])

    def add_field(self, name: str) -> None:
        """Add a field to the note type, as the field editor does."""
        model = self.collection.models.by_name(NOTE_TYPE)
        assert model
        self.collection.models.add_field(model, self.collection.models.new_field(name))
        self.collection.models.update_dict(model)

    def move(self, note: "Note", deck: str) -> None:
        """Move the note's card to a deck, which is created if it does not exist."""
        deck_id = self.collection.decks.id(deck)
        assert deck_id
        self.collection.set_deck([self.card(note).id], deck_id)

    def note_types(self) -> list[str]:
        """Return the names of the project's note types."""
        names = (each.name for each in self.collection.models.all_names_and_ids())
        return sorted(name for name in names if name.startswith("Korean"))

    def notes(self) -> dict[str, OwnedNote]:
        """Return all notes with the state of their cards, by GUID."""
        found = (self.collection.get_note(note_id) for note_id in self.collection.find_notes(""))
        return {note.guid: self._owned(note) for note in found}

    def _owned(self, note: "Note") -> OwnedNote:
        card = self.card(note)
        deck = self.collection.decks.name(card.did)
        state = (card.user_flag(), card.queue, card.due, card.ivl, card.reps)
        return OwnedNote(dict(note.items()), tuple(sorted(note.tags)), deck, *state)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.collection.close()


def _imported(log: object) -> Imported:
    return Imported(**{name: len(getattr(log, name)) for name in ("new", "updated", "duplicate", "conflicting")})
