"""Test `kedro export`: it writes the deck, lists what the next import changes, and changes the project ID."""

import json
import re
from pathlib import Path

import pytest
from support.commands import ProjectHere
from support.project import Project, unwrapped

from korean_flashcards.commands.export.import_text import change_lines, import_sentences
from korean_flashcards.domain.exported_notes import ChangedNote, ImportChanges
from korean_flashcards.domain.line_wrap import width

BACK = "A different back, long enough: 남성 means man, and it is the formal word in the news and in surveys."
DECK = "data/07_model_output/korean.apkg"


def changed(changes: str, number: int = 1) -> ChangedNote:
    return ChangedNote("배", number, f"배#{number}", "Scene", f"guid{number}", 1, changes)


@pytest.fixture
def here(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the finished project that a test may change."""
    return ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)


@pytest.mark.parametrize(
    ("notes", "types", "said"),
    [
        ([], 0, ["No note has changed since the last export."]),
        (
            [changed("new")],
            1,
            ["An import adds 1 note. `kedro export changes` lists them.", "The templates or the style"],
        ),
        ([changed("new"), changed("Back")], 0, ["An import adds 1 note and updates 1 note."]),
        ([changed("Back, tags"), changed("Cue")], 0, ["An import updates 2 notes."]),
        (
            [changed("removed"), changed("removed", 2)],
            0,
            ["No note has changed since the last export. 2 notes are no longer in the deck, and Anki keeps them."],
        ),
        ([changed("note type")], 1, ["The notes have moved to version 2 of the note type."]),
    ],
)
def test_a_run_says_what_the_next_import_changes(notes: list[ChangedNote], types: int, said: list[str]) -> None:
    found = list(import_sentences(ImportChanges(notes, types)))
    assert len(found) == len(said)
    assert all(sentence.startswith(start) for sentence, start in zip(found, said, strict=True))


def test_a_run_says_what_an_import_of_the_deck_of_selected_words_changes() -> None:
    notes = [changed("new"), changed("new", 2), changed("Back")]
    assert list(import_sentences(ImportChanges(notes, 0, separate=True))) == [
        "An import adds 2 notes and updates 1 note."
    ]
    (said,) = import_sentences(ImportChanges(notes, 0, separate=True, shared=2, differing=1))
    assert "2 of these notes are also in the whole deck. For a learner who has" in said
    assert said.endswith("imported that deck, the import updates 1 of them.")
    (said,) = import_sentences(ImportChanges(notes, 0, shared=1))
    assert "1 of these notes is also in the deck of selected words." in said
    assert "the import changes none of them. `kedro export changes` lists them." in said
    (said,) = import_sentences(ImportChanges([], 0, separate=True))
    assert said == "No note has changed since the last export of selected words."


def test_updated_notes_are_listed_with_their_fields_and_new_notes_are_counted() -> None:
    notes = [changed("new", 2), changed("Back, tags"), changed("note type", 3), changed("new", 4)]
    assert list(change_lines(notes, 20)) == [
        "corrected: 배 (Scene): Back, tags", "moved to note type version 2: 배#3 (Scene)", "new: 2 notes (배#2, 배#4)",
    ]  # fmt: skip
    assert list(change_lines(notes, 1)) == [
        "corrected: 배 (Scene): Back, tags", "1 more updated note not shown (--limit).",
        "new: 2 notes (배#2, and 1 more word)",
    ]  # fmt: skip


def test_an_unchanged_deck_is_the_same_file(here: Project) -> None:
    before = (here.folder / DECK).read_bytes()
    result = here.kedro("export", "run")
    assert result.code == 0 and result.out.endswith("No note has changed since the last export.\n")
    assert (here.folder / DECK).read_bytes() == before
    found = here.kedro("export", "changes").out
    assert found.startswith("Last changed on ") and "new: 189 notes (남자, 남성, 사과, 사과#2, " in found
    assert all(width(line) <= 80 for line in found.splitlines())
    assert here.kedro("export", "changes", "--since", "1h").out.startswith("new: 189 notes")


@pytest.mark.slow
def test_a_corrected_card_is_listed(here: Project) -> None:
    assert here.kedro("review", "edit", "남성", "--card", "scene", "--field", "back", "--value", BACK).code == 0
    assert here.kedro("run", "--pipelines=quality,export").out.endswith(
        "An import updates 1 note. `kedro export changes` lists them.\n"
    )
    assert here.kedro("export", "changes").out.splitlines()[1:] == ["corrected: 남성 (Scene): Back, tags"]
    (note,) = json.loads(here.kedro("export", "changes", "--json").out)
    assert (note["term"], note["card_type"], note["changes"]) == ("남성", "Scene", "Back, tags")


@pytest.mark.slow
def test_cards_that_leave_the_deck_are_named_until_they_are_back(here: Project) -> None:
    assert here.kedro("review", "reject", "남성", "--card", "scene", "--reason", "Wrong.").code == 0
    left = here.kedro("run", "--pipelines=quality,export")
    assert "1 note is no longer in the deck, and Anki keeps it. `kedro export changes` lists" in unwrapped(left.out)
    assert here.kedro("export", "changes").out.splitlines()[1:] == ["no longer in the deck: 1 note (남성)"]
    assert here.kedro("export", "run").out.endswith("No note has changed since the last export.\n")
    selected = here.kedro("run", "--pipeline=export", "--params=words=배,export.only_selected=true")
    assert "no longer in the deck" not in selected.out, "the whole deck is as it was"
    assert here.kedro("review", "approve", "남성", "--card", "scene").code == 0
    assert "no longer" not in here.kedro("run", "--pipelines=quality,export").out
    assert "no longer" not in here.kedro("export", "changes", "--since", "1h").out


@pytest.mark.slow
def test_nothing_to_list_before_the_first_export(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    here = ProjectHere(project.folder, monkeypatch)
    assert here.kedro("export", "changes").out == "Nothing has been exported yet. `kedro run` exports.\n"
    assert here.kedro("export", "changes", "--since", "1h").out == "No exported note has changed.\n"
    assert here.kedro("export", "project-id").out.startswith("There is no project ID yet.")


def test_the_first_export_writes_a_random_project_id(finished: Project) -> None:
    text = (finished.folder / "conf/base/project.yml").read_text(encoding="utf-8")
    assert re.search(r"^project_id: '[0-9a-f]{12}'$", text, re.MULTILINE)


@pytest.mark.slow
def test_a_new_project_id_leaves_exported_words_alone(here: Project) -> None:
    before = (here.folder / DECK).read_bytes()
    refused = here.kedro("export", "project-id", "my-course")
    assert refused.code == 1 and "Pass --yes to change the project ID." in refused.err
    wrong = here.kedro("export", "project-id", "My course", "--yes")
    assert wrong.code == 1 and "4 to 40 lowercase letters" in unwrapped(wrong.err)
    changed_id = here.kedro("export", "project-id", "my-course", "--yes")
    assert changed_id.out == "The project ID is my-course, in conf/base/project.yml.\n"
    assert here.kedro("export", "project-id").out == "my-course\n"
    assert here.kedro("export", "run").code == 0
    assert (here.folder / DECK).read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "project_id: [", "project_id: A B", "- a", "other: 1"])
def test_a_damaged_project_id_stops_the_export_in_one_sentence(here: Project, text: str) -> None:
    (here.folder / "conf/base/project.yml").write_text(text, encoding="utf-8")
    result = here.kedro("export", "run")
    assert result.code == 1 and "conf/base/project.yml has no valid project ID." in unwrapped(result.err)
    assert "Restore the file from your repository" in unwrapped(result.err)


def test_an_error_of_the_run_is_the_error_of_the_command(here: Project) -> None:
    result = here.kedro("export", "run", "--params", "bogus.x=1")
    assert result.code == 1 and "there is no parameter named 'bogus'" in unwrapped(result.err)
