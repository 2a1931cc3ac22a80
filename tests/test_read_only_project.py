"""Look at a finished project in read-only folders, and on a full disk: commands that only read work."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support.commands import ProjectHere
from support.project import Project
from support.small_disk import mounted_disk

from korean_flashcards.files import read_only_sqlite

pytestmark = pytest.mark.slow

LOOKING = (
    "status", "plan", "tasks list", "word show 남성", "errors", "ingress list", "llm status", "llm calls", "cache stats",
    "cache verify", "cache show 남성", "db health", "db verify", "db history", "quality list",
    "prompts list", "prompts show nuance", "prompts diff nuance nuance",
    "costs --by list", "open report", "open deck", "cards list", "cards show 남성",
    "word removed",
)  # fmt: skip
# Runs several commands as a user who may only read. One process saves their start-up time.
LOOK = """
import os, subprocess, sys
os.chdir(sys.argv[1])
from click.testing import CliRunner
from kedro.framework.startup import bootstrap_project
from pathlib import Path
bootstrap_project(Path.cwd())
from korean_flashcards.cli import cli
for line in sys.argv[3:]:
    CliRunner().invoke(cli, line.split())  # imports all modules, which the other user may not be able to read
subprocess.run(sys.argv[2], shell=True, check=True)
if os.geteuid() == 0:
    os.setgroups([]); os.setegid(65534); os.seteuid(65534)
for line in sys.argv[3:]:
    result = CliRunner().invoke(cli, line.split())
    failed = "" if result.exception is None or isinstance(result.exception, SystemExit) else repr(result.exception)
    print(line, result.exit_code, failed, result.output.strip().replace("\\n", " "), sep="|")
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Yield an empty disk of 40 MB."""
    with mounted_disk(tmp_path / "disk", "size=40m") as disk:
        yield disk


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no read-only folders")
def test_a_project_that_may_only_be_read_can_be_looked_at(finished: Project) -> None:
    # Not in tmp_path, which only its owner can enter.
    with tempfile.TemporaryDirectory() as outer:
        Path(outer).chmod(0o755)
        project = finished.copied_to(Path(outer) / "project")
        try:
            lines = look(project, "chmod -R a+rX,a-w .", *LOOKING, "db backup", "tasks drop 남성")
        finally:
            subprocess.run(["chmod", "-R", "u+w", str(project.folder)], check=True)
    assert {line: found for line, found in lines.items() if line in LOOKING and (found[0] == "1" or found[1])} == {}
    for line in ("db backup", "tasks drop 남성"):
        code, raised, message = lines[line][:3]
        assert code == "1" and not raised and ("read-only" in message or "Permission denied" in message), lines[line]


def test_a_project_on_a_full_disk_can_be_looked_at(
    finished: Project, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = ProjectHere(finished.copied_to(small_disk / "project").folder, monkeypatch)
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"\0" * 4096):
            pass
    assert read_only_sqlite.write_obstacle(project.folder / "data" / "ledger.db") is not None
    for command in LOOKING:
        result = project.kedro(*command.split())
        assert result.code != 1 and "Traceback" not in result.err, (command, result.err)
    for command, needed in (
        ("db backup", "MB, but the disk is full"),
        ("db vacuum", "MB of free disk space, but the disk is full"),
        ("cache prune --max-mb 0 --policy oldest --yes", "MB of free disk space, but the disk is full"),
        ("ingress rollback sample_words --yes", "the disk is full"),
        ("tasks drop 남성", "the disk is full"),
    ):
        result = project.kedro(*command.split())
        assert result.code == 1 and needed in result.err, (command, result.err)
    filler.unlink()
    assert project.kedro("db", "vacuum").code == 0


def test_a_ledger_without_permission_is_named_with_the_command_that_allows_it(finished: Project) -> None:
    with tempfile.TemporaryDirectory() as outer:
        Path(outer).chmod(0o755)
        project = finished.copied_to(Path(outer) / "project")
        lines = look(
            project, "chmod -R a+rwX . && chmod 000 data/ledger.db",
            "plan", "status", "db health", "db restore --yes", "db repair --yes",
        )  # fmt: skip
    for line, (code, raised, message) in lines.items():
        assert code == "1" and not raised and "chmod u+rw" in message, (line, raised, message)
        assert "You do not have permission to use the file" in message, line


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
@pytest.mark.parametrize(
    ("place", "commands"),
    [
        ("data/cache", ("cache stats", "cache verify", "cache repair", "db verify", "plan", "run", "status")),
        ("data/cache/cache.db", ("cache stats", "cache verify", "cache repair", "db verify", "plan", "run", "status")),
        ("data/01_raw", ("plan", "run", "status", "db verify")),
        ("data/03_primary", ("run", "run --pipeline=export", "status", "errors", "cache stats", "db verify")),
        ("data/08_reporting", ("run", "run --pipeline=export", "db verify")),
        ("data", ("cache stats", "run", "db verify", "db health", "errors", "quality list")),
    ],
)
def test_a_place_without_permission_is_named_with_the_command_that_allows_it(
    finished: Project, place: str, commands: tuple[str, ...]
) -> None:
    with tempfile.TemporaryDirectory() as outer:
        Path(outer).chmod(0o755)
        project = finished.copied_to(Path(outer) / "project")
        path = project.folder / place
        mode = "u+rw" if path.is_file() else "u+rwx"
        lines = look(project, f"chmod -R a+rwX . && chmod 000 {place}", *commands)
        path.chmod(0o755)
    for line, (code, raised, message) in lines.items():
        assert code in "12" and not raised, (line, raised, message)
        assert f"`chmod {mode} {path}`" in message, (line, message)
        assert "Traceback" not in message and "Errno" not in message, (line, message)


def look(project: Project, change: str, *commands: str) -> dict[str, list[str]]:
    """Run the commands twice, before and after the change; the second time as a user who owns nothing.

    Return the exit code, the unexpected exception, and the output of each command.
    """
    said = subprocess.run(
        [sys.executable, "-c", LOOK, str(project.folder), change, *commands],
        capture_output=True, text=True, timeout=300, env={**os.environ, "PYTHONUTF8": "1"}, check=False,
    )  # fmt: skip
    found = [line.split("|", 3) for line in said.stdout.splitlines() if line.count("|") >= 3]
    lines = {name: rest for name, *rest in found if name in commands}
    assert list(lines) == list(commands), (said.stdout, said.stderr)
    return lines
