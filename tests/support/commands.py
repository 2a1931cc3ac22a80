"""Kedro's commands within the tests' own process: what a command costs is mostly the start-up of another."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from kedro.framework import project as kedro_project
from kedro.framework.startup import bootstrap_project

from korean_flashcards.cli import cli
from support.project import Project
from support.project import Result as Ended

Kedro = Callable[..., Result]


def kedro_here(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    """Change into the project; return what runs ``kedro ARGS`` there. An error that nobody expected fails the test."""
    monkeypatch.chdir(project.folder)
    # Bootstrapping a project adds its sources to these.
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv("PYTHONPATH", "")
    # Once is enough: the settings are the same in each copy, and reading them takes a tenth of a second.
    if kedro_project.PACKAGE_NAME is None:
        bootstrap_project(project.folder)

    def run(*args: str) -> Result:
        result = CliRunner().invoke(cli, args)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def prepare(folder: Path, steps: Callable[["ProjectHere"], None]) -> Path:
    """Copy the project to ``folder``, take the steps with its commands, and return the folder.

    For fixtures of a module or session: what the steps do to the environment is undone.
    """
    with pytest.MonkeyPatch.context() as monkeypatch:
        steps(ProjectHere(Project.copy_to(folder).folder, monkeypatch))
    return folder


@dataclass(frozen=True)
class ProjectHere(Project):
    """A project whose commands run within the tests' own process; what is logged is not in ``err``."""

    monkeypatch: pytest.MonkeyPatch

    def kedro(self, *args: str, timeout: float = 300, **environment: str) -> Ended:
        """Run ``kedro ARGS`` to its end; the environment stays for the rest of the test."""
        for name, value in environment.items():
            self.monkeypatch.setenv(name, value)
        result = kedro_here(self, self.monkeypatch)(*args)
        return Ended(result.exit_code, result.stdout, result.stderr)
