"""Recordings and pictures in data/01_raw/media arrive in Anki, with the notes of their words.

Anki's own library imports the decks with the options that its dialog has before anybody changes them.
"""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.anki import AnkiProfile, Imported
from support.commands import ProjectHere
from support.project import Project

DECK = "data/07_model_output/korean.apkg"
EXPORT = ("run", "--pipeline=export")
SOUND, EXAMPLE, PICTURE = b"ID3 a sound", b"OggS an example", b"\x89PNG a picture"


@pytest.fixture
def here(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the finished project with media. Its commands run in this process."""
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
    project = ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)
    media = project.folder / "data/01_raw/media/recordings"
    media.mkdir(parents=True)
    for name, content in (
        ("남성.mp3", SOUND), ("남성_example.ogg", EXAMPLE), ("../남성.PNG", PICTURE), ("../배#2.mp3", SOUND),
        ("없는말.mp3", SOUND), ("../문.mp3", b""),
    ):  # fmt: skip
        (media / name).write_bytes(content)
    return project


@pytest.fixture
def learner(finished: Project, tmp_path: Path) -> Iterator[AnkiProfile]:
    """Return a collection with the finished project's deck, which has no media."""
    with AnkiProfile(tmp_path / "anki") as profile:
        profile.import_package(finished.folder / DECK)
        yield profile


def exported(project: Project) -> Path:
    """Export the project's deck and return the file."""
    ended = project.kedro(*EXPORT)
    assert ended.code == 0, ended.out + ended.err
    return project.folder / DECK


def media_in(learner: AnkiProfile) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in Path(learner.collection.media.dir()).iterdir()}


@pytest.mark.slow
def test_media_arrive_with_the_notes_of_their_words(here: Project, learner: AnkiProfile) -> None:
    before = learner.notes()
    cards = [guid for guid, note in before.items() if note.fields["Key"].startswith(("남성#1/", "배#2/"))]
    learner.study([learner.note("남성")], ease=4)
    assert learner.import_package(exported(here)) == Imported(0, len(cards), len(before) - len(cards), 0)
    note = learner.note("남성")
    sound, example, picture = (note[name] for name in ("Audio", "ExampleAudio", "Image"))
    assert re.fullmatch(r"\[sound:kf-[0-9a-f]{24}\.mp3\]", sound)
    assert re.fullmatch(r'<img src="kf-[0-9a-f]{24}\.png">', picture)
    names = [re.split(r'[:"]', text)[1].rstrip("]") for text in (sound, example, picture)]
    assert media_in(learner) == dict(zip(names, (SOUND, EXAMPLE, PICTURE), strict=True))
    assert {guid for guid, owned in learner.notes().items() if owned.fields["Audio"]} == set(cards)
    card = learner.card(note)
    assert picture in card.answer() and [tag.filename for tag in card.answer_av_tags()] == names[:2]
    assert picture not in card.question() and not card.question_av_tags()
    assert card.reps == 1
    assert "남성 (Scene): Audio, ExampleAudio, Image" in here.kedro("export", "changes").out


@pytest.mark.slow
def test_a_new_recording_replaces_the_old_one_and_an_unchanged_one_changes_nothing(
    here: Project, learner: AnkiProfile
) -> None:
    learner.import_package(exported(here))
    previous = (here.folder / DECK).read_bytes()
    assert exported(here).read_bytes() == previous
    old = learner.note("남성")["Audio"]
    (here.folder / "data/01_raw/media/recordings/남성.mp3").write_bytes(b"ID3 a better sound")
    assert learner.import_package(exported(here)).updated == len(learner.collection.find_notes("Term:남성"))
    new = learner.note("남성")["Audio"]
    assert new != old and media_in(learner)[new[7:-1]] == b"ID3 a better sound"


@pytest.mark.slow
def test_without_the_folder_the_deck_is_the_same_file(here: Project, finished: Project) -> None:
    shutil.rmtree(here.folder / "data/01_raw/media")
    assert exported(here).read_bytes() == (finished.folder / DECK).read_bytes()


@pytest.mark.slow
def test_nothing_is_exported_if_a_recording_disappears_between_two_steps(here: Project) -> None:
    before = json.loads((here.folder / "data/07_model_output/manifest.json").read_text(encoding="utf-8"))
    assert here.kedro("run", "--pipeline=export", "--to-nodes=identify_notes,date_note_types").code == 0
    shutil.rmtree(here.folder / "data/01_raw/media")
    ended = here.kedro("run", "--pipeline=export", "--from-nodes=build_deck")
    assert ended.code == 1 and "changed or removed since the last export, such as 남성" in ended.err + ended.out
    assert json.loads((here.folder / "data/07_model_output/manifest.json").read_text(encoding="utf-8")) == before
