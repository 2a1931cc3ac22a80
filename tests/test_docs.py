"""Every command in the README and the docs works."""

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

import click
import pytest
from support.commands import kedro_here
from support.model_server import ModelServer
from support.project import ROOT, Project, Result

from korean_flashcards.cli import cli

pytestmark = pytest.mark.slow

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```bash *(.*?)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = [
    (page.name, kind, text.strip()) for page in PAGES for kind, text in BLOCK.findall(page.read_text(encoding="utf-8"))
]
YAML_BLOCKS = [
    (page.name, kind, text)
    for page in PAGES
    for kind, text in re.findall(
        r"^```yaml *(.*?)\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
]
# The suite itself and its parts: running them from here would never end.
OWN = re.compile(r"-m pytest|^python -m pytest")


def blocks(kind: str) -> list[str]:
    return [text for _, found, text in BLOCKS if found.split(" ")[0] == kind]


def environment(**more: str) -> dict[str, str]:
    """Return the environment variables of an active virtual environment."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "PYTHONUTF8": "1", **more}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, first_run: tuple[Path, Result]) -> Project:
    """Return a finished project, as after the first command of the README."""
    return Project(first_run[0]).copied_to(tmp_path_factory.mktemp("docs") / "project")


@pytest.fixture(scope="module")
def unedited(tmp_path_factory: pytest.TempPathFactory, first_run: tuple[Path, Result]) -> Project:
    """Return a finished project without reviews. A new model's reply beside an edit would hold a card back."""
    return Project(first_run[0]).copied_to(tmp_path_factory.mktemp("unedited") / "project")


def run_all(text: str, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the Kedro commands of a block in this process. Each must exit with code 0."""
    kedro = kedro_here(project, monkeypatch)
    for command in text.splitlines():
        name, *args = shlex.split(command)
        result = kedro(*args)
        assert (name, result.exit_code) == ("kedro", 0), command + result.output


@pytest.mark.parametrize("text", [text for text in blocks("") if not OWN.search(text) and "python tests/" not in text])
def test_a_command_of_the_docs_works(clone: Project, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run_all(text, clone, monkeypatch)


@pytest.mark.parametrize("text", blocks("alone"))
def test_commands_of_the_docs_work_in_a_fresh_project(
    project: Project, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_all(text, project, monkeypatch)


@pytest.mark.parametrize(
    ("name", "small", "output"),
    [
        ("bench_runs.py --words 200", "bench_runs.py --words 10", "ideal"),
        ("bench_checks.py", "bench_checks.py --each 1", "damaged records"),
        ("--sigkill 20 --sighup 10 --sigterm 10", "--sigkill 1 --sighup 0 --sigterm 0", "repeats"),
    ],
)
def test_a_script_in_the_docs_works(name: str, small: str, output: str) -> None:
    (text,) = [text for text in blocks("") if name in text]
    small = text.replace(name, small)
    quick = environment(KEDRO_DATASET_VALIDATION="off")
    result = subprocess.run(small, shell=True, cwd=ROOT, env=quick, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert output in result.stdout


@pytest.mark.parametrize("text", blocks("model"))
def test_a_command_with_a_model_works(unedited: Project, text: str) -> None:
    """The commands are run with the address of a local server instead of the provider's."""
    with ModelServer() as server:
        text = text.replace("http://127.0.0.1:8000/v1", server.url).replace("…", "sk-test")
        result = subprocess.run(
            text,
            shell=True,
            cwd=unedited.folder,
            env=environment(OPENROUTER_API_BASE=server.url, KEDRO_DATASET_VALIDATION="off"),
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        assert len(server.requests()) == 20


@pytest.mark.parametrize("text", blocks("batch"))
def test_a_run_in_batch_mode_submits_its_words(project: Project, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with ModelServer(batch_seconds=600) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("OPENAI_API_BASE", server.url)
        result = kedro_here(project, monkeypatch)(*shlex.split(text)[1:])
        assert result.exit_code == 2 and "10 words pending at the provider" in result.output, result.output


@pytest.mark.skipif(sys.platform == "win32", reason="ends a group of processes by a POSIX signal")
@pytest.mark.parametrize(
    ("url", "text"), [(kind.split(" ")[1], text) for _, kind, text in BLOCKS if kind.startswith("server")]
)
def test_a_server_of_the_docs_responds(clone: Project, url: str, text: str) -> None:
    """The command is run with a free port, because another server may use the usual one."""
    (usual,), port = re.findall(r":(\d+)", url), _free_port()
    url = url.replace(usual, port)
    text = text.replace(usual, port) if usual in text else f"{text} --port {port}"
    root = " --allow-root" if text.startswith("jupyter") and os.geteuid() == 0 else ""
    process = subprocess.Popen(
        text + root, shell=True, cwd=clone.folder, env=environment(), start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        assert _responds(url, seconds=60) and process.poll() is None, process.stdout
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)


def _free_port() -> str:
    """Return an unused port. Kedro-Viz does not accept ports above 49151."""
    while True:
        port = random.randint(20_000, 49_151)
        with socket.socket() as listening, contextlib.suppress(OSError):
            listening.bind(("127.0.0.1", port))
            return str(port)


def _responds(url: str, seconds: float) -> bool:
    """Return whether the server at ``url`` responds within ``seconds``. A page that requires a token counts."""
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


def test_both_readme_commands_install_the_project_for_notebooks() -> None:
    """`tests/test_jupyter_lab.py` imports it in JupyterLab, whose kernels do not search the project's folder."""
    commands = re.findall(r"```bash install\n(.*)\n```", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(commands) == 2 and all("/pip install --no-deps -e . &&" in it for it in commands)


def test_ci_runs_the_readme_test_command() -> None:
    (test,) = re.findall(r"<!-- test -->\n```bash install\n(.*)\n```", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert "awk '/<!-- test -->/" in (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert test.endswith("-m pytest") and "requirements-test.txt" in test


HEADINGS = {
    page: {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    for page in PAGES
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        name, _, heading = target.partition("#")
        place = (page.parent / name).resolve() if name else page
        assert target.startswith("https://") or place.exists(), target
        assert not heading or target.startswith("https://") or heading in HEADINGS[place], target


def test_the_index_lists_every_page() -> None:
    index = ROOT / "docs" / "index.md"
    listed = {(index.parent / target).resolve() for target in re.findall(r"\]\(([^)#]+)", index.read_text("utf-8"))}
    assert {page for page in PAGES if page != index} <= listed


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_every_command_in_a_sentence_exists() -> None:
    """Commands in code spans have placeholders, so they are not run; their names and options must exist."""
    for page in PAGES:
        spans = re.findall(r"`(kedro [^`]+)`", _prose(page).replace("\n", " "))
        for span in set(spans):
            assert _exists(span.split()[1:]), (page.name, span)


def _prose(page: Path) -> str:
    return re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def _exists(words: list[str]) -> bool:
    if words[0] in ("catalog", "jupyter", "viz"):  # Kedro's own commands
        return True
    command: click.Command = cli
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words.pop(0))
        if found is None:
            return False
        command = found
    options = {word.split("=")[0] for word in words if word.startswith("-")}
    return options <= {name for option in command.params for name in option.opts} | {"--help"}


def test_settings_in_the_docs_are_valid(clone: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (text for _, kind, text in YAML_BLOCKS if kind == "parameters"):
        (clone.folder / "conf" / "local" / "parameters_llm.yml").write_text(text, encoding="utf-8")
        result = kedro_here(clone, monkeypatch)("llm", "doctor", "--offline")
        assert re.search(r"settings +valid", result.output), result.output
    (clone.folder / "conf" / "local" / "parameters_llm.yml").unlink()
