"""`kedro costs` from the command line: its sums match `kedro llm status` and `kedro runs show`."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from support.commands import ProjectHere, prepare
from support.model_server import ModelServer
from support.project import Project, unwrapped

from korean_flashcards.domain.line_wrap import width

QUICK = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-test-0123456789"}
PRICED = "llm: {prices: {openai/test: {input: 100, output: 1000}}}\n"
WIDE = "토픽-시험-대비-필수-어휘-천이백-단어-모음-제일권.csv"


def _change(project: Project, statement: str) -> None:
    with closing(sqlite3.connect(project.folder / "data" / "ledger.db")) as connection, connection:
        connection.execute(statement)


@pytest.fixture(scope="module")
def after_two_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project after a run with a model and the same run again, on three words in two lists."""

    def run(project: Project) -> None:
        project.only_list("term,definition\n남자,man\n독립,independence\n", "one.csv")
        project.word_list("term,definition\n남자,man\n남성,male\n", f"data/01_raw/{WIDE}")
        (project.folder / "conf" / "local" / "parameters_llm.yml").write_text(PRICED, encoding="utf-8")
        with ModelServer() as server:
            given = f"llm.model=openai/test,llm.api_base={server.url},llm.max_tokens=500"
            for _ in range(2):
                project.kedro("run", "--yes", "--pipelines=ingress,nuance", "--params", given, **QUICK)

    return prepare(tmp_path_factory.mktemp("costs") / "project", run)


@pytest.fixture
def paid(after_two_runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A copy of that project. Its commands run in this process."""
    return ProjectHere(Project(after_two_runs).copied_to(tmp_path / "project").folder, monkeypatch)


@pytest.mark.slow
def test_the_costs_match_those_of_the_models_and_of_the_runs(paid: Project) -> None:
    found = {by: _costs(paid, by) for by in ("stage", "model", "prompt", "day", "list")}
    totals = [{name: value for name, value in one["total"].items() if name != "hits"} for one in found.values()]
    assert all(total == totals[0] for total in totals) and totals[0]["calls"] == 3

    (model,) = json.loads(paid.kedro("llm", "status", "--json").out)["models"]
    assert model["month"]["usd"] == pytest.approx(totals[0]["usd"])
    assert model["month"]["tokens"] == totals[0]["tokens_in"] + totals[0]["tokens_out"]
    listed = json.loads(paid.kedro("runs", "list", "--json").out)
    runs = [run for run in listed if run["kind"] == "run"]
    assert sum(run["usd"] for run in runs) == pytest.approx(totals[0]["usd"])
    assert sum(run["cache_hits"] for run in runs) == found["stage"]["total"]["hits"] == 3

    today = datetime.now().astimezone().date().isoformat()
    assert [row["day"] for row in found["day"]["rows"]] == [today]
    assert {row["list"]: row["calls"] for row in found["list"]["rows"]} == {"one.csv": 2, WIDE: 1}
    assert [row["prompt"] for row in found["prompt"]["rows"]] == ["nuance v1"]


def _costs(project: Project, *given: str) -> dict:
    result = project.kedro("costs", "--by", *given, "--json")
    assert result.code == 0, result.err
    return json.loads(result.out)


@pytest.mark.slow
@pytest.mark.parametrize("by", ["stage", "model", "prompt", "day", "list"])
def test_the_table_ends_with_the_total_and_fits_80_columns(paid: Project, by: str) -> None:
    lines = paid.kedro("costs", "--by", by).out.splitlines()
    assert lines[0].split()[0] == by and ("hits" in lines[0]) == (by in ("stage", "day"))
    assert re.fullmatch(r"total +3 .* \d\.\d{4}", lines[-1]) and max(map(width, lines)) <= 80
    assert len(lines) == (4 if by == "list" else 3)


@pytest.mark.slow
def test_unknown_estimated_and_maximum_costs_are_said_in_words(paid: Project) -> None:
    for number, change in enumerate(("usd = NULL", "booked = 'counted'", "booked = 'reserved', usd = 2"), start=1):
        _change(paid, f"UPDATE llm_calls SET {change} WHERE number = {number}")
    _change(paid, "UPDATE run_records SET pipelines = '[\"experiment\"]'")
    result = paid.kedro("costs", "--by", "model")
    said = unwrapped(result.out)
    assert "The price of 1 call is unknown, so the sums marked with ? do not include them." in said
    assert re.search(r"Estimated: USD \d\.\d{4} for 1 call whose tokens this project counted", said)
    assert "At most: USD 2.0000 for 1 call recorded at the maximum cost" in said
    assert re.search(r"Experiments: USD \d\.\d{4} for 3 calls, included above\.", said)
    assert all(line.endswith("+?") for line in result.out.splitlines()[1:3])
    _change(paid, "UPDATE llm_calls SET usd = NULL")
    assert all(line.endswith("  ?") for line in paid.kedro("costs").out.splitlines()[1:3])


@pytest.mark.slow
def test_the_days_of_another_time_zone_are_explained(paid: Project) -> None:
    _change(paid, "UPDATE ledger_settings SET value = '+05:45' WHERE name = 'budget_zone'")
    result = paid.kedro("costs", "--by", "day")
    assert result.out.endswith("Days are days in the budgets' time zone (+05:45).\n")
    assert _costs(paid, "day")["zone"] == "+05:45"


@pytest.mark.slow
def test_a_period_without_calls_is_empty(paid: Project) -> None:
    assert "no recorded calls in this period" in paid.kedro("costs", "--to", "2020-01-01").out
    assert paid.kedro("costs", "--from", "2020-01-01").out == paid.kedro("costs").out
    assert _costs(paid, "day", "--to", "2020-01-01")["rows"] == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--by", "word"), "'word' is not one of"),
        (("--from", "yesterday"), "'yesterday' is not a day. Write it as YYYY-MM-DD"),
        (("--to", "2026-02-30"), "'2026-02-30' is not a day."),
        (("--from", "0001-01-01"), "'0001-01-01' is too far away."),
        (("--from", "2026-11-30", "--to", "2026-11-29"), "--from 2026-11-30 is after --to 2026-11-29."),
    ],
)
def test_an_impossible_period_is_an_error(here: Project, given: tuple[str, ...], said: str) -> None:
    result = here.kedro("costs", *given)
    assert result.code == 1 and said in unwrapped(result.err) and "Traceback" not in result.err


@pytest.mark.parametrize("environment", [(), ("--env", "test")])
def test_a_project_without_calls_has_no_costs(here: Project, environment: tuple[str, ...]) -> None:
    for by in ("stage", "list", "day"):
        result = here.kedro("costs", "--by", by, *environment)
        assert result.code == 0 and result.out.startswith(
            "There are no recorded calls.\nThe offline model makes no calls"
        )
