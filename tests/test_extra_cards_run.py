"""Runs with extra cards and speech: the files are verified, an unchanged deck stays the same, and Anki imports it."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.anki import AnkiProfile, Imported
from support.commands import ProjectHere
from support.project import Project

pytestmark = pytest.mark.slow
QUICK = {"KEDRO_DATASET_VALIDATION": "off"}
OPTIONS = "export.extra_cards=reverse;cloze,export.speech=true"
DECK = "data/07_model_output/korean.apkg"


@pytest.fixture
def here(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the finished project. Its commands run in this process."""
    return ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)


def files(project: Project) -> dict[str, dict[str, Any]]:
    manifest = json.loads((project.folder / "data/07_model_output/manifest.json").read_text(encoding="utf-8"))
    return {file["export"]: file for file in manifest}


def test_extra_cards_are_added_to_a_deck_that_a_learner_has(here: Project, tmp_path: Path) -> None:
    with AnkiProfile(tmp_path / "anki") as learner:
        before = learner.import_package(here.folder / DECK).new
        # With the rules for each layer, including those for the manifest.
        assert here.kedro("run", "--pipelines=export,reporting", "--params", OPTIONS).code == 0
        found = files(here)
        assert found["cards_tsv"]["cards"] == before and found["deck"]["cards"] == found["anki_text"]["cards"]
        assert found["deck"]["cards_by_type"] == "Cloze 115, Hanja 25, Reverse 129, Scene 129, Usage-Comparison 35"
        extra = found["deck"]["cards"] - before
        assert learner.import_package(here.folder / DECK) == Imported(extra, 0, before, 0)
        # An unchanged deck is the same file.
        package = (here.folder / DECK).read_bytes()
        assert here.kedro("run", "--pipeline=export", "--params", OPTIONS, **QUICK).code == 0
        assert (here.folder / DECK).read_bytes() == package
        # Without extra cards, the learner keeps those that are in the collection.
        assert here.kedro("run", "--pipeline=export", **QUICK).code == 0
        assert learner.import_package(here.folder / DECK) == Imported(0, 0, before, 0)
        assert learner.collection.note_count() == before + extra


def test_a_project_without_the_templates_is_told_which_files_it_needs(here: Project) -> None:
    for side in ("front", "back"):
        (here.folder / "conf" / "base" / "anki" / f"cloze_{side}.html").unlink()
    assert here.kedro("run", "--pipeline=export", "--params", "export.extra_cards=reverse", **QUICK).code == 0
    package = (here.folder / DECK).read_bytes()
    result = here.kedro("run", "--pipeline=export", "--params", OPTIONS, **QUICK)
    assert result.code == 1 and "Copy cloze_front.html and cloze_back.html" in result.err
    assert "Traceback" not in result.err and (here.folder / DECK).read_bytes() == package


def test_an_unknown_kind_of_card_is_an_error_before_anything_runs(here: Project) -> None:
    result = here.kedro("run", "--pipeline=export", "--params", "export.extra_cards=reversed", **QUICK)
    assert result.code == 1 and "export.extra_cards" in result.err and "'reverse' or 'cloze'" in result.err
