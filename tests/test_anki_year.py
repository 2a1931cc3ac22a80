"""A learner's year in fast motion: the project and the learner change things at random between imports.

Each import must leave alone what docs/anki.md promises. The sequence of a seed is always the same.
"""

import json
import random
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from support.anki import NOTE_TYPE, AnkiProfile, OwnedNote
from support.commands import ProjectHere, prepare
from support.project import Project

pytestmark = pytest.mark.slow

PACKAGE, TEXT = "data/07_model_output/korean.apkg", "data/07_model_output/anki_notes.txt"
RUN = ("run", "--params", "ingress.gone=suspend,quality.publish_from=0,quality.review_from=0")
ROUNDS = 8
WORDS = {
    "가르치다": "to teach", "가리키다": "to point at", "남성": "man", "물": "water", "문": "door", "바다": "sea",
    "사람": "person", "나무": "tree", "학교": "school", "친구": "friend",
}  # fmt: skip
LATER = ("두루마리", "연필", "하늘", "구름", "의자", "책상", "창문", "거울", "모자", "신발", "시계", "우산")
NOT_CONTENT = ("Primer", "CardType", "Source", "Key", "Version")
Content = tuple[dict[str, str], tuple[str, ...]]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project with the first words and their deck."""

    def run(project: Project) -> None:
        write_list(project, WORDS)
        assert project.kedro(*RUN, KEDRO_DATASET_VALIDATION="off").code in (0, 2)

    return Project(prepare(tmp_path_factory.mktemp("year") / "project", run))


def write_list(project: Project, words: dict[str, str]) -> None:
    rows = (f'{term},"{meaning}",{term}.,A sentence.,unit{len(term)}' for term, meaning in words.items())
    project.only_list("\n".join(("term,definition,example,example_translation,tags", *rows)) + "\n")


def exported(project: Project) -> dict[str, tuple[Content, int]]:
    """Return each note in the package, by GUID: its fields and tags, and the time of its last change."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(project.folder / PACKAGE) as package:
        package.extract("collection.anki2", folder)
        with closing(sqlite3.connect(Path(folder) / "collection.anki2")) as collection:
            (models,) = collection.execute("SELECT models FROM col").fetchone()
            names = {int(key): [each["name"] for each in model["flds"]] for key, model in json.loads(models).items()}
            rows = collection.execute("SELECT guid, mid, flds, tags, mod FROM notes").fetchall()
    return {
        guid: ((dict(zip(names[mid], flds.split("\x1f"), strict=True)), tuple(sorted(tags.split()))), mod)
        for guid, mid, flds, tags, mod in rows
    }


def learnt(content: Content) -> Content:
    """Return the part of a note that counts as its content."""
    fields, tags = content
    return {name: text for name, text in fields.items() if name not in NOT_CONTENT}, tags


class Year:
    """The project and its learner, and the changes that they make."""

    def __init__(self, project: Project, learner: AnkiProfile, seed: int) -> None:
        self.project, self.learner, self.random = project, learner, random.Random(seed)
        self.words, self.later, self.own_field = dict(WORDS), list(LATER), False
        self.edited, self.updated = 0, 0

    def change_project(self) -> None:
        """Change the lists, the reviews, or the prompts, and export."""
        changes: list[Callable[[], object]] = [self._correct, self._review, self._remove, self._add, self._regenerate]
        for change in self.random.sample(changes, self.random.randint(0, 2)):
            change()
        write_list(self.project, self.words)
        ended = self.project.kedro(*RUN)
        assert ended.code in (0, 2), ended.out + ended.err

    def change_anki(self) -> None:
        """Edit, tag, flag, suspend, study, and move some notes. At some time, add a field."""
        notes = [self.learner.note(term) for term in self.random.sample(sorted(self._known()), 4)]
        self.edited += 1
        self.learner.edit(notes[0], tag=f"mine{self.edited}", Back=f"my words {self.edited}")
        self.learner.study(notes[1:3], ease=self.random.choice((1, 2, 3, 4)))
        self.learner.collection.set_user_flag_for_cards(self.random.randint(1, 7), [self.learner.card(notes[2]).id])
        self.learner.collection.sched.suspend_cards([self.learner.card(notes[3]).id])
        self.learner.move(notes[1], f"Mine::{self.random.randint(1, 3)}")
        self.learner.style(f"/* my style {self.edited} */")
        if self.edited == ROUNDS // 2:
            self.learner.add_field("Mine")
            self.own_field = True
        if self.own_field:
            self.learner.edit(self.learner.note(notes[0]["Term"]), Mine=f"my field {self.edited}")

    def _known(self) -> set[str]:
        scenes = [note.fields for note in self.learner.notes().values() if note.fields["CardType"] == "Scene"]
        return {fields["Term"] for fields in scenes}

    def _correct(self) -> None:
        term = self.random.choice(sorted(self.words))
        self.words[term] += " (corrected)"

    def _review(self) -> None:
        text = f"What is it, in round {self.edited}?"
        term = self.random.choice(sorted(self.words.keys() & self._known()))
        words = ("review", "edit", f"{term}#1", "--card", "Scene", "--field", "front", "--value", text)
        assert self.project.kedro(*words).code == 0

    def _remove(self) -> None:
        del self.words[self.random.choice(sorted(self.words))]

    def _add(self) -> None:
        term = self.later.pop()
        self.words[term] = f"a thing like {term}"

    def _regenerate(self) -> None:
        with (self.project.folder / "conf/base/prompts/flashcards.md").open("a", encoding="utf-8") as prompt:
            prompt.write(f"\nBe brief, {self.edited}.\n")

    def import_and_check(self, file: str, before_export: dict[str, tuple[Content, int]]) -> None:
        """Import the package or the text file, and check every promise."""
        deck = exported(self.project)
        check_times(before_export, deck)
        before, times = self.learner.notes(), self._times()
        css = self.learner.css()
        if file == TEXT:
            self.learner.import_text(self.project.folder / TEXT)
        else:
            self.learner.import_package(self.project.folder / PACKAGE, merge=self.own_field)
        after = self.learner.notes()
        assert after.keys() == before.keys() | deck.keys() and self.learner.css() == css
        assert self.learner.note_types() == [NOTE_TYPE]
        for guid, note in after.items():
            content, changed_at = deck.get(guid, (None, 0))
            newer = file == PACKAGE and guid in before and changed_at > times[guid]
            if guid in before:
                assert note.state() == before[guid].state(), note
            if guid in before and not newer:
                assert note == before[guid]
            else:
                assert content and (without_own(note), note.tags) == content
                assert note.fields.get("Mine", "") == ""
            self.updated += newer

    def _times(self) -> dict[str, int]:
        collection = self.learner.collection
        found = (collection.get_note(note_id) for note_id in collection.find_notes(""))
        return {note.guid: note.mod for note in found}


def without_own(note: OwnedNote) -> dict[str, str]:
    return {name: text for name, text in note.fields.items() if name != "Mine"}


def check_times(before: dict[str, tuple[Content, int]], after: dict[str, tuple[Content, int]]) -> None:
    """A note's time changes if, and only if, its content changes. It is then newer than everything before."""
    for guid in before.keys() & after.keys():
        (old, old_time), (new, new_time) = before[guid], after[guid]
        assert (old_time == new_time) == (learnt(old) == learnt(new)), (old, new)
        assert new_time >= old_time


@pytest.mark.parametrize(
    ("files", "seed"), [([PACKAGE], 1), ([TEXT, PACKAGE], 2), ([TEXT], 3)], ids=["package", "both", "text"]
)
def test_a_year_of_imports_loses_nothing_that_is_promised(
    begun: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: list[str], seed: int
) -> None:
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
    project = ProjectHere(begun.copied_to(tmp_path / "project").folder, monkeypatch)
    with AnkiProfile(tmp_path / "anki") as learner:
        learner.import_package(project.folder / PACKAGE)
        year = Year(project, learner, seed)
        for number in range(ROUNDS):
            deck = exported(project)
            year.change_anki()
            time.sleep(1.1)  # Anki compares times in whole seconds.
            year.change_project()
            year.import_and_check(files[number % len(files)], deck)
        states = [replace(note, fields={}) for note in learner.notes().values()]
        assert any(note.queue == -1 for note in states) and any(note.deck.startswith("Mine") for note in states)
        assert (year.updated > 0) == (PACKAGE in files) and len(states) > len(exported(begun))
        mine = [note for note in learner.notes().values() if note.fields["Back"].startswith("my words")]
        assert mine and any(note.fields["Mine"].startswith("my field") for note in mine)
