"""Run Kedro commands in the test process, which saves starting a new process."""

import io
import logging
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from kedro.framework import project as kedro_project
from kedro.framework.startup import bootstrap_project

from korean_flashcards.cli import cli
from korean_flashcards.korean import morphology
from support.project import Project
from support.project import Result as Ended

Kedro = Callable[..., Result]


def kedro_here(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    """Change into the project folder, and return a function that runs ``kedro ARGS`` there.

    Unexpected exceptions fail the test.
    """
    monkeypatch.chdir(project.folder)
    # Bootstrapping a project changes both.
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv("PYTHONPATH", "")
    # Once is enough, because the settings are the same in each copy. Reading them takes 0.1 s.
    if kedro_project.PACKAGE_NAME is None:
        bootstrap_project(project.folder)
        # Without it, each run with a model would start a process that loads the analyzer.
        morphology.load()
    # Reading the settings directs log messages to the standard error of that moment, which a test may have replaced.
    assert kedro_project.settings.HOOKS
    for handler in logging.getLogger().handlers:
        if type(handler) is logging.StreamHandler and sys.__stderr__ is not None:
            handler.setStream(sys.__stderr__)

    def run(*args: str) -> Result:
        result = CliRunner().invoke(cli, args)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def prepare(folder: Path, steps: Callable[["ProjectHere"], None]) -> Path:
    """Copy the project to ``folder``, run the steps there, and return the folder.

    Use it in module and session fixtures. Changes to the environment are undone afterwards.
    """
    with pytest.MonkeyPatch.context() as monkeypatch:
        steps(ProjectHere(Project.copy_to(folder).folder, monkeypatch))
    return folder


def ran_here(project: Project, environment: dict[str, str], *args: str) -> Ended:
    """Run ``kedro ARGS`` in this process, also outside of tests.

    Changes to the environment are undone. ``err`` includes log messages, and a traceback if the command fails unexpectedly.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        kedro_here(project, patch)
        logged = io.StringIO()
        handler = logging.StreamHandler(logged)
        logging.getLogger().addHandler(handler)
        try:
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                result = CliRunner().invoke(cli, args)
        finally:
            logging.getLogger().removeHandler(handler)
    unexpected = result.exception is not None and not isinstance(result.exception, SystemExit)
    traceback = f"Traceback: {result.exception!r}" if unexpected else ""
    return Ended(result.exit_code, result.stdout, logged.getvalue() + result.stderr + traceback)


@dataclass(frozen=True)
class ProjectHere(Project):
    """A project whose commands run in the test process. ``err`` does not include log messages."""

    monkeypatch: pytest.MonkeyPatch

    def kedro(self, *args: str, timeout: float = 300, **environment: str) -> Ended:
        """Run ``kedro ARGS`` to completion. Changes to the environment last for the rest of the test."""
        for name, value in environment.items():
            self.monkeypatch.setenv(name, value)
        result = kedro_here(self, self.monkeypatch)(*args)
        return Ended(result.exit_code, result.stdout, result.stderr)
