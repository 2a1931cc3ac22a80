"""Test the line on the terminal that names the current step of a run."""

import io
import logging
import re
import sys
from pathlib import Path

import pytest
from benchmarks.project_side import Side
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from support.project import Project
from support.waiting import until

from korean_flashcards.lifecycle import step_line
from korean_flashcards.lifecycle.active_run import ActiveRun
from korean_flashcards.lifecycle.step_line import StepLine

EMPTY = f"\r{'':<79}\r"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a terminal on which the line is shown after 10 ms without output."""
    monkeypatch.setattr(step_line, "_EVERY", 0.01)
    monkeypatch.setattr(step_line, "_CHECK_EVERY", 0.01)
    return Terminal()


def test_the_line_names_the_step_and_is_removed_at_the_end(terminal: Terminal) -> None:
    line = StepLine(terminal)
    line.show("find confusables")
    until(lambda: terminal.getvalue().startswith(f"\r{'find confusables … 0 s':<79}\r"))
    line.show("write report")
    until(lambda: "write report … 0 s" in terminal.getvalue())
    line.end()
    ended = terminal.getvalue()
    assert ended.endswith(EMPTY) and ended.count(EMPTY) == 1
    line.end()
    assert terminal.getvalue() == ended


def test_the_first_step_is_shown_at_once_because_the_start_was_silent(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_line, "_EVERY", 1000.0)
    monkeypatch.setattr(step_line, "_CHECK_EVERY", 1000.0)
    line = StepLine(terminal)
    line.show("import lists")
    until(lambda: "import lists … 0 s" in terminal.getvalue())
    line.show("read vocabulary")
    line.end()
    assert "read vocabulary" not in terminal.getvalue()


def test_the_line_is_hidden_while_a_stage_asks_for_confirmation(terminal: Terminal) -> None:
    run = ActiveRun({}, Pipeline([]), DataCatalog(), None)
    run._line = StepLine(terminal)
    run._line.show("generate nuance")
    until(lambda: "generate nuance" in terminal.getvalue())
    asked: list[tuple[str, bool]] = []
    run._confirm(lambda stage: asked.append((stage, terminal.getvalue().endswith(EMPTY))), "nuance")
    run._line.end()
    assert asked == [("nuance", True)]


def test_a_hidden_line_is_removed_and_not_shown_again(terminal: Terminal) -> None:
    line = StepLine(terminal)
    line.show("check cards")
    until(lambda: "check cards" in terminal.getvalue())
    line.show(None)
    hidden = terminal.getvalue()
    assert hidden.endswith(EMPTY)
    line.end()
    assert terminal.getvalue() == hidden


def test_a_log_message_replaces_the_line(terminal: Terminal) -> None:
    console = logging.StreamHandler(terminal)
    logging.getLogger().addHandler(console)
    try:
        line = StepLine(terminal)
        line.show("import lists")
        until(lambda: "import lists" in terminal.getvalue())
        logging.getLogger("korean_flashcards").warning("Imported words.csv.")
        line.end()
    finally:
        logging.getLogger().removeHandler(console)
    assert f"{EMPTY}Imported words.csv.\n" in terminal.getvalue()
    assert console.filters == []


def test_nothing_is_shown_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_line, "_EVERY", 0.0)
    stream = io.StringIO()
    line = StepLine(stream)
    line.show("check cards")
    line.end()
    assert stream.getvalue() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(
    "command, step", [("plan", "plan run"), ("status", "read status"), ("tasks list --stale", "plan run")]
)
def test_a_slow_command_on_a_terminal_names_its_step_and_leaves_only_its_output(
    finished: Project, tmp_path: Path, command: str, step: str
) -> None:
    ended = Side(command, finished.copied_to(tmp_path / "project").folder).kedro_on_terminal(*command.split())
    assert ended.output.startswith(f"\r{f'{step} … 0 s':<79}\r") and EMPTY in ended.output
    assert not any(step in line for line in lines_left(ended.output))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_run_on_a_terminal_shows_its_steps_and_leaves_only_its_summary(tmp_path: Path) -> None:
    run = Side("run", Project.copy_to(tmp_path / "project").folder).kedro_on_terminal("run")
    assert re.search(r"\r[a-z ]+ … \d+ s +\r", run.output)
    lines = lines_left(run.output)
    assert not any(" … " in line for line in lines) and "Complete." in lines


def lines_left(output: str) -> list[str]:
    """Return the lines that stay on the terminal."""
    return [line.rpartition("\r")[2] for line in output.replace("\r\n", "\n").split("\n")]
