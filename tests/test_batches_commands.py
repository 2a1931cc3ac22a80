"""Batch mode as a person has it: `kedro run` hands in and fetches, `kedro llm batches` shows and stops."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.commands import Kedro, kedro_here
from support.model_server import ModelServer
from support.project import Project

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
def test_a_run_hands_in_shows_where_words_are_and_a_later_run_completes(kedro: Kedro) -> None:
    with ModelServer(batch_seconds=2) as server:
        assert "There are no open batches." in kedro("llm", "batches", "list").stdout
        first = kedro(*params(server))
        assert first.exit_code == 2
        assert "3 words with the provider: batch batch_1 of openai/test, submitted 20" in first.stdout
        assert "run again later to fetch them" in first.stdout
        (shown,) = json.loads(kedro("llm", "batches", "list", "--json").stdout)
        assert (shown["provider_id"], shown["state"], shown["total"], shown["open"]) == ("batch_1", "submitted", 3, 3)
        assert "batch_1" in kedro("llm", "batches", "list").stdout
        waited = [*params(server)[:-1], params(server)[-1] + ",llm.batch_wait=10"]
        second = kedro(*waited)
        assert second.exit_code == 0 and "3 analysed, 0 failed" in second.stdout, second.stdout
        assert "There are no open batches" in kedro("llm", "batches", "list").stdout
        assert "completed" in kedro("llm", "batches", "list", "--all").stdout


@pytest.mark.slow
def test_a_cancelled_batch_gives_what_it_answered_and_the_rest_is_handed_in_anew(kedro: Kedro) -> None:
    with ModelServer(batch_seconds=600, batch_done=0.34) as server:
        kedro(*params(server))
        unknown = kedro("llm", "batches", "cancel", "batch_9")
        assert unknown.exit_code == 1 and "No batch batch_9 is under way" in unknown.stderr
        assert "is being canceled" in kedro("llm", "batches", "cancel", "batch_1").stdout
        assert "has already ended (canceled)" in kedro("llm", "batches", "cancel", "batch_1").stdout
        # What was answered is fetched, the rest is handed in anew.
        again = kedro(*params(server))
        assert "2 words with the provider: batch batch_2" in again.stdout, again.stdout


@pytest.mark.slow
def test_a_batch_that_the_provider_does_not_have_is_given_up(project: Project, kedro: Kedro) -> None:
    with ModelServer(batch_seconds=600) as server:
        kedro(*params(server))
    with ModelServer() as other:
        batch = json.loads(kedro("llm", "batches", "list", "--json").stdout)[0]["batch_id"]
        _move(project.folder / "data" / "ledger.db", other.url)
        lost = kedro(*params(other))
        assert (
            "cannot be fetched (bad_request" in lost.stdout
            and "to give it up, run `kedro llm batches cancel`" in lost.stdout
        )
        assert "3 words can be requested again" in kedro("llm", "batches", "cancel", batch).stdout
        assert project.ledger("SELECT count(*) FROM llm_reservations") == [(0,)]
        calls = [*params(other)[:-1], params(other)[-1].replace("llm.mode=batch", "llm.mode=calls")]
        assert kedro(*calls).exit_code == 0


def _move(ledger: Path, url: str) -> None:
    """The provider at another address, with other batches: as with the key of another account."""
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute("UPDATE llm_batches SET api_base = ?", [url])
