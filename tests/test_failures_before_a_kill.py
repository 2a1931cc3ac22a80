"""Test that the first run that ends after a kill reports the words that failed before the kill."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from support.ledger import fill_ledger, fresh_ledger
from support.model_server import ModelServer
from support.project import Project, Running, kill, unwrapped
from support.waiting import until

from korean_flashcards.domain.run_record import RunResult
from korean_flashcards.ledger.db.sqlite import now

LIST = "term,definition,pos\n문,door,noun\n물,water,noun\n"
SETTINGS = """
llm: {{stages: {{flashcards: {{model: openai/test, api_base: "{url}"}}}}, price: unknown_ok}}
tasks: {{max_attempts: {attempts}}}
"""
RUN = ("run", "--pipelines=ingress,nuance,flashcards")
KEY = {"OPENAI_API_KEY": "sk-planted-secret-0123456789", "KEDRO_DATASET_VALIDATION": "off"}


def stop(process: Running) -> None:
    """Press Ctrl-C twice."""
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    until(lambda: "Press Ctrl-C again" in process.stderr.readline())
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "code", "attempts", "end"),
    [
        pytest.param("맷,,\n", "no_definition", 3, kill, id="no definition"),
        pytest.param("tv에서,on TV,noun\n", "no_pronunciation", 3, kill, id="no pronunciation"),
        pytest.param("맷,,\n", "no_definition", 1, kill, id="a dead letter"),
        pytest.param("맷,,\n", "no_definition", 3, stop, id="Ctrl-C"),
    ],
)
def test_the_first_run_that_ends_after_a_kill_is_incomplete(
    project: Project, here: Project, row: str, code: str, attempts: int, end: Callable[[Running], None]
) -> None:
    project.only_list(LIST + row)
    (project.folder / "conf" / "local").mkdir(exist_ok=True)
    with ModelServer(always="hang") as server:
        project.word_list(SETTINGS.format(url=server.url, attempts=attempts), "conf/local/parameters_own.yml")
        process = project.start(*RUN, **KEY)
        until(lambda: len(server.requests()) >= 1)
        end(process)
    assert project.frame("nuance_failures")["code"].to_list() == [code]
    with ModelServer() as server:
        project.word_list(SETTINGS.format(url=server.url, attempts=attempts), "conf/local/parameters_own.yml")
        first, second = here.kedro(*RUN, **KEY), here.kedro(*RUN, **KEY)
    assert first.code == 2, first.out + first.err
    assert f"1 word failed with {code}" in unwrapped(first.out)
    assert second.code == 0, second.out + second.err
    assert "1 word needs a" in unwrapped(second.out)


@pytest.mark.parametrize(
    ("exit_code", "code", "attempts", "state"),
    [
        (1, "no_definition", 1, "pending"), (1, "no_pronunciation", 1, "pending"),
        (2, "no_definition", 1, "failed"),  # the run has reported the word
        (1, "no_definition", 2, "failed"),  # an earlier run has reported the word
        (1, "timeout", 1, "failed"),  # each run reports these failures
    ],
)  # fmt: skip
def test_only_failures_that_no_run_has_reported_are_forgotten(
    tmp_path: Path, exit_code: int, code: str, attempts: int, state: str
) -> None:
    with fresh_ledger(tmp_path) as ledger:
        fill_ledger(ledger, ["배#1"])
        ledger.runs.end()
        ledger.runs.wait_for_others("same")
        with ledger.store.write() as connection:
            connection.exec_driver_sql(
                "UPDATE tasks SET state = 'failed', code = ?, attempts = ?, settled = ? WHERE stage = 'nuance'",
                (code, attempts, now()),
            )
        ledger.runs.conclude(RunResult(exit_code))
        ledger.runs.end()
        assert ledger.queue.tasks("nuance", ["배#1"])["배#1"].state == state
