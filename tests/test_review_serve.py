"""`kedro review serve`: how it starts and ends, and what it says if it cannot start."""

import os
import re
import signal
import socket
import sys
from pathlib import Path

import pytest
from support.commands import ProjectHere, kedro_here
from support.project import Project


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_with_code_0_and_says_what_was_done(finished: Project, tmp_path: Path, number: int) -> None:
    process = finished.copied_to(tmp_path / "project").start("review", "serve", "--no-browser")
    assert process.stdout is not None and process.stderr is not None
    address = process.stdout.readline()
    assert re.fullmatch(r"Review your cards at http://127\.0\.0\.1:\d+/\?token=[\w-]{43}\n", address)
    os.kill(process.pid, number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out.splitlines()[-1], err) == (0, "Stopped. Nothing was changed.", "")


def test_a_port_in_use_is_one_sentence(finished: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = kedro_here(finished, monkeypatch)("review", "serve", "--no-browser", "--port", str(port))
    assert result.exit_code == 1 and result.stdout == ""
    assert result.stderr == (
        f"Error: Port {port} is in use. Choose a different one with --port, or leave the option out.\n"
    )


@pytest.mark.parametrize("command", ["serve", "export review.html"])
def test_before_the_first_run_one_sentence_says_what_to_do(here: ProjectHere, command: str) -> None:
    result = here.kedro("review", *command.split(), *(["--no-browser"] if command == "serve" else []))
    assert result.code == 1 and result.err.count("\n") == 1 and "Run `kedro run` first" in result.err, result.err
    assert result.out == "" and not Path("review.html").exists()
