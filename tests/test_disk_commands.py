"""Test `kedro disk`: it shows where the space goes, and frees only what can be written again."""

import json
from pathlib import Path

import pytest
from support.commands import ProjectHere
from support.project import Project

from korean_flashcards.domain.line_wrap import width

pytestmark = pytest.mark.slow
OUTPUT = "data/07_model_output"


@pytest.fixture
def here(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the finished project that a test may change."""
    return ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)


def files(here: Project) -> dict[str, bytes]:
    return {str(path.relative_to(here.folder)): path.read_bytes() for path in here.folder.rglob("*") if path.is_file()}


def test_the_space_of_all_files_is_shown(here: Project) -> None:
    shown = here.kedro("disk", "show").out
    assert all(width(line) <= 80 for line in shown.splitlines()) and "`kedro disk free` can free 0 bytes." in shown
    found = json.loads(here.kedro("disk", "show", "--json").out)
    total = sum(place["bytes"] for place in found["places"])
    lock_files = {".lock", ".runs"}
    data = [path for path in (here.folder / "data").rglob("*") if path.is_file() and not lock_files & set(path.parts)]
    one_each = {path.stat().st_ino: path.stat().st_size for path in data}
    assert abs(total - sum(one_each.values())) < 200_000, "the ledger's temporary files come and go"


def test_only_files_that_can_be_written_again_are_removed(here: Project) -> None:
    (here.folder / "conf/base/exports/sheet.yml").write_text("format: markdown\nlimit: 5\n")
    for _ in range(2):
        assert here.kedro("export", "run", "sheet").code == 0
    before = files(here)
    spare = {
        f"{OUTPUT}/.export-killed/korean.apkg", f"{OUTPUT}/exports/sheet/.export-99/sheet.md",
        f"{OUTPUT}/.cards.tsv.0123abcd.tsv", "logs/run.log", "info.log", f"{OUTPUT}/exports/.history/77-x.parquet",
        "data/08_reporting/data_docs/nuance/2020-01-01.html", "data/08_reporting/data_docs/nuance/2020-01-01.json",
    }  # fmt: skip
    kept = {f"{OUTPUT}/.export-interrupted/manifest.json", f"{OUTPUT}/exports/mine.txt", "notes.txt"}
    for name in spare | kept:
        (here.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (here.folder / name).write_text("x")
    rehearsed = here.kedro("disk", "free", "--dry-run")
    assert rehearsed.code == 0 and rehearsed.out.endswith("Nothing was removed.\n") and spare <= set(files(here))
    refused = here.kedro("disk", "free")
    assert refused.code == 1 and "Pass --yes to remove these files." in refused.err and spare <= set(files(here))
    assert here.kedro("disk", "free", "--yes").code == 0
    after = files(here)
    removed = set(before) - set(after)
    assert not spare & set(after) and kept <= set(after)
    assert removed and all("/previous/" in name or "/.history/" in name for name in removed)
    assert not list((here.folder / OUTPUT / "exports/sheet/previous").iterdir())
    changing = ("ledger.db", ".lock", "data_docs/index.html", ".runs")
    assert {
        name for name, data in before.items() if after.get(name, data) != data and not name.endswith(changing)
    } == set()
    assert here.kedro("export", "diff", "sheet").code == 0, "the cards of the last export are kept"
    assert here.kedro("disk", "free", "--yes").out == "There is nothing to remove.\n"
