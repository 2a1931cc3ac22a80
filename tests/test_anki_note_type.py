"""Collections with version 1 of the note type, or with the learner's own fields, import a deck with version 2.

docs/anki.md describes these results for learners.
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from support.anki import NOTE_TYPE, AnkiProfile, Imported
from support.commands import ProjectHere
from support.model_server import ModelServer
from support.old_project import FIXTURE, old_project

pytestmark = pytest.mark.slow

DECK = "data/07_model_output/korean.apkg"
OLD = FIXTURE / "korean.apkg"
OPTIONS: dict[str, dict[str, bool]] = {
    "default": {}, "merge": {"merge": True}, "merge, keep style": {"merge": True, "keep_style": True},
    "always": {"merge": True, "always": True},
}  # fmt: skip
SECOND = f"{NOTE_TYPE}+"


class Decks(NamedTuple):
    """The first deck with version 2, and the deck an hour later, with a corrected word and two new words."""

    first: Path
    later: Path


@pytest.fixture(scope="module")
def decks(tmp_path_factory: pytest.TempPathFactory) -> Decks:
    folder = tmp_path_factory.mktemp("decks")
    project = old_project(folder / "project")
    found = Decks(folder / "first.apkg", folder / "later.apkg")
    with pytest.MonkeyPatch.context() as monkeypatch, ModelServer() as server:
        monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        here = ProjectHere(project.folder, monkeypatch)
        assert here.kedro("run", "--params", "llm.cache_only=true").code == 2
        shutil.copy(project.folder / DECK, found.first)
        edit = ("review", "edit", "등대", "--card", "analysis", "--field", "primary_meaning", "--value", "a tall lamp")
        assert here.kedro(*edit).code == 0
        (project.folder / "data/01_raw/new.csv").write_text("term,definition\n새벽,dawn\n", encoding="utf-8")
        assert here.kedro("run", "--params", f"llm.api_base={server.url}").code == 2
        with closing(sqlite3.connect(project.folder / "data/ledger.db")) as ledger, ledger:
            later = "UPDATE exported_notes SET changed_at = changed_at + 3600 WHERE changes NOT IN ('note type', 'new')"
            assert ledger.execute(later).rowcount == 2
        (project.folder / DECK).with_name("manifest.json").unlink()
        assert here.kedro("run", "--pipeline=export").code == 2
        shutil.copy(project.folder / DECK, found.later)
    return found


class Outcome(NamedTuple):
    """The result of an import, and what it left: ``kept`` is the learner's text on the note that no export changed."""

    imported: Imported
    kept: bool
    corrected: bool
    own_field: str
    css: bool
    types: list[str]


def learner(folder: Path, deck: Path, own_field: bool = False) -> AnkiProfile:
    """Return a collection with the deck, in which a learner has studied and edited two notes and the style."""
    profile = AnkiProfile(folder)
    profile.import_package(deck)
    if own_field:
        profile.add_field("Mine")
    for term in ("항구", "등대"):
        profile.edit(profile.note(term), tag="mine", Back="my words", **({"Mine": "my field"} if own_field else {}))
        profile.study([profile.note(term)], ease=4)
    profile.style("/* mine */")
    if deck == OLD:
        profile.make_style_old()
    return profile


def outcome(profile: AnkiProfile, deck: Path, options: str) -> Outcome:
    """Import a deck. No import may change the state of a card."""
    before = profile.notes()
    imported = profile.import_package(deck, **OPTIONS[options])
    after = profile.notes()
    assert all(note.state() == after[guid].state() for guid, note in before.items())
    note, corrected = profile.note("항구"), profile.note("등대")
    kept = note["Back"] == "my words" and note.has_tag("mine")
    own_field = dict(corrected.items()).get("Mine", "-")
    return Outcome(
        imported, kept, corrected["Meaning"] == "a tall lamp", own_field, "mine" in profile.css(), profile.note_types()
    )


# The learner's own field, the options of the import of version 2, and the options of later imports → both outcomes.
MOVES = {
    "default, default": (
        False, "default", "default",
        Outcome(Imported(0, 0, 0, 15), True, False, "-", True, [NOTE_TYPE, SECOND]),
        Outcome(Imported(4, 0, 0, 15), True, False, "-", True, [NOTE_TYPE, SECOND]),
    ),
    "default, merge": (
        False, "default", "merge",
        Outcome(Imported(0, 0, 0, 15), True, False, "-", True, [NOTE_TYPE, SECOND]),
        Outcome(Imported(4, 2, 13, 0), True, True, "-", False, [NOTE_TYPE]),
    ),
    "merge, default": (
        False, "merge", "default",
        Outcome(Imported(0, 0, 15, 0), True, False, "-", False, [NOTE_TYPE]),
        Outcome(Imported(4, 2, 13, 0), True, True, "-", False, [NOTE_TYPE]),
    ),
    "merge and keep the style, default": (
        False, "merge, keep style", "default",
        Outcome(Imported(0, 0, 15, 0), True, False, "-", True, [NOTE_TYPE]),
        Outcome(Imported(4, 2, 13, 0), True, True, "-", True, [NOTE_TYPE]),
    ),
    "always, default": (
        False, "always", "default",
        Outcome(Imported(0, 15, 0, 0), False, False, "-", False, [NOTE_TYPE]),
        Outcome(Imported(4, 2, 13, 0), False, True, "-", False, [NOTE_TYPE]),
    ),
    "own field: merge, default": (
        True, "merge", "default",
        Outcome(Imported(0, 0, 15, 0), True, False, "my field", False, [NOTE_TYPE]),
        Outcome(Imported(4, 0, 0, 15), True, False, "my field", False, [NOTE_TYPE, SECOND]),
    ),
    "own field: merge, merge": (
        True, "merge", "merge",
        Outcome(Imported(0, 0, 15, 0), True, False, "my field", False, [NOTE_TYPE]),
        Outcome(Imported(4, 2, 13, 0), True, True, "", False, [NOTE_TYPE]),
    ),
    "own field: always, merge": (
        True, "always", "merge",
        Outcome(Imported(0, 15, 0, 0), False, False, "", False, [NOTE_TYPE]),
        Outcome(Imported(4, 2, 13, 0), False, True, "", False, [NOTE_TYPE]),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("own_field", "first", "later", "at_first", "afterward"), MOVES.values(), ids=MOVES)
def test_a_collection_moves_from_version_1_to_version_2(
    decks: Decks, tmp_path: Path, own_field: bool, first: str, later: str, at_first: Outcome, afterward: Outcome
) -> None:
    with learner(tmp_path / "anki", OLD, own_field) as profile:
        assert outcome(profile, decks.first, first) == at_first
        assert outcome(profile, decks.later, later) == afterward
        again = profile.import_package(decks.later, **OPTIONS[later])
        assert (again.new, again.updated) == (0, 0) and profile.note_types() == afterward.types


def test_notes_in_the_second_note_type_join_the_first_when_they_are_merged(decks: Decks, tmp_path: Path) -> None:
    """The learner imported with default options for a while, and studied a note of the second type."""
    with learner(tmp_path / "anki", OLD) as profile:
        profile.import_package(decks.later)
        assert profile.note("새벽").note_type()["name"] == SECOND  # type: ignore[index]
        profile.study([profile.note("새벽")], ease=4)
        profile.edit(profile.note("새벽"), Back="my words")
        before = profile.notes()
        assert profile.import_package(decks.later, merge=True) == Imported(0, 2, 17, 0)
        after = profile.notes()
        assert profile.note_types() == [NOTE_TYPE] and profile.note("새벽")["Back"] == "my words"
        assert all(note.state() == after[guid].state() for guid, note in before.items())


def test_the_new_design_arrives_when_note_types_are_merged(decks: Decks, tmp_path: Path) -> None:
    with AnkiProfile(tmp_path / "merged") as merged, AnkiProfile(tmp_path / "fresh") as fresh:
        merged.import_package(OLD)
        merged.import_package(decks.first, merge=True)
        fresh.import_package(decks.first)
        assert merged.css() == fresh.css()


FRESH = {
    "default": (False, "default", Outcome(Imported(4, 2, 13, 0), True, True, "-", True, [NOTE_TYPE])),
    "own field: default": (
        True, "default", Outcome(Imported(4, 0, 0, 15), True, False, "my field", True, [NOTE_TYPE, SECOND]),
    ),
    "own field: merge": (True, "merge", Outcome(Imported(4, 2, 13, 0), True, True, "", True, [NOTE_TYPE])),
}  # fmt: skip


@pytest.mark.parametrize(("own_field", "options", "expected"), FRESH.values(), ids=FRESH)
def test_a_collection_that_began_with_version_2_gets_corrections(
    decks: Decks, tmp_path: Path, own_field: bool, options: str, expected: Outcome
) -> None:
    with learner(tmp_path / "anki", decks.first, own_field) as profile:
        assert outcome(profile, decks.later, options) == expected


@pytest.mark.parametrize("prepare", [lambda _: None, lambda profile: profile.add_field("Mine")])
def test_fields_are_filled_by_name_whatever_their_order(
    decks: Decks, tmp_path: Path, prepare: Callable[[AnkiProfile], object]
) -> None:
    with AnkiProfile(tmp_path / "anki") as profile:
        profile.import_package(OLD)
        prepare(profile)
        profile.import_package(decks.first, merge=True, always=True)
        note = profile.note("등대")
        assert (note["Key"], note["Version"], note["CardType"]) == ("등대#1/Scene", "2", "Scene")
        assert note["Term"] == "등대" and dict(note.items()).get("Mine", "") == ""
