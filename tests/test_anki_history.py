"""The times and GUIDs of notes survive lost and restored ledgers, killed exports, wrong clocks, and old projects."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from support.anki import AnkiProfile, Imported
from support.commands import ProjectHere
from support.model_server import ModelServer
from support.old_project import FIXTURE, note_guids, old_project
from support.project import Project, unwrapped

from korean_flashcards.formats.anki_note import guid

OUTPUT = "data/07_model_output"
DECK = f"{OUTPUT}/korean.apkg"
SAMPLE = "data/01_raw/sample_words.csv"
EXPORT = ("run", "--pipeline=export")
PROJECT_ID = "conf/base/project.yml"


@pytest.fixture
def here(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the finished project. Its commands run in this process."""
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
    return ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)


def run(project: Project, *args: str, code: int = 0) -> bytes:
    """Run a command and return the deck's bytes."""
    ended = project.kedro(*args)
    assert ended.code == code, ended.out + ended.err
    return (project.folder / DECK).read_bytes()


def correct(project: Project, before: str, after: str) -> None:
    path = project.folder / SAMPLE
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


def change_ledger(project: Project, statement: str) -> None:
    with closing(sqlite3.connect(project.folder / "data/ledger.db")) as connection, connection:
        connection.execute(statement)


@pytest.mark.slow
def test_a_ledger_that_is_built_from_nothing_gets_the_times_from_the_manifest(here: Project) -> None:
    correct(here, "This company has more male employees.", "There are more men in this company.")
    before = run(here, "run")
    for path in (here.folder / "data").glob("ledger.db*"):
        path.unlink()
    ended = here.kedro("run", "--yes")
    assert ended.out.endswith("No note has changed since the last export.\n"), ended.out
    assert (here.folder / DECK).read_bytes() == before
    assert here.ledger("SELECT count(*) FROM exported_notes WHERE changed_at > created_at") != [(0,)]


@pytest.mark.slow
def test_a_ledger_that_is_restored_from_a_backup_gets_newer_times_from_the_manifest(here: Project) -> None:
    here = Project(here.folder)  # A ledger that this process has opened could not be replaced.
    assert here.kedro("db", "backup").code == 0
    correct(here, "This company has more male employees.", "There are more men in this company.")
    before = run(here, "run")
    assert here.kedro("db", "restore", "--yes").code == 0
    assert here.ledger("SELECT count(*) FROM exported_notes WHERE changed_at > created_at") == [(0,)]
    assert run(here, "run") == before


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["lost", "restored"])
def test_homographs_keep_their_schedules_if_the_ledger_does_not_know_them(
    here: Project, tmp_path: Path, loss: str
) -> None:
    """The list has other words and another order when it is imported into a new ledger or into an older backup."""
    here = Project(here.folder) if loss == "restored" else here
    path = here.folder / SAMPLE
    header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    late = [row for row in rows if ",밤," in row or ",배," in row]
    path.write_text(header + "".join(row for row in rows if row not in late), encoding="utf-8")
    for file in (here.folder / "data").glob("ledger.db*"):
        file.unlink()
    shutil.rmtree(here.folder / OUTPUT)
    run(here, "run", "--yes")
    assert here.kedro("db", "backup").code == 0
    path.write_text(header + "".join(rows), encoding="utf-8")
    run(here, "run")
    with AnkiProfile(tmp_path / "anki") as learner:
        learner.import_package(here.folder / DECK)
        meanings = {key: meaning for key, meaning in by_key(learner, "Meaning").items() if key[0] in "밤배"}
        assert len(meanings) > 5
        if loss == "restored":
            assert here.kedro("db", "restore", "--yes").code == 0
        else:
            shutil.rmtree(here.folder / "data/backups", ignore_errors=True)
            for file in (here.folder / "data").glob("ledger.db*"):
                file.unlink()
        path.write_text(header + "".join(reversed(rows)), encoding="utf-8")
        run(here, "run", "--yes")
        assert learner.import_package(here.folder / DECK).new == 0
        assert {key: meaning for key, meaning in by_key(learner, "Meaning").items() if key[0] in "밤배"} == meanings


def by_key(learner: AnkiProfile, field: str) -> dict[str, str]:
    """Return a field of each note, by the note's key."""
    notes = map(learner.collection.get_note, learner.collection.find_notes(""))
    return {note["Key"]: note[field] for note in notes}


@pytest.mark.slow
def test_a_meaning_that_is_corrected_after_the_ledger_was_lost_stays_the_meaning_of_its_word(here: Project) -> None:
    """As if the ledger had not been lost. A word that left the list in the meantime is named."""
    path = here.folder / SAMPLE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if ",가르치다," not in line), encoding="utf-8")
    correct(here, "man, male (formal)", "man, male adult (formal)")
    for file in (here.folder / "data").glob("ledger.db*"):
        file.unlink()
    ended = here.kedro("run", "--yes")
    said = unwrapped(ended.out)
    assert here.ledger("SELECT item_id FROM vocabulary_items WHERE term = '남성'") == [("남성#1",)]
    assert "An import updates " in said and "no longer in the deck, and Anki keeps" in said, said
    assert "adds" not in said
    assert re.search(r"no longer in the deck: \d notes \(가르치다\)", here.kedro("export", "changes").out)


@pytest.mark.slow
def test_a_lost_manifest_changes_nothing(here: Project) -> None:
    before = (here.folder / DECK).read_bytes()
    shutil.rmtree(here.folder / OUTPUT)
    assert run(here, *EXPORT) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "content", [b"", b"[", b'{"notes": 1}', b'[{"notes": [{"guid": "aa"}]}]', b"\xff", b'[{"notes": 5}]']
)
def test_a_damaged_manifest_changes_nothing(here: Project, content: bytes) -> None:
    before = (here.folder / DECK).read_bytes()
    (here.folder / OUTPUT / "manifest.json").write_bytes(content)
    assert run(here, *EXPORT) == before
    json.loads((here.folder / OUTPUT / "manifest.json").read_bytes())


@pytest.mark.slow
def test_a_corrected_note_is_newer_even_if_the_clock_was_set_back(here: Project, tmp_path: Path) -> None:
    """The previous export was made with a clock that was a day ahead."""
    ahead = "CAST(strftime('%s', 'now') AS INTEGER) + 86400"
    change_ledger(here, f"UPDATE exported_notes SET created_at = {ahead}, changed_at = {ahead}")
    change_ledger(here, f"UPDATE exported_note_types SET changed_at = {ahead}")
    with AnkiProfile(tmp_path / "anki") as learner:
        run(here, *EXPORT)
        count = learner.import_package(here.folder / DECK).new
        correct(here, "man, male (formal)", "man, male adult (formal)")
        run(here, "run")
        result = learner.import_package(here.folder / DECK)
        assert result == Imported(0, result.updated, count - result.updated, 0) and result.updated
        assert learner.note("남성")["Meaning"] == "man, male adult (formal)"


@pytest.mark.slow
def test_a_killed_export_that_the_next_run_finishes_is_recorded_with_its_times(here: Project) -> None:
    correct(here, "This company has more male employees.", "There are more men in this company.")
    before = run(here, "run")
    folder = here.folder / OUTPUT / ".export-20261129T100000Z-0badc0de"
    folder.mkdir()
    for name in ("korean.apkg", "anki_notes.txt", "cards.tsv", "cards.json", "manifest.json"):
        shutil.move(here.folder / OUTPUT / name, folder / name)
    for table in ("exported_items", "exported_notes", "exported_note_types"):
        change_ledger(here, f"DELETE FROM {table}")
    assert run(here, "run", "--pipeline=reporting") == before
    (here.folder / OUTPUT / "manifest.json").unlink()
    assert run(here, *EXPORT) == before


DAMAGED = ("", "project_id:", "project_id: [", "project_id: UPPER", "project_id: {a: 1}", "- 1", "project_id: abc")


@pytest.mark.parametrize("text", [DAMAGED[0], *(pytest.param(each, marks=pytest.mark.slow) for each in DAMAGED[1:])])
def test_a_damaged_project_id_stops_the_export_in_one_sentence(here: Project, text: str) -> None:
    before = (here.folder / DECK).read_bytes()
    (here.folder / PROJECT_ID).write_text(text, encoding="utf-8")
    ended = here.kedro(*EXPORT)
    said = unwrapped(ended.err)
    assert ended.code == 1 and f"{PROJECT_ID} " in said and "Restore the file from your repository" in said, said
    assert "Traceback" not in said and (here.folder / DECK).read_bytes() == before


@pytest.mark.slow
def test_a_project_id_that_cannot_be_written_stops_the_export_in_one_sentence(here: Project) -> None:
    """The folder conf/base is a read-only place for everybody but root, so a folder takes the file's place here."""
    before = (here.folder / DECK).read_bytes()
    (here.folder / PROJECT_ID).unlink()
    (here.folder / PROJECT_ID).mkdir()
    ended = here.kedro(*EXPORT)
    said = unwrapped(ended.err)
    assert ended.code == 1 and PROJECT_ID in said and "Traceback" not in said and "Errno" not in said, said
    assert (here.folder / DECK).read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("value", ["1234", "012345", "12e4", "0x10", "null-and-void", "1-2-3-4"])
def test_an_id_that_yaml_would_read_as_a_number_stays_the_same(here: Project, value: str) -> None:
    """Also without quotation marks, as a user may write it."""
    (here.folder / PROJECT_ID).write_text(f"project_id: '{value}'\n", encoding="utf-8")
    (here.folder / SAMPLE).open("a", encoding="utf-8").write("999,두루마리,noun,a scroll,,,,,,\n")
    run(here, "run")
    assert here.ledger("SELECT project_id FROM exported_items WHERE term = '두루마리'") == [(value,)]


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return the project from before the restructuring, after one run that sends no requests."""
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    project = ProjectHere(old_project(tmp_path / "old").folder, monkeypatch)
    run(project, "run", "--params", "llm.cache_only=true", code=2)
    return project


@pytest.mark.slow
def test_an_old_project_exports_the_same_deck_again_and_keeps_its_guids(old: Project) -> None:
    before = (old.folder / DECK).read_bytes()
    assert note_guids(old.folder / DECK) == note_guids(FIXTURE / "korean.apkg")
    assert run(old, *EXPORT, code=2) == before
    assert old.ledger("SELECT DISTINCT project_id FROM exported_items") == [(None,)]
    assert old.ledger("SELECT DISTINCT changes FROM exported_notes") == [("note type",)]
    assert (old.folder / PROJECT_ID).is_file()


@pytest.mark.slow
def test_a_card_that_an_old_release_never_exported_counts_as_new(old: Project) -> None:
    """Its word was exported before."""
    assert old.kedro("review", "approve", "배#2", "--card", "Scene").code == 0
    ended = old.kedro("run", "--pipelines=quality,export", "--params=llm.cache_only=true")
    assert "An import adds 1 note. `kedro export changes` lists them." in unwrapped(ended.out), ended.out + ended.err
    assert old.kedro("export", "changes").out.splitlines()[1:] == ["new: 1 note (배#2)"]


@pytest.mark.slow
def test_the_manifest_of_an_old_release_is_enough_to_keep_the_guids(old: Project) -> None:
    """The old manifest does not list the notes, but cards.json lists the words. The ledger is lost."""
    path = old.folder / OUTPUT / "manifest.json"
    rows = json.loads(path.read_bytes())
    path.write_text(json.dumps([{k: v for k, v in row.items() if not k.startswith("note")} for row in rows]), "utf-8")
    for file in (old.folder / "data").glob("ledger.db*"):
        file.unlink()
    ended = old.kedro("run", "--yes", "--params", "llm.cache_only=true")
    assert ended.code == 2, ended.err
    # The rejected card is back, because the lost ledger had the review.
    assert note_guids(old.folder / DECK) > note_guids(FIXTURE / "korean.apkg")
    assert old.ledger("SELECT DISTINCT project_id FROM exported_items") == [(None,)]


@pytest.mark.slow
def test_a_new_card_of_a_word_that_was_exported_before_project_ids_has_none(old: Project) -> None:
    """A reviewer had rejected the card, so it was never exported. A new word has the project's ID."""
    assert old.kedro("review", "approve", "배#2", "--card", "Scene").code == 0
    (old.folder / "data/01_raw/new.csv").write_text("term,definition\n새벽,dawn\n", encoding="utf-8")
    with ModelServer() as server:
        run(old, "run", "--params", f"llm.api_base={server.url}", code=2)
    guids = note_guids(old.folder / DECK)
    project_id = yaml.safe_load((old.folder / PROJECT_ID).read_text(encoding="utf-8"))["project_id"]
    assert (
        note_guids(FIXTURE / "korean.apkg") | {guid("배#2", "Scene", None), guid("새벽#1", "Scene", project_id)} < guids
    )
