"""An API key never appears in a file, in output or in a log, whatever a provider replies and wherever a run fails."""

import base64
import gzip
import os
import re
import subprocess
import sys
import urllib.parse
from pathlib import Path

import pytest
from support import executed_notebooks
from support.echo_server import EchoServer
from support.project import Project, Result

# The key does not fit a known pattern, and has characters that URLs and Base64 encode.
KEY = "Pl4nted+Key/0123456789=abcdefgh"
IN_FILE = "F1led+Key/9876543210=hgfedcba"
CREDENTIALS = "conf/local/credentials.yml"
WORDS = {"남자": "400", "사과": "reset", "남성": "broken"}
DEBUG = """
version: 1
disable_existing_loggers: false
formatters: {plain: {format: "%(name)s %(message)s"}}
handlers:
  console: {class: logging.StreamHandler, formatter: plain}
  file: {class: logging.FileHandler, filename: data/debug.log, formatter: plain, encoding: utf-8}
root: {handlers: [console, file], level: DEBUG}
loggers: {kedro: {level: DEBUG}, korean_flashcards: {level: DEBUG}}
"""


def forms(key: str) -> set[bytes]:
    """Return the key as text, as in a URL, and as in Base64 at any offset."""
    coded = {base64.b64encode(b"x" * before + key.encode())[4:-4] for before in range(3)}
    return {key.encode(), urllib.parse.quote(key, safe="").encode(), *coded}


def leaks(project: Project, key: str, *results: Result) -> list[str]:
    """Return the project's files (except the credentials) and the output streams that contain the key."""
    said = {f"stream {n}": (result.out + result.err).encode() for n, result in enumerate(results)}
    files = {str(file.relative_to(project.folder)): _read(file) for file in project.folder.rglob("*") if file.is_file()}
    files.pop(str(Path(CREDENTIALS)), None)
    assert "data/ledger.db" in files and "data/cache/cache.db" in files
    return [name for name, data in {**files, **said}.items() if any(form in data for form in forms(key))]


def _read(file: Path) -> bytes:
    data = file.read_bytes()
    return data + gzip.decompress(data) if file.suffix == ".gz" else data


def options(server: EchoServer) -> str:
    return f"llm.model=openai/test,llm.price=unknown_ok,llm.api_base={server.url},llm.max_attempts=2,llm.backoff=0,limit=12"


def quick(**more: str) -> dict[str, str]:
    return {"KEDRO_DATASET_VALIDATION": "off", **more}


@pytest.mark.slow
def test_a_key_from_the_environment_never_appears_even_in_debug_logs(project: Project) -> None:
    (project.folder / "conf" / "loud.yml").write_text(DEBUG, encoding="utf-8")
    loud = quick(
        OPENAI_API_KEY=KEY, KEDRO_LOGGING_CONFIG=str(project.folder / "conf" / "loud.yml"), LITELLM_LOG="DEBUG"
    )
    with EchoServer(WORDS) as server:
        run = project.kedro("run", "--params", options(server), **loud)
        requested = [
            project.kedro(*command, **loud)
            for command in (["errors"], ["word", "show", "남자"], ["cache", "show", "남성"])
        ]
        assert server.keys == {f"Bearer {KEY}"}

    assert run.code == 2, run.err
    errors = requested[0].out
    assert "bad_request" in errors and "malformed" in errors and "[redacted]" in errors
    assert "[redacted]" in project.frame("nuance")["explanation"][0]
    assert (project.folder / "data" / "debug.log").stat().st_size > 10_000
    assert leaks(project, KEY, run, *requested) == []


@pytest.mark.slow
def test_a_key_from_conf_local_is_used_and_never_appears_when_it_is_refused(project: Project) -> None:
    (project.folder / CREDENTIALS).write_text(f'llm: {{OPENAI_API_KEY: "{IN_FILE}"}}\n', encoding="utf-8")
    with EchoServer(always="401") as server:
        run = project.kedro("run", "--params", options(server), **quick())
        doctor = project.kedro("llm", "doctor", "--params", options(server), **quick())
        assert server.keys == {f"Bearer {IN_FILE}"}

    assert run.code == 1 and run.err.splitlines()[-1].startswith("Error: openai/test rejects every call"), run.err
    assert "Traceback" not in run.err
    assert doctor.code == 1 and "FAIL  call      authentication: " in doctor.out
    assert "ok    key       OPENAI_API_KEY is set (conf/local/credentials.yml" in doctor.out
    assert leaks(project, IN_FILE, run, doctor) == []


@pytest.mark.slow
def test_the_environment_overrides_conf_local_and_neither_key_appears(project: Project) -> None:
    (project.folder / CREDENTIALS).write_text(f'llm: {{OPENAI_API_KEY: "{IN_FILE}"}}\n', encoding="utf-8")
    with EchoServer(WORDS) as server:
        run = project.kedro("run", "--params", options(server), **quick(OPENAI_API_KEY=KEY))
        assert server.keys == {f"Bearer {KEY}"}
    assert leaks(project, KEY, run) == leaks(project, IN_FILE, run) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"llm: {{OPENAI_API_KEY: '{KEY}'\n", "conf/local/credentials.yml cannot be read"),
        (f"llm: {KEY}\n", "llm must map environment variable names to keys"),
        (f"llm: {{OPENAI_API_KEY: [{KEY}]}}\n", "llm must map environment variable names to keys"),
        (f"llm: {{OPENAI_API_KEY: '${{nothing:{KEY}}}'}}\n", "The configuration cannot be read"),
    ],
    ids=["broken", "text", "list", "resolver"],
)
def test_invalid_credentials_give_an_error_without_the_key(here: Project, text: str, message: str) -> None:
    (here.folder / CREDENTIALS).write_text(text, encoding="utf-8")
    result = here.kedro("run")
    assert result.code == 1 and message in result.err
    assert KEY not in result.err + result.out


CRASH = """
import logging, os, threading
from pathlib import Path
from kedro.framework.startup import bootstrap_project
bootstrap_project(Path.cwd())
def crash(): raise ValueError("thread " + os.environ["OPENAI_API_KEY"])
thread = threading.Thread(target=crash); thread.start(); thread.join()
logging.getLogger("httpx").error("%s", {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"]})
try:
    raise RuntimeError("first " + os.environ["OPENAI_API_KEY"])
except RuntimeError as error:
    logging.getLogger("LiteLLM").critical("logged", exc_info=True)
    raise KeyError("second " + os.environ["OPENAI_API_KEY"]) from error
"""


def test_tracebacks_are_complete_except_for_the_key(project: Project) -> None:
    environment = {**os.environ, "OPENAI_API_KEY": KEY, "PYTHONUTF8": "1"}
    result = subprocess.run(
        [sys.executable, "-c", CRASH], cwd=project.folder, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 1
    assert result.stderr.count("[redacted]") == 5, result.stderr
    for part in ("ValueError: thread", "{'Authorization': '[redacted]", "logged\nTraceback", "RuntimeError: first",
                 "The above exception was the direct cause", "KeyError: 'second"):  # fmt: skip
        assert part in result.stderr
    assert not any(form.decode() in result.stderr for form in forms(KEY))


@pytest.mark.slow
def test_a_notebook_with_a_failed_run_does_not_contain_the_key(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    path = project.folder / "notebooks" / "mine.ipynb"
    with EchoServer(always="401") as server:
        params = {"llm": {"model": "openai/test", "price": "unknown_ok", "api_base": server.url}, "limit": 3}
        cells = [
            "%load_ext kedro.ipython\n%reload_kedro ..",
            f"session.run(pipeline_names=['ingress', 'nuance'], runtime_params={params!r})",
            "import os\nraise RuntimeError('lost ' + os.environ['OPENAI_API_KEY'])",
        ]
        notebook = executed_notebooks.of_cells(*cells)
        executed_notebooks.execute(notebook, path.parent, path, allow_errors=True)
        assert server.keys == {f"Bearer {KEY}"}

    said = re.sub(r"\\u001b\[[\d;]*m", "", path.read_text(encoding="utf-8"))  # colors of rich
    assert "ModelUnavailableError" in said and "lost [redacted]" in said
    assert leaks(project, KEY) == []
