"""Batch mode from the command line: `kedro run` submits and fetches, `kedro llm batches` lists and cancels."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.commands import Kedro, kedro_here
from support.model_server import ModelServer
from support.project import Project, unwrapped

LIST = "term,definition\n배,pear\n문,door\n물,water\n"


@pytest.fixture
def kedro(project: Project, monkeypatch: pytest.MonkeyPatch) -> Kedro:
    """A project with three words."""
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", "off")
    run = kedro_here(project, monkeypatch)
    for file in Path("data/01_raw").glob("*.csv"):
        file.unlink()
    project.word_list(LIST, "data/01_raw/unit1.csv")
    return run


def params(server: ModelServer) -> list[str]:
    return [
        "run", "--pipelines", "ingress,nuance", "--params",
        f"llm.model=openai/test,llm.api_base={server.url},llm.price=unknown_ok,llm.mode=batch",
    ]  # fmt: skip


@pytest.mark.slow
def test_a_run_submits_a_batch_and_a_later_run_fetches_it(kedro: Kedro) -> None:
    with ModelServer(batch_seconds=2) as server:
        assert "There are no open batches." in kedro("llm", "batches", "list").stdout
        first = kedro(*params(server))
        assert first.exit_code == 2
        assert "3 words pending at the provider: batch batch_1 for openai/test, submitted" in unwrapped(first.stdout)
        assert "Run again later to fetch the replies." in unwrapped(first.stdout)
        (shown,) = json.loads(kedro("llm", "batches", "list", "--json").stdout)
        assert (shown["provider_id"], shown["state"], shown["total"], shown["open"]) == ("batch_1", "submitted", 3, 3)
        listed = kedro("llm", "batches", "list").stdout.splitlines()
        assert [line.split()[:2] for line in listed[:2]] == [["batch", "state"], [shown["batch_id"], "submitted"]]
        assert listed[2].startswith("    nuance with openai/test: 3 words, 0 done, 0 failed; USD ")
        assert listed[3:] == ["    provider's ID: batch_1"]
        waited = [*params(server)[:-1], params(server)[-1] + ",llm.batch_wait=10"]
        second = kedro(*waited)
        assert second.exit_code == 0 and "3 analyzed, 0 failed" in second.stdout, second.stdout
        assert "There are no open batches" in kedro("llm", "batches", "list").stdout
        assert "completed" in kedro("llm", "batches", "list", "--all").stdout


@pytest.mark.slow
def test_finished_replies_of_a_canceled_batch_are_fetched_and_the_rest_is_resubmitted(kedro: Kedro) -> None:
    with ModelServer(batch_seconds=600, batch_done=0.34) as server:
        kedro(*params(server))
        unknown = kedro("llm", "batches", "cancel", "batch_9")
        assert unknown.exit_code == 1 and "There is no open batch with the ID batch_9" in unknown.stderr
        assert "is being canceled" in kedro("llm", "batches", "cancel", "batch_1").stdout
        assert "has already ended (canceled)" in kedro("llm", "batches", "cancel", "batch_1").stdout
        # The run fetches the finished reply and submits the other two words again.
        again = kedro(*params(server))
        assert "2 words pending at the provider: batch batch_2" in unwrapped(again.stdout), again.stdout


@pytest.mark.slow
def test_a_batch_that_the_provider_does_not_have_can_be_given_up(project: Project, kedro: Kedro) -> None:
    with ModelServer(batch_seconds=600) as server:
        kedro(*params(server))
    with ModelServer() as other:
        batch = json.loads(kedro("llm", "batches", "list", "--json").stdout)[0]["batch_id"]
        _move(project.folder / "data" / "ledger.db", other.url)
        lost = kedro(*params(other))
        assert "cannot be fetched (bad_request" in unwrapped(lost.stdout)
        assert "to abandon it, run `kedro llm batches cancel`" in lost.stdout
        assert "3 words can be requested again" in kedro("llm", "batches", "cancel", batch).stdout
        assert project.ledger("SELECT count(*) FROM llm_reservations") == [(0,)]
        calls = [*params(other)[:-1], params(other)[-1].replace("llm.mode=batch", "llm.mode=calls")]
        assert kedro(*calls).exit_code == 0


def _move(ledger: Path, url: str) -> None:
    """Change the provider's address in the ledger, as if a different account were used."""
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute("UPDATE llm_batches SET api_base = ?", [url])
