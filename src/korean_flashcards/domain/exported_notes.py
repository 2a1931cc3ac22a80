"""Describe the notes that were exported to a deck, so that an export changes only notes whose content changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

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
        old_cards: The words' IDs and the card types, if the manifest is from a release that did not list the notes.
    """

    notes: list[ExportedNote]
    note_types: list[ExportedNoteType]
    words: list[ExportedWord]
    old_cards: list[tuple[str, str]]


@dataclass(frozen=True)
class ExportHistory:
    """The words, notes, and note types of earlier exports.

    Attributes:
        notes: All notes that were ever in this deck, by GUID.
        note_types: All note types, by ID.
        words: The project ID of each exported word.
        last_change: Time of the last export that added, changed, or left out a note, in Unix seconds; 0 if none did.
        others: The notes in the other deck, by GUID: the deck of selected words or, for that deck, the whole deck.
        old_cards: The words' IDs and the types of the cards that a release without note types of version 2 exported.
            Empty if they are not known.
    """

    notes: Mapping[str, ExportedNote]
    note_types: Mapping[int, ExportedNoteType]
    words: Mapping[str, str | None]
    last_change: int = 0
    others: Mapping[str, ExportedNote] = field(default_factory=dict)
    old_cards: frozenset[tuple[str, str]] = frozenset()

    def next_change(self, now: int) -> int:
        """Return the time for an export's changes: now or, if the clock was set back, later than all earlier changes."""
        return max(now, self.last_change + 1)

    def with_export(self, export: PreviousExport) -> "ExportHistory":
        """Return this history with the contents of the deck's manifest. Where both have an entry, the newer one counts.

        The words of an earlier release have no project ID.
        """
        newest = dict(self.notes)
        for note in export.notes:
            if note.guid not in newest or newest[note.guid].changed_at < note.changed_at:
                newest[note.guid] = note
        old = dict.fromkeys(item_id for item_id, _ in export.old_cards)
        words = old | {note.item_id: note.project_id for note in newest.values()} | dict(self.words)
        last_change = max((note.changed_at for note in newest.values()), default=0)
        return ExportHistory(
            newest, _newest_types([*self.note_types.values(), *export.note_types]), words,
            max(last_change, self.last_change), self.others, self.old_cards | set(export.old_cards),
        )  # fmt: skip

    def beside(self, other: "ExportHistory") -> "ExportHistory":
        """Return this deck's history with that of the other deck, whose notes have the same GUIDs."""
        return replace(
            self,
            note_types=_newest_types([*self.note_types.values(), *other.note_types.values()]),
            words={**other.words, **self.words},
            last_change=max(self.last_change, other.last_change),
            others=other.notes,
            old_cards=self.old_cards | other.old_cards,
        )


def _newest_types(note_types: Iterable[ExportedNoteType]) -> dict[int, ExportedNoteType]:
    newest: dict[int, ExportedNoteType] = {}
    for each in note_types:
        known = newest.get(each.note_type_id)
        if known is None or known.changed_at < each.changed_at:
            newest[each.note_type_id] = each
    return newest


@dataclass(frozen=True)
class ImportChanges:
    """The changes that an import of an exported deck makes for a learner who imported this deck's previous export.

    Attributes:
        notes: The notes that the import adds or updates, and those that are no longer in the deck.
        note_types: Number of note types that changed. New ones do not count.
        separate: Whether it is the deck of selected words, not the whole deck.
        shared: Number of the added and updated notes that are also in the other deck.
        differing: Number of the shared notes that the import updates for a learner who has the other deck.
    """

    notes: list[ChangedNote]
    note_types: int
    separate: bool = False
    shared: int = 0
    differing: int = 0
