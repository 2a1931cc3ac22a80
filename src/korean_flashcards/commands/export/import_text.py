"""Say what the next import into Anki adds and updates, and why."""

from collections.abc import Iterator, Sequence

from korean_flashcards.domain.exported_notes import NEW, NOTE_TYPE_CHANGED, REMOVED, ChangedNote, ImportChanges
from korean_flashcards.domain.plurals import counted

PAGE = "docs/anki.md"
_MOVED = (
    "The notes have moved to version 2 of the note type. With its default options, Anki leaves a learner's existing notes "
    f"unchanged. {PAGE} says which options update them, and what is lost."
)
_STYLE = (
    f"The templates or the style of the note type changed. An import replaces a learner's own changes to them ({PAGE})."
)


def import_sentences(changes: ImportChanges) -> Iterator[str]:
    """Yield what an import does, as one or more sentences, and warnings about a note type that changed."""
    notes = changes.notes
    added = sum(note.changes == NEW for note in notes)
    moved = sum(note.changes == NOTE_TYPE_CHANGED for note in notes)
    removed = sum(note.changes == REMOVED for note in notes)
    updated = len(notes) - added - moved - removed
    parts = [f"adds {counted(added, 'note')}"] if added else []
    parts += [f"updates {counted(updated, 'note')}"] if updated else []
    sentences = []
    if parts:
        sentences.append(f"An import {' and '.join(parts)}.")
    elif not moved:
        of_selected = " of selected words" if changes.separate else ""
        sentences.append(f"No note has changed since the last export{of_selected}.")
    if removed:
        kept = "it" if removed == 1 else "them"
        sentences.append(f"{counted(removed, 'note is', 'notes are')} no longer in the deck, and Anki keeps {kept}.")
    if parts and changes.shared:
        sentences.append(_shared(changes))
    if (parts or removed) and not changes.separate:
        sentences.append("`kedro export changes` lists them.")
    if sentences:
        yield " ".join(sentences)
    if moved:
        yield _MOVED
    elif changes.note_types:
        yield _STYLE


def _shared(changes: ImportChanges) -> str:
    """Say what the import does if a learner has the other deck, which has some of the same notes."""
    other = "whole deck" if changes.separate else "deck of selected words"
    updated = f"updates {changes.differing} of them" if changes.differing else "changes none of them"
    are = counted(changes.shared, "of these notes is", "of these notes are")
    return f"{are} also in the {other}. For a learner who has imported that deck, the import {updated}."


def change_lines(notes: Sequence[ChangedNote], limit: int) -> Iterator[str]:
    """Yield one line for each updated note, such as ``corrected: 남성 (Scene): Back``, then new and removed notes."""
    updated = [note for note in notes if note.changes not in (NEW, REMOVED)]
    for note in updated[:limit]:
        yield f"{_kind(note)}: {_word(note)} ({note.card_type})" + _what(note)
    if len(updated) > limit:
        yield f"{counted(len(updated) - limit, 'more updated note')} not shown (--limit)."
    yield from _group("new", [note for note in notes if note.changes == NEW], limit)
    yield from _group("no longer in the deck", [note for note in notes if note.changes == REMOVED], limit)


def _group(title: str, notes: Sequence[ChangedNote], limit: int) -> Iterator[str]:
    if notes:
        words = list(dict.fromkeys(map(_word, notes)))
        more = f", and {counted(len(words) - limit, 'more word')}" if len(words) > limit else ""
        yield f"{title}: {counted(len(notes), 'note')} ({', '.join(words[:limit])}{more})"


def _kind(note: ChangedNote) -> str:
    return "moved to note type version 2" if note.changes == NOTE_TYPE_CHANGED else "corrected"


def _what(note: ChangedNote) -> str:
    return "" if note.changes == NOTE_TYPE_CHANGED else f": {note.changes}"


def _word(note: ChangedNote) -> str:
    return note.term if note.homograph == 1 else f"{note.term}#{note.homograph}"
