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
        f"{OUTPUT}/.export-20261130T010203Z-0123abcd/korean.apkg", f"{OUTPUT}/exports/sheet/.export-99/sheet.md",
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


def test_neither_links_nor_files_of_people_are_removed(here: Project, tmp_path: Path) -> None:
    (here.folder / "conf/base/exports/sheet.yml").write_text("format: [csv, markdown]\nlimit: 5\n")
    for _ in range(2):
        assert here.kedro("export", "run", "sheet").code == 0
    (kept,) = (here.folder / OUTPUT / "exports/sheet/previous").iterdir()
    outside, old = tmp_path / "outside", "2026-11-30_02-10-02_79"
    exports = here.folder / OUTPUT / "exports"
    precious = [
        kept / "my-notes.txt", exports / f"sheet/previous/{old}/a.csv", exports / "mine/.export-mine/a.csv",
        here.folder / OUTPUT / ".export-mine/a.csv", here.folder / "logs/diary.txt", *(
            outside / name for name in ("a.log", f"{old}/a.csv", f"profile/previous/{old}/a.csv", ".export-7/a.csv",
                                        ".korean.apkg.0123abcd.apkg", "2020-01-01.json", "2020-01-02.json", "x.parquet")
        ),
    ]  # fmt: skip
    for path in precious:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("precious")
    for folder in (outside / old, outside / f"profile/previous/{old}"):
        (folder / "manifest.json").write_text('{"export": 79, "created_at": "x", "files": [{"name": "a.csv"}]}')
    links = {
        exports / "mine/previous": outside,
        exports / "linked": outside / "profile",
        exports / "sheet/.export-7": outside / ".export-7",
        here.folder / "logs/more": outside,
        here.folder / "info.log": outside / "a.log",
        here.folder / "data/02_intermediate/x": outside,
        here.folder / OUTPUT / ".export-20261130T010203Z-0123abcd": outside,
        kept / "cards.csv": outside / "a.log",
        here.folder / "data/08_reporting/data_docs/linked": outside,
    }
    for link, target in links.items():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)
    assert here.kedro("disk", "free", "--yes").code == 0
    assert [path.read_text() for path in precious] == ["precious"] * len(precious)
    assert all(link.is_symlink() for link in links)
    assert not (kept / "sheet.csv").exists() and not (kept / "manifest.json").exists(), (
        "the export's own files are gone"
    )
    (here.folder / "logs/more").unlink()
    (here.folder / "logs").rename(tmp_path / "logs")
    (here.folder / "logs").symlink_to(outside)
    (here.folder / "data").rename(tmp_path / "data")
    (here.folder / "data").symlink_to(tmp_path / "data")
    spare = here.folder / OUTPUT / ".cards.tsv.0123abcd.tsv"
    spare.write_text("x")
    assert here.kedro("disk", "free", "--yes").code == 0
    assert not spare.exists(), "the data folder itself can be on a different disk"
    assert (outside / "a.log").read_text() == "precious"
