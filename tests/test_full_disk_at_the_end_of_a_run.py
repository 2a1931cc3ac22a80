"""Fill the disk just before a run is recorded: the run keeps its own message and exit code."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.hooks import hook_impl
from kedro.framework.project import settings
from support.commands import ProjectHere, kedro_here
from support.project import Project, Result
from support.small_disk import mounted_disk

from korean_flashcards.domain.run_record import RunResult
from korean_flashcards.ledger.db.runs import Runs

pytestmark = pytest.mark.slow


class DiskFiller:
    """A Kedro hook that fills the disk to the last byte when a node begins. ``fill`` fills it at a different moment."""

    def __init__(self, disk: Path, node: str | None = None) -> None:
        self.filler, self._node, self.filled = disk / "filler", node, False

    @hook_impl(trylast=True)
    def before_node_run(self, node: Any) -> None:
        if node.short_name == self._node:
            self.fill()

    def fill(self) -> None:
        self.filled = True
        with self.filler.open("ab", buffering=0) as file, suppress(OSError):
            while file.write(b"\0" * max(shutil.disk_usage(self.filler.parent).free, 4096)):
                pass


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with mounted_disk(tmp_path / "disk", "size=60m") as mounted:
        yield mounted


@pytest.fixture
def project(finished: Project, disk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProjectHere]:
    yield ProjectHere(finished.copied_to(disk / "project").folder, monkeypatch)
    monkeypatch.chdir("/")


def run_with(filler: DiskFiller, project: ProjectHere, *options: str) -> Result:
    # Before the change, because this reads the settings if no test has done so yet.
    kedro_here(project, project.monkeypatch)
    hooks = settings.HOOKS
    settings.set("HOOKS", (*hooks, filler))
    try:
        return project.kedro("run", *options)
    finally:
        settings.set("HOOKS", hooks)


@pytest.mark.parametrize("pipeline", ["export", "quality", "reporting"])
def test_a_complete_run_stays_complete_if_its_record_cannot_be_written(
    project: ProjectHere,
    disk: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    pipeline: str,
) -> None:
    filler, conclude = DiskFiller(disk), Runs.conclude

    def conclude_on_a_full_disk(self: Runs, result: RunResult) -> None:
        filler.fill()
        conclude(self, result)

    # A run frees space when it closes the cache, so a hook would fill the disk too early.
    monkeypatch.setattr(Runs, "conclude", conclude_on_a_full_disk)
    result = run_with(filler, project, f"--pipeline={pipeline}")
    assert filler.filled and result.code == 0, result.out + result.err
    assert "Traceback" not in result.out + result.err
    assert "The result of this run could not be recorded: The ledger" in caplog.text + capfd.readouterr().err
    filler.filler.unlink()
    monkeypatch.setattr(Runs, "conclude", conclude)
    assert project.kedro("run", "--pipeline=export").code == 0
    assert project.kedro("runs", "list").code == 0


@pytest.mark.parametrize("node", ["build_deck", "summarise_run", "plan_nuance"])
def test_a_run_on_a_disk_that_fills_up_ends_with_its_own_message(project: ProjectHere, disk: Path, node: str) -> None:
    filler = DiskFiller(disk, node)
    result = run_with(filler, project)
    assert filler.filled and result.code == 1, result.out + result.err
    assert "disk is full" in result.err and "Traceback" not in result.out + result.err, result.err
    assert len([line for line in result.err.splitlines() if line.startswith("Error:")]) == 1, result.err
    filler.filler.unlink()
    assert project.kedro("run").code == 0
