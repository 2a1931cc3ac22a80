"""Describe the notes that were exported to a deck, so that an export changes only notes whose content changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

NEW = "new"
REMOVED = "removed"
NOTE_TYPE_CHANGED = "note type"


@dataclass(frozen=True)
class ExportedNote:
    """A note in an exported deck.

    Attributes:
        guid: The note's GUID in Anki.
        item_id: The word's ID.
        card_type: The card type, such as ``Scene``.
        project_id: The project ID in the GUID, or None if the word was first exported before project IDs existed.
        content: Digests of the fields that a learner reads. See ``formats.note_content``.
        created_at: Time of the note's first export, in Unix seconds.
        changed_at: Time when the content last changed, in Unix seconds. Anki updates a note only if this is newer.
        changes: What changed at that time, such as ``Back, tags``, or ``new``.
    """

    guid: str
    item_id: str
    card_type: str
    project_id: str | None
    content: str
    created_at: int
    changed_at: int
    changes: str


@dataclass(frozen=True)
class ExportedWord:
    """A word in an exported deck, with the meaning to which its homograph number belongs. Values can be unknown."""

    item_id: str
    term: str
    homograph: int
    definition: str | None
    hanja: str | None
    term_number: int
    project_id: str | None


@dataclass(frozen=True)
class ExportedNoteType:
    """A note type in an exported deck: Anki's ID, a digest of its fields, templates and style, and when they changed."""

    note_type_id: int
    content: str
    changed_at: int


@dataclass(frozen=True)
class ChangedNote:
    """A note that an export added, changed, or left out. ``changes`` is a constant of this module, or names of fields."""

    term: str
    homograph: int
    item_id: str
    card_type: str
    guid: str
    changed_at: int
    changes: str


@dataclass(frozen=True)
class PreviousExport:
    """The notes and note types of the previous export.

    Attributes:
        notes: The notes in the manifest.
        note_types: The note types in the manifest.
        words: The words in the manifest.
        old_words: The IDs of the exported words, if the manifest is from a release that did not list the notes.
    """

    notes: list[ExportedNote]
    note_types: list[ExportedNoteType]
    words: list[ExportedWord]
    old_words: list[str]


@dataclass(frozen=True)
class ExportHistory:
    """All notes that were ever exported, by GUID, all note types, by ID, and the project ID of each exported word.

    ``last_change`` is the time of the last export that added, changed, or left out a note, in Unix seconds; 0 if none did.
    """

    notes: Mapping[str, ExportedNote]
    note_types: Mapping[int, ExportedNoteType]
    words: Mapping[str, str | None]
    last_change: int = 0

    def next_change(self, now: int) -> int:
        """Return the time for an export's changes: now or, if the clock was set back, later than all earlier changes."""
        return max(now, self.last_change + 1)

    def with_export(
        self, notes: Iterable[ExportedNote], note_types: Iterable[ExportedNoteType], words: Iterable[str] = ()
    ) -> "ExportHistory":
        """Return this history with the contents of a manifest. Where both have an entry, the newer one counts.

        ``words`` are words that an earlier release exported, which have no project ID.
        """
        newest = dict(self.notes)
        for note in notes:
            if note.guid not in newest or newest[note.guid].changed_at < note.changed_at:
                newest[note.guid] = note
        types = dict(self.note_types)
        for note_type in note_types:
            known = types.get(note_type.note_type_id)
            if known is None or known.changed_at < note_type.changed_at:
                types[note_type.note_type_id] = note_type
        exported = dict.fromkeys(words) | {note.item_id: note.project_id for note in newest.values()}
        last_change = max((note.changed_at for note in newest.values()), default=0)
        return ExportHistory(newest, types, exported | dict(self.words), max(last_change, self.last_change))
