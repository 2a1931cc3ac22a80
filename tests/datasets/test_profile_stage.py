"""Exports of a profile: all files are replaced together, and earlier exports are kept."""

import json
import threading
from pathlib import Path

import pytest

from korean_flashcards.datasets.profile_stage import (
    MANIFEST_NAME,
    ProfileStage,
    interrupted,
    kept_exports,
    profile_lock,
    read_manifest,
)
from korean_flashcards.domain.errors import ExportError


def staged(folder: Path, number: int, **files: str) -> ProfileStage:
    """Write new files to the stage of an export, as the datasets of the formats do."""
    stage = ProfileStage(number, folder, list(files), "kedro export run sheet")
    for name, text in files.items():
        new = stage.staged(folder / name)
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text)
    return stage


def manifest(number: int, *names: str) -> bytes:
    files = [{"name": name} for name in names]
    return json.dumps({"export": number, "created_at": f"2026-11-30T00:00:{number:02}Z", "files": files}).encode()


def export(folder: Path, number: int, keep: int = 5, **files: str) -> None:
    stage = staged(folder, number, **files)
    stage.finish(manifest(number, *files), keep)
    stage.discard()


def shown(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir() if file.is_file() and file.name != MANIFEST_NAME}


def test_files_that_the_new_export_does_not_write_are_moved_away_with_the_previous_ones(tmp_path: Path) -> None:
    export(tmp_path, 1, **{"noun.csv": "one", "verb.csv": "one"})
    (tmp_path / "my notes.txt").write_text("mine")
    export(tmp_path, 2, **{"noun.csv": "two"})
    assert shown(tmp_path) == {"noun.csv": "two", "my notes.txt": "mine"}
    (kept,) = kept_exports(tmp_path)
    assert kept.name == "2026-11-30_00-00-01_1" and shown(kept) == {"noun.csv": "one", "verb.csv": "one"}
    assert read_manifest(kept)["export"] == 1 and read_manifest(tmp_path)["export"] == 2


def test_only_the_last_exports_are_kept(tmp_path: Path) -> None:
    for number in range(1, 6):
        export(tmp_path, number, keep=2, **{"cards.csv": str(number)})
    assert [shown(kept) for kept in kept_exports(tmp_path)] == [{"cards.csv": "4"}, {"cards.csv": "3"}]
    export(tmp_path, 6, keep=0, **{"cards.csv": "6"})
    assert kept_exports(tmp_path) == []


def test_files_of_people_and_links_in_earlier_exports_stay(tmp_path: Path) -> None:
    folder, outside = tmp_path / "sheet", tmp_path / "outside"
    export(folder, 1, **{"a.csv": "one", "b.csv": "one"})
    export(folder, 2, **{"a.csv": "two"})
    (first,) = kept_exports(folder)
    outside.mkdir()
    (outside / "a.csv").write_text("mine")
    (outside / "manifest.json").write_bytes(manifest(1, "a.csv"))
    (first / "notes.txt").write_text("mine")
    (first / "b.csv").unlink()
    (first / "b.csv").symlink_to(outside / "a.csv")
    (folder / "previous/2026-01-01_00-00-00_9").symlink_to(outside)
    export(folder, 3, keep=0, **{"a.csv": "three"})
    assert {path.name for path in first.iterdir()} == {"notes.txt", "b.csv"}
    assert (outside / "a.csv").read_text() == "mine" and (outside / "manifest.json").exists()
    (folder / "previous").rename(outside / "previous")
    (folder / "previous").symlink_to(outside / "previous")
    assert kept_exports(folder) == []


def test_an_export_killed_before_its_manifest_leaves_the_previous_files(tmp_path: Path) -> None:
    export(tmp_path, 1, **{"cards.csv": "one"})
    staged(tmp_path, 2, **{"cards.csv": "two"})
    (left,) = interrupted(tmp_path, "")
    assert not left.released
    left.discard()
    assert shown(tmp_path) == {"cards.csv": "one"} and not list(interrupted(tmp_path, ""))


@pytest.mark.parametrize("moment", ["copied", "replaced"])
def test_an_export_killed_while_it_replaces_files_is_finished(
    tmp_path: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(tmp_path, 1, **{"a.csv": "one", "b.csv": "one"})
    stage = staged(tmp_path, 2, **{"a.csv": "two"})

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(ProfileStage, "_replace" if moment == "copied" else "_prune", die)
        with pytest.raises(Killed):
            stage.finish(manifest(2, "a.csv"), 5)
    (left,) = interrupted(tmp_path, "")
    assert left.released and left.number == 2
    left.release()
    left.discard()
    assert shown(tmp_path) == {"a.csv": "two"} and read_manifest(tmp_path)["export"] == 2
    assert shown(kept_exports(tmp_path)[0]) == {"a.csv": "one", "b.csv": "one"}


def test_a_file_that_cannot_be_replaced_leaves_all_previous_files(tmp_path: Path) -> None:
    export(tmp_path, 1, **{"a.csv": "one"})
    (tmp_path / "b.csv").mkdir()
    stage = staged(tmp_path, 2, **{"a.csv": "two", "b.csv": "two"})
    with pytest.raises(ExportError, match=r"b\.csv cannot be replaced: it is a folder.*`kedro export run sheet`"):
        stage.finish(manifest(2, "a.csv", "b.csv"), 5)
    assert shown(tmp_path) == {"a.csv": "one"} and kept_exports(tmp_path) == []
    assert not next(interrupted(tmp_path, "")).released, "the next export does not try again"


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"\xff", b'{"export": 1, "files": [{"name": "../x"}]}', b'{"files": 3}']
)
def test_a_damaged_manifest_counts_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / MANIFEST_NAME).write_bytes(content)
    assert read_manifest(tmp_path)["files"] == []
    export(tmp_path, 1, **{"a.csv": "one"})
    assert (kept_exports(tmp_path)[0] / MANIFEST_NAME).read_bytes() == content


def test_only_one_process_at_a_time_has_the_lock_of_a_profile(tmp_path: Path) -> None:
    held, free, found = threading.Event(), threading.Event(), []

    def hold() -> None:
        with profile_lock(tmp_path / "sheet"):
            held.set()
            free.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    with profile_lock(tmp_path / "sheet", wait=False) as mine:
        found.append(mine)
    with profile_lock(tmp_path / "other", wait=False) as mine:
        found.append(mine)
    free.set()
    thread.join()
    with profile_lock(tmp_path / "sheet", wait=False) as mine:
        found.append(mine)
    assert found == [False, True, True]


def test_a_file_in_the_place_of_the_folder_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "sheet").write_text("x")
    message = r"sheet cannot be written: .*Nothing was exported\..*run the same command"
    with pytest.raises(ExportError, match=message), profile_lock(tmp_path / "sheet"):
        pass
