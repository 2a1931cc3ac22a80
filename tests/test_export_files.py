"""Test that an export's files replace the previous ones together, and that only a complete export is recorded."""

import hashlib
import json
import logging
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from filelock import FileLock
from kedro.io import DataCatalog
from kedro.io.core import DatasetError
from support.commands import ProjectHere
from support.project import Project, kill, unwrapped
from support.small_disk import mounted_disk

from korean_flashcards.datasets.cards_in_file import has_cards
from korean_flashcards.datasets.export_stage import ExportStage, export_stage
from korean_flashcards.datasets.frame import FrameDataset
from korean_flashcards.datasets.manifest import ManifestDataset
from korean_flashcards.datasets.note_types import NoteTypesDataset
from korean_flashcards.datasets.text import TextDataset
from korean_flashcards.files.replace_together import replace_together

FILES = ("korean.apkg", "anki_notes.txt", "cards.tsv", "cards.json", "manifest.json")
DEAD = "20261129T100000Z-0badc0de"  # the ID of a run that was killed
EXPORT_AGAIN = ("run", "--pipeline=export", "--params=export.deck_name=Renamed")


def outputs(project: Project) -> Path:
    return project.folder / "data" / "07_model_output"


def contents(project: Project) -> dict[str, bytes]:
    """Return the content of each exported file that exists, by name."""
    return {name: path.read_bytes() for name in FILES if (path := outputs(project) / name).is_file()}


def forget_exports(project: Project) -> None:
    """Remove the record of exported words, so that a new record is noticed."""
    with closing(sqlite3.connect(project.folder / "data" / "ledger.db")) as connection, connection:
        for table in ("exported_items", "exported_notes", "exported_note_types"):
            connection.execute(f"DELETE FROM {table}")


def exported(project: Project) -> int:
    return int(str(project.ledger("SELECT count(*) FROM exported_items")[0][0]))


def leftovers(project: Project) -> list[str]:
    return [path.name for path in outputs(project).iterdir() if path.name.startswith(".") and path.name != ".gitkeep"]


def belong_together(project: Project) -> bool:
    """Return whether the manifest describes the files that are there."""
    manifest = json.loads((outputs(project) / "manifest.json").read_text(encoding="utf-8"))
    names = dict(zip(("deck", "anki_text", "cards_tsv", "cards_json"), FILES, strict=False))
    return all(
        hashlib.sha256((outputs(project) / names[row["export"]]).read_bytes()).hexdigest() == row["sha256"]
        for row in manifest
    )


@pytest.fixture
def exporting(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the finished project whose ledger has no exported words, and whose next export differs."""
    project = ProjectHere(finished.copied_to(tmp_path / "copy").folder, monkeypatch)
    forget_exports(project)
    manifest = outputs(project) / "manifest.json"
    files = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(
        json.dumps([file | {"notes": None, "note_types": None, "words": None} for file in files]), encoding="utf-8"
    )
    return project


@pytest.mark.parametrize(
    "blocked",
    [
        "korean.apkg",
        pytest.param("cards.json", marks=pytest.mark.slow),
        pytest.param("manifest.json", marks=pytest.mark.slow),
    ],
)
def test_a_file_that_cannot_be_replaced_leaves_the_previous_export(exporting: Project, blocked: str) -> None:
    """A folder has the file's name. The other files keep their content, and no word is recorded as exported."""
    (outputs(exporting) / blocked).unlink()
    (outputs(exporting) / blocked).mkdir()
    before = contents(exporting)
    ended = exporting.kedro(*EXPORT_AGAIN)
    said = unwrapped(ended.err)
    assert (
        ended.code == 1
        and f"{blocked} cannot be replaced: it is a folder, not a file." in said
        and ".export-" not in said
    )
    assert "The files of the previous export are unchanged, and the ledger does not record this export." in said
    assert contents(exporting) == before and exported(exporting) == 0 and leftovers(exporting) == []
    (outputs(exporting) / blocked).rmdir()
    assert exporting.kedro(*EXPORT_AGAIN).code == 0
    after = contents(exporting)
    assert len(after) == 5 and all(after[name] != before.get(name) for name in ("korean.apkg", "anki_notes.txt"))
    assert belong_together(exporting) and exported(exporting) > 100 and leftovers(exporting) == []


def interrupted(project: Project, run_id: str, replaced: list[str]) -> dict[str, bytes]:
    """Leave behind what a run leaves that is killed after it has replaced some of the files. Return its new files."""
    previous = contents(project)
    assert project.kedro(*EXPORT_AGAIN).code == 0
    new = contents(project)
    forget_exports(project)
    folder = outputs(project) / f".export-{run_id}"
    folder.mkdir()
    for name in FILES:
        (folder / name).write_bytes(new[name])
        if name not in replaced:
            (outputs(project) / name).write_bytes(previous[name])
    return new


@pytest.mark.parametrize(
    "replaced",
    [["korean.apkg"], pytest.param([], marks=pytest.mark.slow), pytest.param([*FILES], marks=pytest.mark.slow)],
)
def test_the_next_run_finishes_an_export_that_was_killed(
    exporting: Project, replaced: list[str], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    new = interrupted(exporting, DEAD, replaced)
    with caplog.at_level(logging.INFO, logger="korean_flashcards"):
        ended = exporting.kedro("run", "--pipeline=reporting")
    # The first command in a process configures the logging, and its log is then part of its output or of the process's.
    said = caplog.text + ended.out + ended.err + capfd.readouterr().err
    assert ended.code == 0 and "Finished an export that had been interrupted." in said
    assert contents(exporting) == new and belong_together(exporting)
    assert exported(exporting) == len({card["item_id"] for card in json.loads(new["cards.json"])})
    assert leftovers(exporting) == []


def said_about_the_export(project: Project, code: int) -> bool:
    """Return whether `kedro status` reports an interrupted export, after checking its exit code."""
    result = project.kedro("status")
    assert result.code == code and "Traceback" not in result.err, result.out + result.err
    said = unwrapped(result.out)
    assert ("Everything is done." in said) == (code == 0), said
    return (
        "Export interrupted while it replaced the files. The next `kedro run` finishes it." in said
        and "`kedro run --pipeline=export` finishes the interrupted export, free of charge." in said
    )


@pytest.mark.slow
@pytest.mark.parametrize("replaced", [["korean.apkg"], [], [*FILES]])
def test_the_status_reports_an_export_that_was_killed_until_a_run_finishes_it(
    exporting: Project, replaced: list[str]
) -> None:
    interrupted(exporting, DEAD, replaced)
    assert said_about_the_export(exporting, code=2)
    assert json.loads(exporting.kedro("status", "--json").out)["export_interrupted"] is True
    assert exporting.kedro("run", "--pipeline=reporting").code == 0
    assert not said_about_the_export(exporting, code=0)


@pytest.mark.slow
def test_the_status_reports_only_exports_of_killed_runs_that_had_begun_to_replace_the_files(exporting: Project) -> None:
    folder = outputs(exporting) / f".export-{DEAD}"
    folder.mkdir()
    shutil.copy(outputs(exporting) / "cards.tsv", folder / "korean.apkg")
    assert not said_about_the_export(exporting, code=0)
    shutil.copy(outputs(exporting) / "manifest.json", folder)
    assert said_about_the_export(exporting, code=2)


@pytest.mark.slow
def test_the_status_reports_no_export_that_a_run_is_writing(exporting: Project) -> None:
    interrupted(exporting, DEAD, ["korean.apkg"])
    with FileLock(exporting.folder / "data" / ".runs" / f"{DEAD}.lock"):
        assert "Export " not in exporting.kedro("status").out
    assert said_about_the_export(exporting, code=2)


@pytest.mark.slow
def test_files_of_an_export_that_was_killed_before_it_was_complete_are_deleted(exporting: Project) -> None:
    folder = outputs(exporting) / f".export-{DEAD}"
    folder.mkdir()
    shutil.copy(outputs(exporting) / "cards.tsv", folder / "korean.apkg")
    before = contents(exporting)
    assert exporting.kedro("run", "--pipeline=reporting").code == 0
    assert contents(exporting) == before and leftovers(exporting) == [] and exported(exporting) == 0


@pytest.mark.slow
def test_an_unfinished_export_that_cannot_be_finished_names_the_command(
    exporting: Project, caplog: pytest.LogCaptureFixture
) -> None:
    interrupted(exporting, DEAD, ["anki_notes.txt"])
    (outputs(exporting) / "cards.tsv").unlink()
    (outputs(exporting) / "cards.tsv").mkdir()
    exporting.kedro("run", "--pipeline=reporting")
    assert "cards.tsv cannot be replaced: it is a folder, not a file." in caplog.text
    assert "Run `kedro run --pipeline=export` to write them again." in caplog.text and ".export-" not in caplog.text
    (outputs(exporting) / "cards.tsv").rmdir()
    assert exporting.kedro(*EXPORT_AGAIN).code == 0 and belong_together(exporting)


@pytest.mark.slow
def test_two_exports_at_the_same_time_leave_files_that_belong_together(exporting: Project) -> None:
    """Both write the same cards. The files and the manifest come from the same run."""
    project = Project(exporting.folder)
    both = [project.start(*EXPORT_AGAIN) for _ in range(2)]
    ended = [process.communicate(timeout=300)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    assert belong_together(project) and leftovers(project) == [] and exported(project) > 100


def test_a_layer_that_a_simultaneous_export_replaces_does_not_change_in_an_active_export(tmp_path: Path) -> None:
    """The notes of two runs differ in their times, so a run must verify its files with its own notes."""
    (tmp_path / "manifest.json").write_text("[]", encoding="utf-8")
    runs = [DataCatalog(staged_datasets(tmp_path)) for _ in range(2)]
    stages = []
    for number, catalog in enumerate(runs):
        stage = export_stage(catalog, f"run{number}", tmp_path / "ledger.db")
        assert stage is not None
        stages.append(stage.used_by(catalog))
        catalog["anki_notes"].save(pl.DataFrame({"changed_at": [number]}))
        catalog["note_types"].save([number])
    for number, catalog in enumerate(runs):
        assert catalog["anki_notes"].load()["changed_at"].to_list() == [number]
        assert catalog["note_types"].load() == [number]
    stages[1].discard()
    (stages[0].staged(tmp_path / "manifest.json")).write_text("[]", encoding="utf-8")
    stages[0].release()
    assert pl.read_parquet(tmp_path / "notes.parquet")["changed_at"].to_list() == [0]


def staged_datasets(folder: Path) -> dict[str, Any]:
    return {
        "anki_notes": FrameDataset(filepath=str(folder / "notes.parquet")),
        "note_types": NoteTypesDataset(filepath=str(folder / "types.pkl")),
        "export_manifest": ManifestDataset(filepath=str(folder / "manifest.json"), columns=["export"]),
    }


@pytest.mark.slow
def test_an_export_of_a_profile_reads_layers_that_belong_together(exporting: Project) -> None:
    """It waits while a run replaces them, and finishes an export that was killed meanwhile."""
    interrupted(exporting, DEAD, ["anki_notes.txt"])
    command = ("export", "run", "--format", "csv", "--limit", "5")
    (exporting.folder / "data/.runs").mkdir(exist_ok=True)
    with FileLock(exporting.folder / "data/.runs/export"):
        waiting = Project(exporting.folder).start(*command)
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(timeout=6)
    assert waiting.wait(timeout=60) == 0
    assert belong_together(exporting) and leftovers(exporting) == []


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.3])
def test_files_belong_together_after_a_kill_and_the_next_run(exporting: Project, seconds: float) -> None:
    """The process is killed at different times after it began to write the new files."""
    process = Project(exporting.folder).start(*EXPORT_AGAIN)
    while process.poll() is None and not any(name.startswith(".export-") for name in leftovers(exporting)):
        time.sleep(0.001)
    time.sleep(seconds)
    kill(process)
    assert exporting.kedro("run", "--pipeline=reporting").code == 0
    assert belong_together(exporting) and leftovers(exporting) == []


def files_in(folder: Path, **texts: str) -> dict[str, Path]:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {name: folder / name for name in texts}


@pytest.mark.parametrize("hard_links", [True, False])
def test_previous_files_are_put_back_and_the_new_ones_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hard_links: bool
) -> None:
    """The third file cannot be replaced. The second one did not exist before."""
    if not hard_links:
        monkeypatch.setattr(
            Path, "hardlink_to", lambda *_: (_ for _ in ()).throw(OSError(1, "Operation not permitted"))
        )
    new, old = files_in(tmp_path / "new", a="new a", b="new b", c="new c"), files_in(tmp_path, a="old a")
    (tmp_path / "c").mkdir()
    pairs = {tmp_path / name: path for name, path in new.items()}
    with pytest.raises(OSError, match="Is a directory") as failed:
        replace_together(pairs)
    assert failed.value.filename == str(tmp_path / "c")
    assert old["a"].read_text() == "old a" and not (tmp_path / "b").exists()
    (tmp_path / "c").rmdir()
    for _ in range(2):  # a repetition has the same result
        replace_together(pairs)
        assert [(tmp_path / name).read_text() for name in "abc"] == ["new a", "new b", "new c"]


def staged_text(folder: Path, run_id: str = "1") -> TextDataset:
    """Return a dataset whose new file is staged in the folder."""
    dataset = TextDataset(filepath=str(folder / "cards.tsv"))
    dataset.stage = ExportStage(run_id, {"cards_tsv": dataset.path}, folder / "lock")
    return dataset


@pytest.mark.slow
def test_an_empty_deck_does_not_replace_a_deck_with_cards(exporting: Project) -> None:
    """Every card has been dropped from the released cards. After the files are moved away, empty ones are exported."""
    (path,) = exporting.folder.glob("data/0*/released_flashcards.parquet")
    held = exporting.frame("held_flashcards")
    released = exporting.frame("released_flashcards")
    both = pl.concat([held, released.with_columns(held_as=pl.lit("rejected"))], how="diagonal").select(held.columns)
    both.write_parquet(path.with_name("held_flashcards.parquet"))
    released.clear().write_parquet(path)
    before = contents(exporting)
    ended = exporting.kedro("run", "--pipeline=export")
    assert ended.code == 2 and "Incomplete: No card is ready for the deck" in ended.err, ended.out + ended.err
    assert "`kedro status`" in ended.err and contents(exporting) == before and exported(exporting) == 0
    assert leftovers(exporting) == []
    for name in FILES:
        (outputs(exporting) / name).unlink()
    exporting.kedro("run", "--pipeline=export")
    assert belong_together(exporting) and (outputs(exporting) / "cards.json").read_bytes() == b"[]"


def test_a_staged_file_is_loaded_by_its_run_and_the_previous_one_by_others(tmp_path: Path) -> None:
    TextDataset(filepath=str(tmp_path / "cards.tsv")).save("old")
    dataset = staged_text(tmp_path)
    dataset.save("new")
    assert dataset.load() == "new" and (tmp_path / "cards.tsv").read_text() == "old"
    assert TextDataset(filepath=str(tmp_path / "cards.tsv")).load() == "old"


def test_a_folder_that_cannot_be_written_is_named_in_one_message(tmp_path: Path) -> None:
    """A file has the folder's name, which also stops root."""
    (tmp_path / "output").write_text("a file", encoding="utf-8")
    with pytest.raises(
        DatasetError, match=r"The new cards\.tsv cannot be written to \S+/output: a folder in its path is a file\. The"
    ):
        staged_text(tmp_path / "output").save("new")


def test_a_full_disk_during_an_export_leaves_the_previous_file(small_disk: Path) -> None:
    (small_disk / "cards.tsv").write_text("old", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"the disk is full\. The files of the previous export are unchanged"):
        staged_text(small_disk).save("x" * 2_000_000)
    assert (small_disk / "cards.tsv").read_text() == "old"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Yield an empty disk of 1 MB."""
    with mounted_disk(tmp_path / "disk", "size=1m") as disk:
        yield disk


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["korean.apkg", "anki_notes.txt", "cards.tsv", "cards.json"])
def test_a_file_with_cards_is_not_replaced_by_an_empty_one(exporting: Project, kept: str) -> None:
    """The other files were moved away, or an earlier export was empty."""
    for name in ("released_flashcards", "held_flashcards", "flashcards"):
        (path,) = exporting.folder.glob(f"data/0*/{name}.parquet")
        pl.read_parquet(path).clear().write_parquet(path)
    for name in FILES:
        (outputs(exporting) / name).unlink() if name != kept else None
    before = contents(exporting)
    ended = exporting.kedro("run", "--pipeline=export")
    assert ended.code == 2 and f"an empty file would replace data/07_model_output/{kept}." in unwrapped(ended.err)
    assert contents(exporting) == before and leftovers(exporting) == []
    (outputs(exporting) / kept).unlink()
    assert exporting.kedro("run", "--pipeline=export").code == 2
    assert not any(has_cards(outputs(exporting) / name) for name in contents(exporting) if name != "manifest.json")
    assert exporting.kedro("run", "--pipeline=export").code == 2, "an empty deck may be replaced by an empty one"
