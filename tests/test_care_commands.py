"""Test that `kedro db` and `kedro cache` work while a parameter, a suite, or an unrelated catalog entry is wrong."""

from pathlib import Path

import pytest
from support.commands import ProjectHere
from support.project import Project

CARE = ("db health", "db verify", "db backup", "db history", "cache stats", "cache verify")
WRONG: dict[str, tuple[str, str]] = {
    "a wrong parameter": ("local/parameters_llm.yml", "llm:\n  concurrency: many\n  temprature: 0\n"),
    "an unreadable parameter file": ("local/parameters_quality.yml", "quality: [1, 2\n  weights: {\n"),
    "a parameter set twice": ("local/parameters_more.yml", "llm: {model: offline}\nllm: {model: offline}\n"),
    "a wrong suite": ("local/expectations/words.yml", "- no suite\n"),
    "an unknown dataset type": ("local/catalog_extra.yml", "charts:\n  type: no.such.Dataset\n  filepath: x.png\n"),
    "an unreadable catalog file": ("local/catalog_extra.yml", "charts: {type: [\n"),
    "a missing global": ("local/catalog_extra.yml", "charts:\n  type: text.TextDataset\n  filepath: ${globals:no}/x\n"),
    "an invalid option of the ledger": (
        "local/catalog_ledger.yml",
        "ledger:\n  type: korean_flashcards.datasets.ledger.LedgerDataset\n  filepath: ${globals:ledger}\n"
        "  pool_size: abc\n  busy_timeout: []\n  keep_backups: -1\n",
    ),
}


@pytest.fixture(scope="module")
def folder(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the finished project whose settings the tests may change."""
    return finished.copied_to(tmp_path_factory.mktemp("care") / "project").folder


@pytest.mark.parametrize(
    "name", [name if name == "a wrong parameter" else pytest.param(name, marks=pytest.mark.slow) for name in WRONG]
)
def test_care_commands_need_only_the_paths(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    project = ProjectHere(folder, monkeypatch)
    file, content = WRONG[name]
    path = folder / "conf" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    try:
        if name != "an unknown dataset type":
            assert project.kedro("plan").code == 1, "the setting is wrong"
        for command in CARE:
            result = project.kedro(*command.split())
            assert result.code == 0, (command, result.err, result.out)
    finally:
        path.unlink()


def test_the_paths_come_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = ProjectHere(folder, monkeypatch)
    assert "data/test/ledger.db yet" in project.kedro("db", "health", "--env", "test").out.replace(f"{folder}/", "")
    wrong = project.kedro("db", "health", "--env", "nowhere")
    assert wrong.code == 1 and "nowhere" in wrong.err and "Traceback" not in wrong.err
