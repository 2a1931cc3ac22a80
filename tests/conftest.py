"""Fixtures shared by all tests: copies of the project, fresh or finished."""

from pathlib import Path

import pytest
from support.commands import ProjectHere
from support.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh clone's files; nothing has been run."""
    return Project.copy_to(tmp_path / "project")


@pytest.fixture
def here(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A fresh clone's files; its commands run in this process, which saves their start-up."""
    return ProjectHere(project.folder, monkeypatch)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project after one plain ``kedro run``, for tests that only read."""
    project = Project.copy_to(tmp_path_factory.mktemp("finished") / "project")
    result = project.kedro("run")
    assert result.code == 0, result.err
    return project
