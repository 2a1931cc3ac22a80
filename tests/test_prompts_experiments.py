"""Test `kedro prompts compare` and `kedro prompts test`: prices, budgets, exit codes, and messages, with a real server."""

import json
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.commands import ProjectHere
from support.model_server import ModelServer
from support.project import Project, unwrapped
from test_ingress_commands import on_terminal

pytestmark = pytest.mark.slow

WORDS = 3


@pytest.fixture
def ready(finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of a finished project with a draft whose first line differs."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted")
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
    found = ProjectHere(finished.copied_to(tmp_path / "project").folder, monkeypatch)
    base = found.folder / "conf/base/prompts/nuance.md"
    text = base.read_text(encoding="utf-8")
    assert text.count("a memory coach") == 1
    base.with_name("nuance.short.md").write_text(text.replace("a memory coach", "a coach for <memory>"), "utf-8")
    return found


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def words(ready: Project, count: int = WORDS) -> str:
    return ",".join(row for (row,) in ready.ledger("SELECT item_id FROM vocabulary_items LIMIT ?", count))  # type: ignore[misc]


def online(server: ModelServer, *more: str) -> str:
    return "--params=" + ",".join(["llm.model=openai/gpt-4o-mini", f"llm.api_base={server.url}", *more])


def parsed(text: str) -> Any:
    """Return JSON without NaN or Infinity, which other programs refuse."""

    def refuse(name: str) -> None:
        raise AssertionError(name)

    return json.loads(text, parse_constant=refuse)


def tables(ready: Project) -> list[list[tuple[object, ...]]]:
    return [ready.ledger(f"SELECT * FROM {name}") for name in ("tasks", "prompt_versions", "prompt_drafts")]


def test_a_comparison_pays_once_for_what_changed(ready: Project, server: ModelServer) -> None:
    before, deck = tables(ready), (ready.folder / "data/07_model_output/korean.apkg").read_bytes()
    command = ("prompts", "compare", "nuance", "nuance.short", "--words", words(ready), online(server))
    first = ready.kedro(*command, "--budget", "1")
    assert first.code == 0, first.err
    assert "Together   about 12 requests, USD" in first.err and "Verdict: inconclusive" in first.out
    sent = server.requests()
    assert Counter(request["stage"] for request in sent)["nuance"] == 6 and len(
        {each["sha256"] for each in sent}
    ) == len(sent)
    assert f"{len(sent)} requests sent, USD 0.0" in first.out and "A: nuance\nB: nuance.short\n" in first.out
    again = ready.kedro(*command, "--json")
    values = parsed(again.out)
    assert (again.code, values["requests"], values["usd"], len(server.requests())) == (0, 0, 0, len(sent))
    assert values["verdict"] == "inconclusive" and values["difference"]["words"] == 3 and values["incomplete"] == 0
    assert tables(ready) == before and (ready.folder / "data/07_model_output/korean.apkg").read_bytes() == deck


def test_two_models_and_parameters_are_compared_on_a_sample(ready: Project, server: ModelServer) -> None:
    result = ready.kedro(
        "prompts", "compare", "nuance", "nuance", "--sample", "4", "--seed", "7", "--by", "pos",
        "--model-a", "openai/gpt-4o",
        "--params-b", "llm.model=openai/gpt-4o-mini,language=de", f"--params=llm.api_base={server.url}", "--rows", "2",
        "--repeats", "2", "--yes",
    )  # fmt: skip
    assert result.code == 0, result.err
    sent = Counter((request["stage"], request["model"]) for request in server.requests())
    assert sent == {(stage, model): 8 for stage in ("nuance", "flashcards") for model in ("gpt-4o", "gpt-4o-mini")}
    assert (
        "A: nuance, openai/gpt-4o\n" in result.out and "language=de" in result.out and "Spread of a word" in result.out
    )
    assert "Words 1 to" in result.out


def test_an_expensive_comparison_is_confirmed_first(ready: Project, server: ModelServer) -> None:
    command = (
        "prompts", "compare", "nuance", "nuance.short", "--words", words(ready, 2),
        online(server, "llm.confirm_above_usd=0.0001"),
    )  # fmt: skip
    result = ready.kedro(*command)
    assert result.code == 1 and "Together   about 8 requests, USD" in result.err and not result.out
    assert "Nothing was sent or paid for. Confirm in advance with --yes" in result.err and "kedro run" not in result.err
    if sys.platform != "win32":
        shown = on_terminal(ready, "n", *command)
        assert "Continue? [y/N]" in shown and "To make the experiment smaller" in unwrapped(shown)
        assert not server.requests()
        assert "Verdict" in on_terminal(ready, "y", *command)
    assert ready.kedro(*command, "--yes").code == 0
    assert len({each["sha256"] for each in server.requests()}) == len(server.requests()) > 0


def test_a_used_up_budget_is_incomplete_and_the_same_command_continues(ready: Project, server: ModelServer) -> None:
    command = (
        "prompts", "compare", "nuance", "nuance.short", "--words", words(ready, 6), online(server, "llm.concurrency=1"),
    )  # fmt: skip
    result = ready.kedro(*command, "--budget", "0.011")
    assert result.code == 2 and "Incomplete: " in result.err and "Run the same command again" in result.err
    sent = len(server.requests())
    assert sent > 0
    done = ready.kedro(*command, "--budget", "3", "--json")
    assert done.code == 0 and parsed(done.out)["incomplete"] == 0
    assert parsed(done.out)["requests"] == len(server.requests()) - sent > 0
    assert len({each["sha256"] for each in server.requests()}) == len(server.requests())


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["compare", "nuance", "nuance.none"], "There is no prompt named nuance.none."),
        (["compare", "nuance", "nuance", "--words", " , "], "--words names no word."),
        (["compare", "nuance", "nuance", "--words", "없는말"], "없는말"),
        (["compare", "nuance", "nuance", "--words", "남성", "--sample", "3"], "--words cannot be combined with --sample"),
        (["compare", "nuance", "nuance", "--params", "words=남성"], "Use --words to name words."),
        (["compare", "nuance", "nuance", "--params-b", "limit=3"], "Use --words to name words."),
        (["compare", "nuance", "nuance", "--params-b", "flashcards.card_typez=Scene"], "card_typez"),
        (["compare", "nuance", "nuance", "--sample", "99999"], "A sample can have 1 to 129 words, not 99,999."),
        (["compare", "nuance", "nuance", "--by", "mood"], "The vocabulary has no column named mood."),
        (["compare", "nuance", "nuance", "--budget", "-1"], "'-1' is not a number that is 0 or more."),
        (["compare", "nuance", "nuance", "--repeats", "0"], "'0' is not a whole number of 1 or more."),
        (["compare", "nuance", "nuance", "--rows", "201"], "'201' is not a whole number from 0 to 200."),
        (["compare", "nuance"], "Missing argument 'B'."),
        (["test", "nuance", "nuance.short"], "are both prompts for nuance"),
        (["test", "nuance.none"], "There is no prompt named nuance.none."),
    ],
)  # fmt: skip
def test_a_mistake_is_one_message(ready: Project, command: list[str], message: str) -> None:
    result = ready.kedro("prompts", *command)
    assert result.code == 1 and message in result.err and not result.out and "Traceback" not in result.err, result.err


def test_a_test_fails_only_if_something_gets_worse(ready: Project) -> None:
    chosen = words(ready, 12)
    assert ready.kedro("prompts", "test", "--words", chosen).out.startswith("Passed. Nothing got worse.")
    assert (ready.folder / "data/regression_set").is_dir()
    assert ready.kedro("prompts", "test", "nuance.short").code == 0
    fewer = ("prompts", "test", "--params", "flashcards.card_types=[Grammar]")
    worse = ready.kedro(*fewer)
    assert worse.code == 1 and worse.out.startswith("Failed.\n- ") and "failed that did not fail before" in worse.out
    as_json = ready.kedro(*fewer, "--json")
    assert as_json.code == 1 and parsed(as_json.out)["passed"] is False and parsed(as_json.out)["problems"]
    assert ready.kedro(*fewer, "--renew").code == 0
    assert ready.kedro(*fewer).code == 0
    named = ready.kedro("prompts", "test", "--words", chosen)
    assert named.code == 1 and "There is a regression set already." in named.err


def test_an_incomplete_test_is_not_stored(ready: Project, server: ModelServer) -> None:
    command = ("prompts", "test", online(server, "llm.concurrency=1"), "--words", words(ready, 6))
    result = ready.kedro(*command, "--budget", "0.011")
    assert result.code == 2 and "Incomplete: " in result.err and not (ready.folder / "data/regression_set").exists()
    assert "Nothing was paid." not in result.out
    done = ready.kedro(*command, "--budget", "3")
    assert done.code == 0 and (ready.folder / "data/regression_set").is_dir()
    assert len({each["sha256"] for each in server.requests()}) == len(server.requests()) == 12


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to the whole console")
def test_a_stopped_comparison_keeps_its_replies(finished: Project, tmp_path: Path) -> None:
    ready = finished.copied_to(tmp_path / "project")
    with ModelServer(latency=0.5) as server:
        command = (
            "prompts", "compare", "nuance", "nuance", "--model-b", "openai/gpt-4o", "--words", words(ready, 8),
            online(server, "llm.concurrency=1"), "--yes",
        )  # fmt: skip
        running = ready.start(*command, OPENAI_API_KEY="sk-planted")
        while len(server.replies()) < 2 and running.poll() is None:
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
        assert running.returncode == 1 and "Stopped. All replies received so far are cached." in err and not out, err
        assert "Traceback" not in err
        server.script.latency = 0
        sent = len(server.requests())
        assert 2 <= sent < 32
        done = ready.kedro(*command, OPENAI_API_KEY="sk-planted")
        assert done.code == 0, done.err
        hashes = Counter(each["sha256"] for each in server.requests() if each["delivered"])
    assert set(hashes.values()) == {1}


def test_the_cost_per_word_counts_homographs(
    tmp_path: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = ProjectHere(Project.copy_to(tmp_path / "new").folder, monkeypatch)
    project.only_list("term,definition\n배,pear\n배,ship\n배,belly\n나무,tree\n")
    result = project.kedro("run", online(server), "--yes", OPENAI_API_KEY="sk-planted", KEDRO_DATASET_VALIDATION="off")
    assert result.code in (0, 2) and project.ledger("SELECT count(*), count(DISTINCT term) FROM vocabulary_items") == [
        (4, 2)
    ]
    rows = parsed(project.kedro("prompts", "list", "--json").out)
    assert [row["reference"] for row in rows if row["usd"]] == ["nuance", "flashcards"]
    for row in rows:
        ((usd,),) = project.ledger("SELECT sum(usd) FROM llm_calls WHERE prompt_version = ?", row["version"])
        assert row["usd_per_word"] == (None if usd is None else pytest.approx(usd / 4)), row  # type: ignore[operator]
    assert "* the default of its stage." in project.kedro("prompts", "list").out


def test_a_new_project_stays_new(here: Project) -> None:
    for command in ("compare nuance nuance", "test", "list", "show nuance", "diff nuance flashcards"):
        result = here.kedro("prompts", *command.split())
        assert result.code == int(command in ("compare nuance nuance", "test")), (command, result.err)
        assert result.code == 0 or "`kedro run --pipelines=ingress`" in result.err
    assert not (here.folder / "data/ledger.db").exists() and not (here.folder / "data/experiments").exists()


def test_calls_of_a_comparison_are_in_the_ledger(ready: Project, server: ModelServer) -> None:
    ready.kedro("prompts", "compare", "nuance", "nuance.short", "--words", words(ready, 1), online(server), "--yes")
    with closing(sqlite3.connect(ready.folder / "data/ledger.db")) as ledger:
        (calls,) = ledger.execute("SELECT count(*) FROM llm_calls WHERE usd > 0").fetchone()
        (runs,) = ledger.execute(
            "SELECT count(*) FROM run_records WHERE exit_code = 0 AND pipelines LIKE '%experiment%'"
        ).fetchone()
    assert calls == len(server.requests()) and runs == 1
