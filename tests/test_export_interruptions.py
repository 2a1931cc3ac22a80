"""Kill exports of profiles at any moment, and start two at once: the files always belong to one complete export."""

import hashlib
import json
import random
import shutil
import time
from pathlib import Path

import pytest
from support.commands import ProjectHere
from support.project import Project, kill
from support.small_disk import mounted_disk

pytestmark = pytest.mark.slow
FOLDER = "data/07_model_output/exports/sheet"


@pytest.fixture
def copy(finished: Project, tmp_path: Path) -> Project:
    """Return a copy of the finished project with a profile that writes several files."""
    copy = finished.copied_to(tmp_path / "project")
    (copy.folder / "conf/base/exports/sheet.yml").write_text("format: [markdown, apkg, csv]\nsplit: level\n")
    return copy


def complete_export(copy: Project) -> dict[str, object]:
    """Return the manifest, after checking that the folder has exactly its files."""
    folder = copy.folder / FOLDER
    found: dict[str, object] = json.loads((folder / "manifest.json").read_bytes())
    listed = {file["name"]: file["sha256"] for file in found["files"]}  # type: ignore[attr-defined]
    names = [path.name for path in folder.iterdir() if path.is_file() and path.name[0] != "."]
    hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    assert {**listed, "manifest.json": hashes["manifest.json"]} == hashes
    return found


def test_a_killed_export_leaves_the_previous_files(copy: Project) -> None:
    started = time.monotonic()
    assert copy.kedro("export", "run", "sheet").code == 0
    seconds = time.monotonic() - started
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    moments = random.Random(seed)
    for index in range(8):
        before = json.loads((copy.folder / FOLDER / "manifest.json").read_bytes())["export"]
        process = copy.start("export", "run", "sheet", "--limit", str(index % 3 * 20 + 20))
        # Most kills come near the end, when files are written and replaced.
        time.sleep(seconds * moments.triangular(0.3, 1.1, 0.9))
        kill(process)
        # Killed within the milliseconds in which the files are replaced: the next export finishes that.
        if not list((copy.folder / FOLDER).glob(".export-*/manifest.json")):
            assert complete_export(copy)["export"] >= before  # type: ignore[operator]
    after = copy.kedro("export", "run", "sheet", "--limit", "30")
    assert after.code == 0, after.err
    assert complete_export(copy)["cards"] == 30
    assert not list((copy.folder / FOLDER).glob(".export-*"))
    states = dict(copy.ledger("SELECT state, count(*) FROM export_history WHERE profile = 'sheet' GROUP BY state"))
    assert "running" not in states and "failed" not in states


def test_two_exports_of_one_profile_at_once_do_not_mix(copy: Project) -> None:
    processes = [copy.start("export", "run", "sheet", "--limit", str(limit)) for limit in (10, 40, 80)]
    results = [(process.communicate(timeout=300), process.returncode) for process in processes]
    assert [code for _, code in results] == [0, 0, 0], results
    assert complete_export(copy)["cards"] in (10, 40, 80)
    kept = sorted((copy.folder / FOLDER / "previous").iterdir())
    manifests = [json.loads((folder / "manifest.json").read_bytes()) for folder in kept]
    assert sorted([complete_export(copy)["cards"], *(each["cards"] for each in manifests)]) == [10, 40, 80]  # type: ignore[type-var]
    for folder, found in zip(kept, manifests, strict=True):
        assert {file.name for file in folder.iterdir()} == {*(file["name"] for file in found["files"]), "manifest.json"}
    assert copy.ledger("SELECT count(*) FROM export_history WHERE profile = 'sheet' AND state = 'complete'") == [(3,)]


@pytest.mark.parametrize("room", [40_000, 400_000])
def test_a_full_disk_leaves_the_previous_files(
    finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    """The disk of the exports is full when the first file, or a later one, is written."""
    copy = finished.copied_to(tmp_path / "project")
    here = ProjectHere(copy.folder, monkeypatch)
    (copy.folder / "conf/base/exports/sheet.yml").write_text("format: [csv, json, markdown, jsonl, anki_text]\n")
    shutil.rmtree(copy.folder / "data/07_model_output/exports", ignore_errors=True)
    with mounted_disk(copy.folder / "data/07_model_output/exports", "size=5m") as disk:
        try:
            assert here.kedro("export", "run", "sheet", "--limit", "5").code == 0
            filler = disk / "filler"
            filler.write_bytes(b"\0" * (shutil.disk_usage(disk).free - room))
            result = here.kedro("export", "run", "sheet")
            assert result.code == 1 and "the disk is full" in result.err and "[Errno" not in result.err, result.err
            assert result.err.count("\n") == 1 and "`kedro export run sheet`" in result.err, result.err
            assert complete_export(copy)["cards"] == 5
            filler.unlink()
            assert here.kedro("export", "run", "sheet").code == 0
            assert complete_export(copy)["cards"] == 189
        finally:
            monkeypatch.chdir("/")
