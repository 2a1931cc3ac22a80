"""Test `kedro runs`: the records of runs and imports are those of the runs' own summaries, without API keys."""

import json
import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.project import settings
from support.commands import ProjectHere
from support.model_server import ModelServer
from support.project import Project, unwrapped

from korean_flashcards.commands.runs.text import runs_table
from korean_flashcards.domain.line_wrap import width
from korean_flashcards.ledger.run_history import RecordedRun
from korean_flashcards.llm.secrets import HIDDEN, without_keys

KEY = "sk-proj-abcdefghijklmnop1234567890"


def listed(project: Project, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(project.kedro("runs", "list", "--json", *options).out)
    return found


def shown(project: Project, run: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(project.kedro("runs", "show", *filter(None, [run]), "--json").out)
    return found


def test_the_record_of_a_run_has_the_figures_of_its_summary(finished_here: Project) -> None:
    found = shown(finished_here)
    (path,) = finished_here.folder.glob("data/08_reporting/run_summary.json")
    summary = json.loads(path.read_text(encoding="utf-8"))
    assert (found["kind"], found["state"], found["exit_code"], found["message"]) == ("run", "complete", 0, None)
    assert found["pipelines"] == ["ingress", "nuance", "flashcards", "quality", "export", "reporting"]
    assert {name: found[name] for name in ("words", "cards", "failures")} == {
        "words": summary["words"], "cards": summary["cards"], "failures": summary["failed"],
    }  # fmt: skip
    assert found["cache_hits"] == sum(cost["cached"] for cost in summary["costs"])
    assert found["cache_misses"] == sum(cost["asked"] for cost in summary["costs"]) > 0
    assert found["parameters"]["llm"]["model"].startswith("offline/")
    stages = {stage["stage"]: stage for stage in found["stages"]}
    assert list(stages) == found["pipelines"]
    assert stages["nuance"]["cache_misses"] + stages["flashcards"]["cache_misses"] == found["cache_misses"]
    seconds = [stage["seconds"] for stage in found["stages"]]
    assert min(seconds) > 0 and summary["seconds"] * 0.5 < sum(seconds) <= found["seconds"] + 2


@pytest.mark.slow
def test_the_texts_fit_80_columns_and_name_the_figures(finished_here: Project) -> None:
    run_id = listed(finished_here)[0]["run_id"]
    listing = finished_here.kedro("runs", "list").out
    assert listing.splitlines()[0].split() == [
        "run", "started", "kind", "result", "time", "words", "cards", "hits", "misses", "USD",
    ]  # fmt: skip
    assert run_id[-8:] in listing and " complete " in listing
    one = finished_here.kedro("runs", "show", run_id[-8:]).out
    days = finished_here.kedro("runs", "days").out
    for text in ("result               complete (exit code 0)", "By stage", "nuance", "environment          local"):
        assert text in one
    day = shown(finished_here)["started"][:10]
    assert days.splitlines()[1].split()[:4] == [day, "1", "0", "0"]
    assert all(width(line) <= 80 for text in (listing, one, days) for line in text.splitlines())


@pytest.mark.slow
def test_a_refused_run_and_a_run_that_fails_late_are_recorded_with_what_is_known(copy: Project) -> None:
    deck = copy.folder / "data" / "07_model_output" / "korean.apkg"
    deck.rename(deck.with_suffix(".old"))
    deck.mkdir()
    assert copy.kedro("run").code == 1
    refused = listed(copy)[0]
    assert (refused["state"], refused["exit_code"]) == ("failed", 1) and "korean.apkg" in refused["message"]
    assert "Nothing was run or spent" in refused["message"] and refused["words"] is None
    deck.rmdir()
    # Only filling in the template shows that the value does not exist.
    (copy.folder / "conf/base/report.html.j2").write_text("{{ summary.a.b }}", encoding="utf-8")
    assert copy.kedro("run").code == 1
    failed = listed(copy)[0]
    assert (failed["state"], failed["words"], failed["cache_hits"], failed["cache_misses"]) == ("failed", 129, 258, 0)
    assert failed["cards"] == copy.frame("released_flashcards").height
    assert copy.kedro("runs", "list").out.count("failed") == 2


def test_without_a_terminal_the_list_is_not_cut(finished: Project, copy: Project) -> None:
    with closing(sqlite3.connect(copy.folder / "data" / "ledger.db")) as connection, connection:
        connection.execute("UPDATE runs SET started = '2026-11-29T10:11:12Z', ended = '2026-11-29T12:11:12Z'")
        connection.execute(
            """UPDATE run_records SET exit_code = 2, words = 123456, cards = 1234567, pipelines = '["ingress","nuance"]'"""
        )
    listing = copy.kedro("runs", "list").out
    assert "…" not in listing.replace("ingress…", "") and "incomplete" in listing and "1,234,567" in listing


@pytest.mark.slow
def test_a_run_that_fails_is_recorded_with_its_error(finished: Project, copy: Project) -> None:
    deck = copy.folder / "data" / "07_model_output" / "korean.apkg"
    deck.unlink()
    deck.mkdir()
    assert copy.kedro("run", "--pipeline=export", "--params=export.deck_name=Other").code == 1
    found = listed(copy, "--exit-code", "1")
    assert (
        len(found) == 1
        and found[0]["pipelines"] == ["export"]
        and found[0]["given"] == {"export": {"deck_name": "Other"}}
    )
    assert found[0]["error_code"] == "export" and "korean.apkg cannot be replaced: " in found[0]["message"]
    assert found[0]["words"] is None and [stage["stage"] for stage in found[0]["stages"]] == ["export"]
    text = unwrapped(copy.kedro("runs", "show").out)
    assert " words " not in text and " cache " not in text  # unknown
    assert "failed (exit code 1)" in text and "export: The exported file" in text and "export.deck_name=Other" in text


@pytest.fixture
def copy(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of the finished project whose commands run in this process."""
    return ProjectHere(finished.copied_to(tmp_path / "copy").folder, monkeypatch)


@pytest.mark.slow
def test_the_calls_of_a_model_are_recorded_without_the_key(copy: Project) -> None:
    with ModelServer() as server:
        params = f"--params=words=남성,llm.model=openai/test,llm.api_base={server.url},llm.price=unknown_ok"
        copy.kedro("run", "--pipelines=ingress,nuance", params, "--yes", OPENAI_API_KEY=KEY)
        calls = len(server.requests())
    found = shown(copy)
    assert found["calls"] == calls > 0 and found["cache_misses"] == 1 and found["tokens_in"] > 0
    assert found["unpriced"] == calls and found["state"] == "complete" and found["words"] == 1
    assert KEY not in json.dumps(found)


@pytest.mark.slow
def test_runs_that_send_nothing_report_and_record_no_payments(here: Project) -> None:
    (here.folder / "conf" / "local" / "parameters_llm.yml").write_text(
        "llm: {prices: {openai/test: {input: 1, output: 10}}}\n", encoding="utf-8"
    )
    here.only_list("term,definition\n나무,tree\n배,ship\n물,water\n")
    with ModelServer() as server:
        model = f"llm.model=openai/test,llm.api_base={server.url}"
        first = here.kedro("run", "--yes", "--params", model, OPENAI_API_KEY=KEY)
        assert first.code == 0 and "3 requested from openai/test" in unwrapped(first.out), first.out + first.err
        paid, calls = shown(here), len(server.requests())
        assert paid["usd"] > 0 and paid["calls"] == calls == 6
        for options in ("--pipeline=export", "--pipelines=quality,export,reporting", "--pipeline=reporting"):
            ended = here.kedro("run", options, "--params", model)
            out, record = unwrapped(ended.out), shown(here)
            assert ended.code == 0 and "Words 3: 3 with cards" in out
            assert not [word for word in ("paid", "saved", "requested", "calls") if word in out], out
            assert (record["usd"], record["calls"], record["cache_misses"], record["cache_hits"]) == (0, 0, 0, 0)
            assert record["run_id"] != paid["run_id"] and record["words"] == 3
        assert len(server.requests()) == calls
        summary = json.loads((here.folder / "data/08_reporting/run_summary.json").read_text(encoding="utf-8"))
        page = (here.folder / "data/08_reporting/report.html").read_text(encoding="utf-8")
        assert summary["costs"] == [] and '<dt>Paid</dt><dd class="num">nothing</dd>' in page
        again = unwrapped(here.kedro("run", "--params", model).out)
        assert again.count("3 replies from the cache, nothing requested") == 2 and shown(here)["cache_hits"] == 6
    assert shown(here, paid["run_id"])["usd"] == paid["usd"]


@pytest.mark.slow
def test_an_export_names_no_reason_of_an_earlier_run(here: Project) -> None:
    here.only_list("term,definition\n나무,tree\n배,ship\n물,water\n")
    assert here.kedro("run", "--params=words=나무").code == 0
    made = here.kedro("run", "--params=llm.cache_only=true", "--yes")
    assert made.code == 2 and "2 words not requested: llm.cache_only is on" in unwrapped(made.out)
    ended = here.kedro("run", "--pipeline=export")
    assert ended.code == 2 and "2 words still pending: run `kedro run`" in ended.out
    assert "not requested" not in ended.out and "cache_only" not in ended.out


@pytest.mark.slow
def test_an_incomplete_run_is_recorded_with_exit_code_2(copy: Project) -> None:
    path = copy.word_list("term,definition\n나무,tree\n")
    ended = copy.kedro(
        "run", "--pipelines=ingress,nuance", f"--params=word_lists={path},llm.cache_only=true", "--yes"
    )  # fmt: skip
    assert ended.code == 2
    assert [(run["state"], run["exit_code"]) for run in listed(copy, "--limit", "1")] == [("incomplete", 2)]


@pytest.mark.slow
def test_a_run_in_a_notebook_is_recorded(copy: Project) -> None:
    with settings.SESSION_CLASS.create(project_path=copy.folder) as session:
        session.run(pipeline_names=["reporting"])
    found = shown(copy)
    assert (found["state"], found["pipelines"], found["words"]) == ("complete", ["reporting"], listed(copy)[1]["words"])
    with settings.SESSION_CLASS.create(project_path=copy.folder) as session, pytest.raises(ValueError, match="nothing"):
        session.run(pipeline_names=["reporting"], node_names=["nothing"])
    assert len(listed(copy)) == 2


@pytest.mark.slow
def test_a_result_that_cannot_be_recorded_gives_a_warning(copy: Project, caplog: pytest.LogCaptureFixture) -> None:
    with settings.SESSION_CLASS.create(project_path=copy.folder) as session:
        session.run(pipeline_names=["export"], hold=True)
        copy.ledger("DROP TABLE run_records")
        session.end_run()
    assert "The result of this run could not be recorded: " in caplog.text and "Traceback" not in caplog.text


@pytest.mark.slow
def test_an_import_is_recorded(here: Project) -> None:
    assert here.kedro("runs", "list").out == "There are no recorded runs yet. `kedro run` starts one.\n"
    path = here.word_list("term,definition\n나무,tree\nship,ship\n")
    assert here.kedro("ingress", "import", str(path), "--priority", "7").code == 2
    found = shown(here)
    assert (found["kind"], found["exit_code"], found["words"], found["failures"]) == ("import", 2, 1, 1)
    assert found["given"]["priority"] == 7 and found["files"] == ["list.csv"]
    assert "rejected rows" in here.kedro("runs", "show").out
    assert here.kedro("runs", "show", "nothing").code == 1
    assert here.kedro("runs", "list", "--exit-code", "0").out == "No runs match.\n"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"llm": {"extra_body": {"api_key": "abc"}}}, {"llm": {"extra_body": {"api_key": HIDDEN}}}),
        ({"words": [f"Bearer {KEY}", "배"]}, {"words": [HIDDEN, "배"]}),
        ({"api_base": "https://user:secret@host/v1"}, {"api_base": f"https://{HIDDEN}@host/v1"}),
        ({"max_tokens": 100, "key": None, "tokens": 5}, {"max_tokens": 100, "key": None, "tokens": 5}),
    ],
)
def test_parameters_are_recorded_without_keys(given: dict[str, Any], kept: dict[str, Any]) -> None:
    assert without_keys(given) == kept


def test_the_keys_of_the_environment_are_removed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MY_SECRET", "plain words that are secret")
    with caplog.at_level(logging.INFO):
        assert without_keys({"note": "say plain words that are secret now"}) == {"note": f"say {HIDDEN} now"}


def test_a_narrow_terminal_shows_fewer_columns_instead_of_cut_values() -> None:
    run = RecordedRun(
        run_id="20261201-040500-1a2b3c4d", kind="run", state="incomplete", started="2026-12-01T04:05:00Z", ended=None,
        seconds=1234.0, pipelines=["experiment"], environment="local", given={}, parameters={}, exit_code=2,
        error_code=None, message=None, words=10_000, cards=28_123, failures=3, cache_hits=20_000, cache_misses=12_345,
        calls=12_345, tokens_in=1, tokens_out=1, usd=12.3456, unpriced=3, files=[], stages=[],
    )  # fmt: skip
    head, line = runs_table([run], 80).split("\n")
    assert head.split() == ["run", "started", "kind", "result", "time", "words", "cards", "USD"]
    assert width(line) <= 80 and "…" not in line and line.split()[-3:] == ["10,000", "28,123", "12.35+?"]
    head, line = runs_table([run], 200).split("\n")
    assert head.split()[-3:] == ["hits", "misses", "USD"] and line.endswith("20,000  12,345  12.3456+?")
