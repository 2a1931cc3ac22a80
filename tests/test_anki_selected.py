"""The deck of selected words (export.only_selected) and the whole deck leave a learner's work alone, also together."""

import shutil
from pathlib import Path

import pytest
from support.anki import AnkiProfile, Imported
from support.commands import ProjectHere
from support.project import Project, unwrapped

OUTPUT = "data/07_model_output"
SAMPLE = "data/01_raw/sample_words.csv"
UNCHANGED = "No note has changed since the last export of selected words."


@pytest.fixture
def here(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the finished project that exports selected words separately. Its commands run in this process."""
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
    project = ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)
    (project.folder / "conf/local/parameters.yml").write_text("export: {only_selected: true}\n", encoding="utf-8")
    return project


def export(project: Project, *args: str, words: str | None = None) -> tuple[Path, str]:
    """Export the whole deck, or some words, and return the deck's path and what the run says about an import."""
    command = args or ("run", "--pipeline=export")
    ended = project.kedro(*command, *([f"--params=words={words}"] if words else []))
    assert ended.code == 0, ended.out + ended.err
    lines = ended.out.splitlines()
    files = [number for number, line in enumerate(lines) if line.startswith(("Deck ", "Report "))]
    said = " ".join(lines[files[-1] + 1 :])
    return project.folder / OUTPUT / ("korean_selected.apkg" if words else "korean.apkg"), unwrapped(said)


def without_export(project: Project) -> None:
    """Make the project one that has never exported anything."""
    shutil.rmtree(project.folder / OUTPUT)
    for path in (project.folder / "data").glob("ledger.db*"):
        path.unlink()


def correct(project: Project) -> None:
    path = project.folder / SAMPLE
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("man, male (formal)", "man, male adult (formal)"), encoding="utf-8")


def test_an_unchanged_deck_of_selected_words_touches_nothing(here: Project, tmp_path: Path) -> None:
    """Also if the words have other cues and other easily confused words than in the whole deck."""
    deck, said = export(here, words="배#1,남성,남자")
    assert said.startswith("An import adds ") and "also in the whole deck" in said
    before = deck.read_bytes()
    with AnkiProfile(tmp_path / "anki") as learner:
        added = learner.import_package(deck)
        assert f"adds {added.new} notes" in said
        learner.edit(learner.note("남성"), tag="mine", Back="my words")
        notes = learner.notes()
        assert export(here, words="배#1,남성,남자")[1] == UNCHANGED and deck.read_bytes() == before
        assert learner.import_package(deck) == Imported(0, 0, added.new, 0) and learner.notes() == notes


@pytest.mark.slow
def test_a_correction_reaches_the_selected_deck_and_each_learner_once(here: Project, tmp_path: Path) -> None:
    """The run says what happens for a learner with only this deck, and for one who has the whole deck, too."""
    selected, _ = export(here, words="남성,남자")
    whole = here.folder / OUTPUT / "korean.apkg"
    with AnkiProfile(tmp_path / "one") as one, AnkiProfile(tmp_path / "both") as both:
        one.import_package(selected)
        both.import_package(whole)
        both.import_package(selected)
        correct(here)
        whole, _ = export(here, "run")
        assert both.import_package(whole).updated
        both.edit(both.note("남성"), tag="mine", Back="my words")
        mine = both.notes()
        selected, said = export(here, words="남성,남자")
        result = one.import_package(selected)
        assert result.updated and f"An import updates {result.updated} note" in said
        if "changes none of them" in said:
            assert both.import_package(selected).updated == 0 and both.notes() == mine
        assert one.note("남성")["Meaning"] == "man, male adult (formal)"
        assert one.import_package(export(here, words="남성,남자")[0]).updated == 0


@pytest.mark.slow
def test_the_whole_deck_keeps_the_times_of_a_deck_of_selected_words_before_it(here: Project, tmp_path: Path) -> None:
    """A learner begins with the first words, edits them, and imports the whole deck later."""
    without_export(here)
    selected, said = export(here, "run", "--yes", words="가르치다,사과")
    with AnkiProfile(tmp_path / "anki") as learner:
        first = learner.import_package(selected)
        assert said == f"An import adds {first.new} notes."
        learner.edit(learner.note("가르치다"), tag="mine", Back="my words")
        whole, said = export(here, "run")
        differing = learner.import_package(whole).updated
        assert f"{first.new} of these notes are also in the deck of selected words." in said
        assert ("changes none of them" if not differing else f"updates {differing} of them") in said
        assert export(here, "run", words="가르치다,사과")[1] == UNCHANGED
        assert learner.import_package(selected).updated == 0
