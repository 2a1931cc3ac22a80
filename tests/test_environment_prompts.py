"""Test that the prompts in an environment's folder replace those in conf/base, and that typing errors are reported."""

from pathlib import Path

import pytest
from support.project import Project

from korean_flashcards.datasets.prompt import PromptDataset
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.files.prompt_files import PromptFiles

NAMES = frozenset({"nuance.md", "flashcards.md", "estimates.yml"})


@pytest.fixture(autouse=True)
def without_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the validation of the layers, which is not the subject here."""
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")


def write_prompt(project: Project, env: str, name: str, more: str) -> Prompt:
    """Write the base prompt with one more sentence to an environment's folder, and return it."""
    file = project.folder / "conf" / env / "prompts" / name
    file.parent.mkdir(exist_ok=True)
    base = (project.folder / "conf/base/prompts" / name).read_text(encoding="utf-8")
    file.write_text(f"{base}\n{more}\n", encoding="utf-8")
    return PromptDataset(filepath=str(file)).load()


def test_a_run_uses_the_prompt_of_its_environment_and_says_so(here: Project) -> None:
    own = write_prompt(here, "local", "nuance.md", "Prefer images of food.")
    write_prompt(here, "prod", "nuance.md", "Prefer images of animals.")
    plan = here.kedro("plan", "--params", "words=남성")
    assert "with the prompt conf/local/prompts/nuance.md" in plan.out
    run = here.kedro("run", "--pipelines=ingress,nuance", "--params", "words=남성")
    assert (run.code, run.err.count("This run uses conf/local/prompts/nuance.md.")) == (0, 1), run.err
    assert here.frame("nuance")["prompt_version"].to_list() == [own.version]
    assert here.ledger("SELECT text FROM prompt_versions WHERE stage = 'nuance'") == [(own.text,)]
    other = here.kedro("plan", "--env=prod", "--params", "words=남성")
    assert "with the prompt conf/prod/prompts/nuance.md" in other.out
    base = here.kedro("plan", "--env=test", "--params", "words=남성")
    assert base.code == 0 and "with the prompt" not in base.out


def test_a_prompt_that_nothing_uses_is_reported(here: Project) -> None:
    write_prompt(here, "local", "nuance.md", "").file.rename(here.folder / "conf/local/prompts/nuanse.md")  # type: ignore[union-attr]
    result = here.kedro("plan")
    assert result.code == 1 and result.err.startswith("Error: conf/local/prompts/nuanse.md is not used, because no")
    assert "Did you mean nuance.md?" in result.err and "Nothing was run." in result.err


@pytest.mark.parametrize(
    ("name", "used"),
    [
        ("nuance.md", True), ("nuance.short.md", True), ("estimates.yml", True), ("nuance.md~", True),
        (".nuance.md", True), ("nuance.pdf", True), ("nuance.txt", False), ("Nuance.md", False), ("my.short.md", False),
        ("nuance.short.txt", False), ("notes.md", False), ("nuance..md", False),
    ],
)  # fmt: skip
def test_files_that_are_not_prompts(tmp_path: Path, name: str, used: bool) -> None:
    folder = tmp_path / "local/prompts"
    (folder / ".ipynb_checkpoints").mkdir(parents=True)
    (folder / ".ipynb_checkpoints/nuance-checkpoint.md").touch()
    (folder / name).touch()
    files = PromptFiles(tmp_path / "base", tmp_path / "local", NAMES)
    assert (files.unused() is None) == used


def test_drafts_and_entries_are_found_in_the_environment_first(tmp_path: Path) -> None:
    for name in ("base/prompts/nuance.short.md", "local/prompts/nuance.short.md", "base/prompts/flashcards.new.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "local/prompts/nuance.md").touch()
    files = PromptFiles(tmp_path / "base", tmp_path / "local", NAMES)
    assert list(files.drafts().items()) == [
        ("flashcards.new", tmp_path / "base/prompts/flashcards.new.md"),
        ("nuance.short", tmp_path / "local/prompts/nuance.short.md"),
    ]
    entries = {
        "nuance_prompt": {"filepath": "conf/base/prompts/nuance.md"},
        "flashcards_prompt": {"filepath": "conf/base/prompts/flashcards.md"},
        "mine": {"filepath": "conf/mine/prompts/nuance.md"}, "words": {"filepath": "data/nuance.md"},
    }  # fmt: skip
    found = files.in_environment(entries)
    assert found == entries | {"nuance_prompt": {"filepath": (tmp_path / "local/prompts/nuance.md").as_posix()}}
