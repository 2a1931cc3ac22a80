"""Fixtures shared by all tests: copies of the project, fresh or finished."""

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest
from filelock import FileLock
from support.commands import ProjectHere
from support.project import Project, Result


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh clone's files; nothing has been run."""
    return Project.copy_to(tmp_path / "project")


@pytest.fixture
def here(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A fresh clone's files; its commands run in this process, which saves their start-up."""
    return ProjectHere(project.folder, monkeypatch)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, first_run: tuple[Path, Result]) -> Project:
    """A project after one plain ``kedro run``, for tests that only read."""
    return Project(shutil.copytree(first_run[0], tmp_path_factory.mktemp("finished") / "project"))


@pytest.fixture
def finished_here(finished: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The finished project; its commands run in this process."""
    return ProjectHere(finished.folder, monkeypatch)


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The folder of a project after one plain ``kedro run``, and how it ended; one run for all of the suite's processes."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "first-run"
    ended = shared / "ended.json"
    with FileLock(f"{shared}.lock"):
        if not ended.exists():
            shutil.rmtree(shared, ignore_errors=True)
            result = Project.copy_to(shared / "project").kedro("run")
            assert result.code == 0, result.err
            ended.write_text(json.dumps(asdict(result)), encoding="utf-8")
    return shared / "project", Result(**json.loads(ended.read_text(encoding="utf-8")))
