"""A learner imports the whole deck and the deck of a profile: each note arrives once, and nothing of the learner is lost.

Anki's own library imports the decks with the options that its dialog has before anybody changes them.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from support.anki import AnkiProfile, Imported
from support.export_content import card_table, content_of, notes_of
from support.hostile import HOSTILE_NAMES

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.formats import apkg
from korean_flashcards.exports.lay_out import contents
from korean_flashcards.exports.profile_settings import profile_settings

WHOLE = content_of(card_table([{}, {}, {}]))
FIRST = pl.arange(pl.len()) == 0


def of_profile(whole: ExportContent) -> ExportContent:
    """Return the content of a profile with two of the notes, in its own deck and with its own tags."""
    notes = whole.notes.head(2).with_columns(deck=pl.lit("Unit 3"), tags=pl.lit(["unit3"], pl.List(pl.String)))
    return replace(whole, notes=notes)


def corrected(content: ExportContent) -> ExportContent:
    """Return the content after the text of its first note was corrected."""
    return replace(
        content,
        notes=content.notes.with_columns(
            Back=pl.when(FIRST).then(pl.lit("corrected")).otherwise("Back"),
            changed_at=pl.when(FIRST).then(pl.col("changed_at") + 60).otherwise("changed_at"),
        ),
    )


class Learner:
    """A learner who imports contents as packages."""

    def __init__(self, folder: Path, anki: AnkiProfile) -> None:
        self._folder, self.anki = folder, anki

    def imports(self, content: ExportContent) -> Imported:
        path = self._folder / "deck.apkg"
        path.write_bytes(apkg.write(content))
        return self.anki.import_package(path)

    def found(self, content: ExportContent) -> list[tuple[str, tuple[str, ...], str, int]]:
        """Return the deck, the tags, the back, and the number of reviews of each note, in the order of the content."""
        notes = self.anki.notes()
        owned = [notes[guid] for guid in content.notes["guid"]]
        assert len(notes) == len(owned)
        return [(note.deck, note.tags, note.fields["Back"], note.reviews) for note in owned]


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Learner]:
    with AnkiProfile(tmp_path / "anki") as anki:
        yield Learner(tmp_path, anki)


def test_after_the_whole_deck_the_deck_of_a_profile_changes_nothing(learner: Learner) -> None:
    assert learner.imports(WHOLE) == Imported(3, 0, 0, 0)
    learner.anki.study(learner.anki.collection.get_note(note_id) for note_id in learner.anki.collection.find_notes(""))
    before = learner.anki.notes()
    assert learner.imports(of_profile(WHOLE)) == Imported(0, 0, 2, 0)
    assert learner.anki.notes() == before
    assert learner.anki.note_types() == ["Korean Flashcard"]


def test_after_the_deck_of_a_profile_the_whole_deck_adds_only_the_other_notes(learner: Learner) -> None:
    assert learner.imports(of_profile(WHOLE)) == Imported(2, 0, 0, 0)
    learner.anki.study(learner.anki.collection.get_note(note_id) for note_id in learner.anki.collection.find_notes(""))
    assert learner.imports(WHOLE) == Imported(1, 0, 2, 0)
    of_it, rest = (
        ("Unit 3", ("unit3",), "back", 1),
        ("Korean::TOPIK 3", tuple(sorted(WHOLE.notes["tags"][2])), "back", 0),
    )
    assert learner.found(WHOLE) == [of_it, of_it, rest]


def test_a_correction_comes_once_and_brings_the_tags_of_the_package_that_is_imported_first(learner: Learner) -> None:
    learner.imports(WHOLE)
    learner.anki.study(learner.anki.collection.get_note(note_id) for note_id in learner.anki.collection.find_notes(""))
    later = corrected(WHOLE)
    assert learner.imports(of_profile(later)) == Imported(0, 1, 1, 0)
    assert learner.imports(later) == Imported(0, 0, 3, 0)
    tags = tuple(sorted(WHOLE.notes["tags"][1]))
    assert learner.found(WHOLE) == [
        ("Korean::TOPIK 3", ("unit3",), "corrected", 1), *[("Korean::TOPIK 3", tags, "back", 1)] * 2
    ]  # fmt: skip


def test_a_correction_in_the_whole_deck_leaves_the_note_in_the_deck_of_the_profile(learner: Learner) -> None:
    learner.imports(of_profile(WHOLE))
    assert learner.imports(corrected(WHOLE)) == Imported(1, 1, 1, 0)
    assert learner.imports(of_profile(corrected(WHOLE))) == Imported(0, 0, 2, 0)
    tags = tuple(sorted(WHOLE.notes["tags"][0]))
    assert learner.found(WHOLE)[:2] == [("Unit 3", tags, "corrected", 0), ("Unit 3", ("unit3",), "back", 0)]


def test_the_decks_and_tags_of_a_profile_are_those_that_anki_shows(learner: Learner) -> None:
    names = [*HOSTILE_NAMES, "2026", "default", "scene::A", "SCENE::a"]
    cards = card_table({"list": name, "tags": [f"course:{name}", "Unit", name]} for name in names)
    settings = profile_settings({"format": "apkg", "deck": "{{list}}", "tags": {"add": ["unit", "a b"]}})
    types = WHOLE.note_types
    ((_, content),) = contents(cards, notes_of(cards), types, settings, "course", date(2026, 11, 30))
    assert learner.imports(content).new == len(names)
    shown = [(note[0], note[1]) for note in learner.found(content)]
    assert shown == [(note["deck"], tuple(sorted(note["tags"]))) for note in content.notes.iter_rows(named=True)]
