"""Rules for the whole repository: linters and type checker, no machine names, pinned requirements."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.project import ROOT, project_files


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], pytest.param(["mypy"], marks=pytest.mark.slow), ["importlinter.cli", "lint-imports"]],
    ids=["ruff", "mypy", "import-linter"],
)
def test_a_checker_reports_nothing(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    if command[0] == "importlinter.cli":
        line = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"]
    else:
        line = [sys.executable, "-m", *command]
    result = subprocess.run(line, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_no_file_names_a_machine_or_a_download_host() -> None:
    machine = re.compile(rb"/root/|/tmp/dev|/work/|files\.pythonhosted|--index-url|--find-links")
    files = [ROOT / name for name in project_files() if not name.endswith((".gz", ".zdict"))]
    assert [path for path in files if machine.search(path.read_bytes())] == [Path(__file__)]


def test_every_requirement_is_pinned_and_hashed() -> None:
    for name in ("requirements.txt", "requirements-test.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9].*$", text, re.MULTILINE | re.IGNORECASE)
        assert pins and all("==" in pin and pin.endswith("\\") for pin in pins)
        assert "litellm==1.107.0" not in text
