"""`kedro open report` and `kedro open deck`: open the newest files, or say where they are."""

import sys
import webbrowser
from pathlib import Path

import pytest
from support.commands import ProjectHere
from support.project import Project

from korean_flashcards.commands import default_program

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="needs xdg-open")

FILES = {"report": "data/08_reporting/report.html", "deck": "data/07_model_output/korean.apkg"}


@pytest.fixture
def headless(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a report and a deck, on a computer without a display."""
    for file in FILES.values():
        (project.folder / file).parent.mkdir(parents=True, exist_ok=True)
        (project.folder / file).write_bytes(b"content")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    return ProjectHere(project.folder, monkeypatch)


def _program(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> Path:
    """Create the programs that open files and pages. They write their arguments to the returned file."""
    opened, programs = folder / "opened.txt", folder / "bin"
    programs.mkdir()
    for name in ("xdg-open", "browser"):
        (programs / name).write_text(f'#!/bin/sh\nprintf "%s" "$*" > "{opened}"\n{body}\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("BROWSER", str(programs / "browser"))
    # Python looks for browsers only once in a process.
    monkeypatch.setattr(webbrowser, "_tryorder", None)
    return opened


@pytest.mark.parametrize("name", FILES)
def test_without_a_display_the_path_is_printed(headless: Project, name: str) -> None:
    result = headless.kedro("open", name)
    said, path = result.out.splitlines()
    assert result.code == 0 and said == f"This terminal has no display, so nothing was opened. The {name}:"
    assert path == str(headless.folder / FILES[name])


@pytest.mark.parametrize(("name", "display"), [("report", "DISPLAY"), ("deck", "WAYLAND_DISPLAY")])
def test_a_file_is_opened_with_the_program_for_it(
    headless: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, display: str
) -> None:
    opened = _program(tmp_path, monkeypatch, "")
    result = headless.kedro("open", name, **{display: ":9"})
    file = headless.folder / FILES[name]
    assert (result.code, result.out) == (0, f"Opened {FILES[name]}.\n"), result.err
    assert opened.read_text(encoding="utf-8") == (file.as_uri() if name == "report" else str(file))


def test_a_program_that_fails_is_an_error_with_the_path(
    headless: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, monkeypatch, "exit 3")
    result = headless.kedro("open", "deck", DISPLAY=":9")
    assert result.code == 1 and result.err.startswith("Error: No program opened the deck. "), result.err
    assert str(headless.folder / FILES["deck"]) in result.err


@pytest.mark.parametrize("name", FILES)
def test_without_any_program_the_path_is_in_the_error(
    headless: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(webbrowser, "_tryorder", None)
    monkeypatch.setattr(webbrowser, "_browsers", {})
    result = headless.kedro("open", name, DISPLAY=":9")
    assert result.code == 1 and str(headless.folder / FILES[name]) in result.err


def test_a_program_that_keeps_running_counts_as_opened(
    headless: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(default_program, "_START_S", 0.2)
    _program(tmp_path, monkeypatch, "exec sleep 2")
    assert headless.kedro("open", "deck", DISPLAY=":9").out == f"Opened {FILES['deck']}.\n"


@pytest.mark.parametrize("environment", [(), ("--env", "test")])
@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_an_error_that_names_the_command(
    here: Project, name: str, environment: tuple[str, ...]
) -> None:
    result = here.kedro("open", name, *environment)
    assert result.code == 1 and result.err.count("\n") == 1
    assert f"There is no {name} yet: data/" in result.err
    assert f"`{' '.join(('kedro run', *environment))}` creates it." in result.err
    assert ("data/test/" in result.err) == bool(environment)
