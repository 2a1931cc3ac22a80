"""Kedro's commands within the tests' own process: what a command costs is mostly the start-up of another."""

import sys
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from korean_flashcards.cli import cli
from support.project import Project

Kedro = Callable[..., Result]


def kedro_here(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    """Change into the project; return what runs ``kedro ARGS`` there. An error that nobody expected fails the test."""
    monkeypatch.chdir(project.folder)
    # Bootstrapping a project adds its sources to these.
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv("PYTHONPATH", "")

    def run(*args: str) -> Result:
        result = CliRunner().invoke(cli, args)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run
