"""Each command imports only the heavy packages that it uses, because every command has to wait for its imports."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.project import Project

# Packages that take at least 20 ms or 10 MB, and modules of this project that take long or import such packages.
_PACKAGES = {
    "diskcache", "fastexcel", "genanki", "great_expectations", "kiwipiepy", "litellm", "openai", "pandas", "polars",
    "pyarrow", "pypdfium2", "reportlab", "sqlalchemy", "xlsxwriter",
}  # fmt: skip
_CHECKS, _CLIENT, _RUN = "checks.check_registry", "llm.client", "lifecycle.active_run"
_MODULES = {_CHECKS, _CLIENT, _RUN, "pipeline_registry"}

_PIPELINES = {"pipeline_registry", "polars"}
_LEDGER = _PIPELINES | {"sqlalchemy"}
_CACHE = {_CLIENT, "diskcache"}
_EXPECTED: dict[str, set[str]] = {
    "registry list": _PIPELINES,
    "ingress list": _LEDGER,
    "tasks list": _LEDGER,
    "errors": _LEDGER,
    "review next": _LEDGER,
    "runs list": _LEDGER,
    "export list": _LEDGER,
    "llm status": _LEDGER | _CACHE,
    "costs": _LEDGER | _CACHE,
    "cards show 남성": _LEDGER | _CACHE,
    "status": _LEDGER | _CACHE,
    "word show 남성": _LEDGER | _CACHE,
    "plan": _LEDGER | _CACHE,
    "cache stats": {"polars", "sqlalchemy"} | _CACHE,
    "korean pronounce 남성": {"polars", "sqlalchemy", "kiwipiepy"},
    "quality checks": _LEDGER | {_CHECKS},
    "run --nodes=plan_nuance": _LEDGER | _CACHE | {_RUN},
    "run --pipeline=reporting": _LEDGER | _CACHE | {_RUN, _CHECKS},
    "run --pipeline=export": _LEDGER | _CACHE | {_RUN, "genanki"},
}
# Runs the command, then prints which of the named modules it has imported.
_PROBE = """
import gc, json, sys
names, sys.argv = json.loads(sys.argv[1]), ["kedro", *sys.argv[2:]]
from kedro.framework.cli.cli import main
try:
    main()
finally:
    print(json.dumps([name for name in names if name in sys.modules or f"korean_flashcards.{name}" in sys.modules]))
    print(gc.get_threshold()[0])
"""


@pytest.mark.parametrize("command", _EXPECTED)
def test_a_command_imports_only_what_it_uses(finished: Project, tmp_path: Path, command: str) -> None:
    imported, _ = _probed(finished.copied_to(tmp_path / "project"), command)
    assert imported == _EXPECTED[command]


def test_a_command_searches_for_garbage_rarely(finished: Project) -> None:
    _, threshold = _probed(finished, "registry list")
    assert threshold == 100_000


def _probed(project: Project, command: str) -> tuple[set[str], int]:
    """Return the heavy modules that a command has imported, and after how many new objects it searches for garbage."""
    names = json.dumps(sorted(_PACKAGES | _MODULES))
    result = subprocess.run(
        [sys.executable, "-c", _PROBE, names, *command.split()],
        cwd=project.folder,
        capture_output=True,
        encoding="utf-8",
    )
    assert result.returncode in (0, 2), result.stderr
    imported, threshold = result.stdout.splitlines()[-2:]
    return set(json.loads(imported)), int(threshold)
