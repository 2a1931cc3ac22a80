"""Two projects that teach the same headword do not overwrite each other's notes in one collection."""

from pathlib import Path

import pytest
import yaml
from support.anki import AnkiProfile, Imported
from support.commands import ProjectHere
from support.old_project import note_guids
from support.project import Project

pytestmark = pytest.mark.slow

DECK, TEXT = "data/07_model_output/korean.apkg", "data/07_model_output/anki_notes.txt"
RUN = ("run", "--params", "quality.publish_from=0,quality.review_from=0")
HEADER = "term,definition,example,example_translation\n"


@pytest.fixture
def clones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Project, Project]:
    """Return two fresh clones after their first runs: one with 배, "pear", and one with 배, "ship"."""
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
    found = []
    for name, row in (("fruit", "배,pear,배를 먹어요.,I eat a pear."), ("sea", "배,ship,배를 타요.,I board a ship.")):
        project = Project.copy_to(tmp_path / name)
        assert not (project.folder / "conf/base/project.yml").exists()
        project.only_list(f"{HEADER}{row}\n")
        here = ProjectHere(project.folder, monkeypatch)
        assert here.kedro(*RUN).code == 0
        found.append(here)
    return found[0], found[1]


def project_id(project: Project) -> str:
    return str(yaml.safe_load((project.folder / "conf/base/project.yml").read_text(encoding="utf-8"))["project_id"])


def meanings(profile: AnkiProfile) -> list[str]:
    return sorted({note.fields["Meaning"] for note in profile.notes().values()})


def test_each_clone_writes_its_own_id_and_both_words_are_learned(
    clones: tuple[Project, Project], tmp_path: Path
) -> None:
    fruit, sea = clones
    assert project_id(fruit) != project_id(sea)
    assert fruit.ledger("SELECT item_id FROM exported_items") == sea.ledger("SELECT item_id FROM exported_items")
    assert not note_guids(fruit.folder / DECK) & note_guids(sea.folder / DECK)
    with AnkiProfile(tmp_path / "anki") as learner:
        count = learner.import_package(fruit.folder / DECK).new
        before = learner.notes()
        other = learner.import_package(sea.folder / DECK)
        assert count and other.new and other == Imported(other.new, 0, 0, 0)
        assert (
            learner.import_text(sea.folder / TEXT) == learner.import_text(fruit.folder / TEXT) == Imported(0, 0, 0, 0)
        )
        after = learner.notes()
        assert {guid: after[guid] for guid in before} == before and meanings(learner) == ["pear", "ship"]


def test_a_corrected_word_changes_only_its_own_project_s_notes(
    clones: tuple[Project, Project], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fruit, sea = clones
    with AnkiProfile(tmp_path / "anki") as learner:
        for project in clones:
            learner.import_package(project.folder / DECK)
        sea.only_list(f"{HEADER}배,boat,배를 타요.,I board a boat.\n")
        assert ProjectHere(sea.folder, monkeypatch).kedro(*RUN).code == 0
        result = learner.import_package(sea.folder / DECK)
        assert result.new == 0 and result.updated and meanings(learner) == ["boat", "pear"]
        assert learner.import_package(fruit.folder / DECK).updated == 0


def test_a_copy_of_a_project_with_its_id_continues_its_notes(
    clones: tuple[Project, Project], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second computer has the repository, with conf/base/project.yml, but not the data folder."""
    fruit, _ = clones
    second = Project.copy_to(tmp_path / "second")
    (second.folder / "conf/base/project.yml").write_bytes((fruit.folder / "conf/base/project.yml").read_bytes())
    second.only_list(f"{HEADER}배,pear,배를 먹어요.,I eat a pear.\n")
    assert ProjectHere(second.folder, monkeypatch).kedro(*RUN).code == 0
    assert note_guids(second.folder / DECK) == note_guids(fruit.folder / DECK)
