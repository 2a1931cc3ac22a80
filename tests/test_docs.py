"""Every command in the README and the docs is run, as it stands there."""

import contextlib
import os
import random
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from support.commands import kedro_here
from support.model_server import ModelServer
from support.project import ROOT, Project, Result

pytestmark = pytest.mark.slow

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```bash *(.*?)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = [
    (page.name, kind, text.strip()) for page in PAGES for kind, text in BLOCK.findall(page.read_text(encoding="utf-8"))
]
# The suite itself and its parts: running them from here would never end.
OWN = re.compile(r"-m pytest|^python -m pytest")


def blocks(kind: str) -> list[str]:
    return [text for _, found, text in BLOCKS if found.split(" ")[0] == kind]


def environment(**more: str) -> dict[str, str]:
    """An active virtual environment: its commands come first on the path."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "PYTHONUTF8": "1", **more}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, first_run: tuple[Path, Result]) -> Project:
    """A finished project, where the README's reader stands after the first command."""
    return Project(first_run[0]).copied_to(tmp_path_factory.mktemp("docs") / "project")


def run_all(text: str, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the commands of a block one after the other; each must work. All are Kedro's, and run in this process."""
    kedro = kedro_here(project, monkeypatch)
    for command in text.splitlines():
        name, *args = shlex.split(command)
        result = kedro(*args)
        assert (name, result.exit_code) == ("kedro", 0), command + result.output


@pytest.mark.parametrize("text", [text for text in blocks("") if not OWN.search(text) and "benchmarks" not in text])
def test_a_command_of_the_docs_works(clone: Project, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run_all(text, clone, monkeypatch)


@pytest.mark.parametrize("text", blocks("alone"))
def test_commands_of_the_docs_work_in_a_fresh_project(
    project: Project, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_all(text, project, monkeypatch)


@pytest.mark.parametrize(
    ("name", "told"), [("bench_runs.py --words 200", "ideal"), ("bench_checks.py", "detected correctly")]
)
def test_a_benchmark_of_the_docs_runs(name: str, told: str) -> None:
    (text,) = [text for text in blocks("") if name in text]
    small = text.replace("--words 200", "--words 10").replace("bench_checks.py", "bench_checks.py --each 1")
    quick = environment(KEDRO_DATASET_VALIDATION="off")
    result = subprocess.run(small, shell=True, cwd=ROOT, env=quick, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert told in result.stdout


@pytest.mark.parametrize("text", blocks("model"))
def test_a_command_with_a_model_works(clone: Project, text: str) -> None:
    """The provider is played by the local server; the commands are those of the README but for its address."""
    with ModelServer() as server:
        text = text.replace("http://127.0.0.1:8000/v1", server.url).replace("…", "sk-test")
        result = subprocess.run(
            text,
            shell=True,
            cwd=clone.folder,
            env=environment(OPENROUTER_API_BASE=server.url),
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        assert len(server.requests()) == 20


@pytest.mark.skipif(sys.platform == "win32", reason="ends a group of processes by a POSIX signal")
@pytest.mark.parametrize(
    ("url", "text"), [(kind.split(" ")[1], text) for _, kind, text in BLOCKS if kind.startswith("server")]
)
def test_a_server_of_the_docs_answers(clone: Project, url: str, text: str) -> None:
    """The command is that of the docs but for the port: at the usual one, anybody's server may be listening."""
    (usual,), port = re.findall(r":(\d+)", url), _free_port()
    url = url.replace(usual, port)
    text = text.replace(usual, port) if usual in text else f"{text} --port {port}"
    root = " --allow-root" if text.startswith("jupyter") and os.geteuid() == 0 else ""
    process = subprocess.Popen(
        text + root, shell=True, cwd=clone.folder, env=environment(), start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        assert _answers(url, seconds=60) and process.poll() is None, process.stdout
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)


def _free_port() -> str:
    """Return a port that nobody uses; Kedro-Viz takes none above 49151."""
    while True:
        port = random.randint(20_000, 49_151)
        with socket.socket() as listening, contextlib.suppress(OSError):
            listening.bind(("127.0.0.1", port))
            return str(port)


def _answers(url: str, seconds: float) -> bool:
    """Whether something at ``url`` answers in time; a page that asks for a token is an answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5) as page:
                return bool(page.status == 200)
        except urllib.error.HTTPError as error:
            return error.code == 403
        except OSError:
            time.sleep(0.3)
    return False


def test_ci_runs_the_readme_test_command() -> None:
    (test,) = re.findall(r"<!-- test -->\n```bash install\n(.*)\n```", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert "awk '/<!-- test -->/" in (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert test.endswith("-m pytest") and "requirements-test.txt" in test


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert target.startswith("https://") or (page.parent / target).exists(), (page.name, target)
