"""`kedro llm calls` and `kedro llm calls correct` from the command line."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.commands import ProjectHere, prepare
from support.model_server import ModelServer
from support.project import Project

from korean_flashcards.domain.line_wrap import width

pytestmark = pytest.mark.slow

QUICK = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-test-0123456789"}
PRICED = "llm: {prices: {openai/test: {input: 100, output: 1000}}}\n"


def change(project: Project, statement: str) -> None:
    with closing(sqlite3.connect(project.folder / "data" / "ledger.db")) as connection, connection:
        connection.execute(statement)


@pytest.fixture(scope="module")
def after_a_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project after a run on three words. The usage of the second and third calls is marked."""

    def run(project: Project) -> None:
        (project.folder / "conf" / "local" / "parameters_llm.yml").write_text(PRICED, encoding="utf-8")
        with ModelServer() as server:
            given = f"llm.model=openai/test,llm.api_base={server.url},llm.max_tokens=500,words=남자,독립,남성"
            project.kedro("run", "--yes", "--pipelines=ingress,nuance", "--params", given, **QUICK)
        change(project, "UPDATE llm_calls SET booked = 'counted' WHERE number = 2")
        change(project, "UPDATE llm_calls SET booked = 'reserved', outcome = 'interrupted' WHERE number = 3")

    return prepare(tmp_path_factory.mktemp("calls") / "project", run)


@pytest.fixture
def project(after_a_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A copy of that project. Its commands run in this process."""
    return ProjectHere(Project(after_a_run).copied_to(tmp_path / "project").folder, monkeypatch)


def test_calls_are_listed_newest_first_and_those_without_reported_usage_are_marked(project: Project) -> None:
    result = project.kedro("llm", "calls")
    lines = result.out.splitlines()
    assert result.code == 0 and lines[0].split()[0] == "call" and max(map(width, lines)) <= 80
    assert [line.split()[0] for line in lines[1:]] == ["3", "2", "1"]
    assert lines[1].endswith("reserved") and lines[2].endswith("counted") and "reported" not in lines[3]
    marked = json.loads(project.kedro("llm", "calls", "--not-reported", "--json").out)
    assert [(call["number"], call["booked"]) for call in marked] == [(3, "reserved"), (2, "counted")]
    assert "2 older calls not shown" in project.kedro("llm", "calls", "--limit", "1").out
    assert project.kedro("llm", "calls", "--model", "openai/other").err.startswith(
        "Error: No run has called openai/other."
    )


def test_a_correction_changes_the_call_and_the_totals_of_the_budgets(project: Project) -> None:
    ((usd, tokens),) = project.ledger("SELECT total(usd), total(tokens) FROM llm_spending")
    ((before, used),) = project.ledger("SELECT usd, tokens_in + tokens_out FROM llm_calls WHERE number = 2")
    result = project.kedro("llm", "calls", "correct", "2", "--tokens-in", "10", "--tokens-out", "20", "--usd", "0.5")
    assert result.code == 0 and result.out.splitlines()[-1] == "  now     10 tokens in, 20 out, USD 0.500000, corrected"
    assert project.ledger("SELECT tokens_in, tokens_out, usd, booked FROM llm_calls WHERE number = 2") == [
        (10, 20, 0.5, "corrected")
    ]
    ((usd_now, tokens_now),) = project.ledger("SELECT total(usd), total(tokens) FROM llm_spending")
    assert (usd_now, tokens_now) == (pytest.approx(usd - before + 0.5), tokens - used + 30)
    status = json.loads(project.kedro("llm", "status", "--json").out)
    assert status["budgets"][1]["usd_spent"] == pytest.approx(usd_now)
    # Again: the difference is to the corrected numbers.
    project.kedro("llm", "calls", "correct", "2", "--usd", "0.25")
    assert project.ledger("SELECT total(usd) FROM llm_spending")[0][0] == pytest.approx(usd - before + 0.25)


def test_a_corrected_call_is_not_reset_as_interrupted(project: Project) -> None:
    project.kedro("llm", "calls", "correct", "3", "--usd", "0.125", "--tokens-out", "7")
    assert project.kedro("llm", "reset", "--interrupted").out.splitlines()[-1] == "No calls were interrupted."
    assert project.ledger("SELECT usd, tokens_out FROM llm_calls WHERE number = 3") == [(0.125, 7)]


def test_a_correction_counts_although_the_day_was_counted_in_a_different_zone(project: Project) -> None:
    change(project, "UPDATE llm_spending SET day = date(day, '-1 day')")
    ((usd,),) = project.ledger("SELECT total(usd) FROM llm_spending")
    ((before,),) = project.ledger("SELECT usd FROM llm_calls WHERE number = 1")
    assert project.kedro("llm", "calls", "correct", "1", "--usd", "0.5").code == 0
    assert project.ledger("SELECT total(usd) FROM llm_spending")[0][0] == pytest.approx(usd - before + 0.5)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["99", "--usd", "1"], "There is no call number 99. Nothing was changed. `kedro llm calls` lists the calls"),
        (["1"], "Nothing to correct. Give at least one of --tokens-in, --tokens-out, and --usd."),
        (["1", "--usd", "nan"], "--usd must be 0 or more, but it is nan"),
        (["1", "--usd", "-0.1"], "--usd must be 0 or more, but it is -0.1"),
        (["1", "--tokens-in", "-1"], "--tokens-in"),
        (["1", "--tokens-out", "99999999999999999999999"], "--tokens-out"),
        (["0", "--usd", "1"], "NUMBER"),
    ],
)
def test_an_impossible_correction_changes_nothing(project: Project, given: list[str], said: str) -> None:
    before = project.ledger("SELECT * FROM llm_calls"), project.ledger("SELECT * FROM llm_spending")
    result = project.kedro("llm", "calls", "correct", *given)
    assert result.code == 1 and said in " ".join(result.err.split())
    assert before == (project.ledger("SELECT * FROM llm_calls"), project.ledger("SELECT * FROM llm_spending"))
