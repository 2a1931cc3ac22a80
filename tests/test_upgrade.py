"""Test the first run after an upgrade with new prompts: it asks before it pays, and old replies can be kept."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.commands import Kedro, ProjectHere, kedro_here, prepare
from support.model_server import ModelServer
from support.old_project import FIXTURE
from support.project import ROOT, Project, unwrapped

pytestmark = pytest.mark.slow

LIST = "term,definition,pos\n남성,man,noun\n여성,woman,noun\n가다,to go,verb\n"
SETTINGS = """
llm: {{model: openai/test, api_base: "{url}", prices: {{openai/test: {{input: 0.01, output: 0.03}}}}}}
"""
KEY = {"OPENAI_API_KEY": "sk-planted-secret-0123456789", "KEDRO_DATASET_VALIDATION": "off"}
RUN = ("run", "--pipelines=ingress,nuance,flashcards")
PROMPTS = "conf/base/prompts"
CARDS = "data/04_feature/flashcards.parquet"


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def install(project: Project, prompts: Path) -> None:
    """Replace the project's prompts, as an upgrade does."""
    for name in ("nuance.md", "flashcards.md", "repair.md"):
        shutil.copy(prompts / name, project.folder / PROMPTS / name)


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory, server: ModelServer) -> Project:
    """A project after a run on three words with the prompts of the earlier version: six replies."""

    def run(project: ProjectHere) -> None:
        install(project, FIXTURE / PROMPTS)
        project.word_list(LIST, "unit1.csv")
        (project.folder / "conf" / "local").mkdir(exist_ok=True)
        project.word_list(SETTINGS.format(url=server.url), "conf/local/parameters_own.yml")
        project.word_list("word_lists: unit1.csv", "conf/local/globals.yml")
        result = project.kedro(*RUN, **KEY)
        assert result.code == 0, result.err

    return Project(prepare(tmp_path_factory.mktemp("upgrade") / "project", run))


@pytest.fixture
def project(paid: Project, tmp_path: Path) -> Project:
    return paid.copied_to(tmp_path / "project")


@pytest.fixture
def kedro(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    for name, value in KEY.items():
        monkeypatch.setenv(name, value)
    return kedro_here(project, monkeypatch)


def test_the_first_run_after_an_upgrade_asks_before_it_pays(
    project: Project, kedro: Kedro, server: ModelServer
) -> None:
    install(project, ROOT / PROMPTS)
    before = len(server.requests())
    planned = kedro("plan", *RUN[1:])
    assert "3 replies were generated with the prompts of an earlier version" in unwrapped(planned.stdout)
    assert "because the prompts are new since an upgrade (llm.confirm_upgrade)" in unwrapped(planned.stdout)
    for _ in range(2):
        stopped = kedro(*RUN)
        assert stopped.exit_code == 1 and "Traceback" not in stopped.stderr
        said = unwrapped(stopped.stderr)
        assert "3 replies were generated with the prompts of an earlier version" in said
        assert "This run requests new ones: about 6 requests for about USD 0.0" in said
        assert "`kedro run --yes`, or set llm.confirm_upgrade to false" in said
    assert len(server.requests()) == before
    assert kedro(*RUN, "--yes").exit_code == 0
    assert len(server.requests()) == before + 6
    (project.folder / "unit1.csv").write_text(LIST + "산,mountain,noun\n", encoding="utf-8")
    later = kedro(*RUN)
    assert later.exit_code == 0, later.stderr
    assert len(server.requests()) == before + 8


def test_old_replies_can_be_kept(project: Project, kedro: Kedro, server: ModelServer) -> None:
    cards, before = project.frame("flashcards").drop("kept"), len(server.requests())
    install(project, ROOT / PROMPTS)
    kept = kedro(*RUN, "--params=stale=keep")
    assert kept.exit_code == 0, kept.stderr
    assert project.frame("flashcards").drop("kept").equals(cards) and len(server.requests()) == before


def test_an_edit_of_an_earlier_prompt_is_sent_as_it_is_and_its_replies_are_kept(
    project: Project, kedro: Kedro, server: ModelServer
) -> None:
    path = project.folder / PROMPTS / "flashcards.md"
    edited = path.read_text(encoding="utf-8").replace("A word is whatever", "Be kind. A word is whatever")
    path.write_text(edited, encoding="utf-8")
    before = len(server.requests())
    assert kedro(*RUN, "--yes").exit_code == 0
    assert len(server.requests()) == before + 3
    install(project, ROOT / PROMPTS)
    path.write_text(edited, encoding="utf-8")
    shutil.copy(FIXTURE / PROMPTS / "nuance.md", project.folder / PROMPTS / "nuance.md")
    assert kedro(*RUN).exit_code == 0
    assert len(server.requests()) == before + 3
