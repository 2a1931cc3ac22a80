"""A run that takes over a killed run's words books the killed run's calls before it repeats them."""

import signal
import sys
import time

import pytest
from support.model_server import ModelServer
from support.project import Project
from support.waiting import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL does not exist on Windows"),
]
WORDS = 120
CONCURRENCY = 8  # in each of the two runs
PRICES = "llm: {prices: {openai/test: {input: 1.0, output: 3.0}}, confirm_above_usd: null}\n"
ENVIRONMENT = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-planted-secret-0123456789"}


@pytest.mark.parametrize("kills_after", [50, 70])
def test_the_calls_of_a_killed_run_are_not_booked_from_the_replies_of_its_successor(
    project: Project, kills_after: int
) -> None:
    (project.folder / "conf/local/parameters.yml").write_text(PRICES, encoding="utf-8")
    project.word_list("term,definition\n" + "".join(f"단어{number},meaning {number}\n" for number in range(WORDS)))
    with ModelServer(latency=1.0) as server:
        model = f"word_lists=list.csv,llm.model=openai/test,llm.api_base={server.url},llm.concurrency={CONCURRENCY}"
        arguments = ["run", "--pipelines", "ingress,nuance", "--params", model]
        first = project.start(*arguments, **ENVIRONMENT)
        time.sleep(0.3)
        second = project.start(*arguments, **ENVIRONMENT)
        until(lambda: _first_has_calls_in_flight(server, kills_after))
        first.send_signal(signal.SIGKILL)
        first.communicate(timeout=60)
        assert second.communicate(timeout=120) and second.returncode == 0
        requests = server.requests()
    # Only calls that the killed run had in flight can be repeated.
    repeated = [request for request in requests if request["attempt"] > 1]
    assert 0 < len(repeated) <= CONCURRENCY
    booked = project.ledger("SELECT outcome, booked FROM llm_calls WHERE outcome <> 'ok'")
    assert set(booked) == {("interrupted", "reserved")}
    # SIGKILL can also hit a call that was reserved but had not reached the server yet.
    assert len(repeated) <= len(booked) <= CONCURRENCY
    assert project.ledger("SELECT count(*) FROM llm_calls WHERE outcome = 'ok'") == [(WORDS,)]


def _first_has_calls_in_flight(server: ModelServer, kills_after: int) -> bool:
    """Tell whether enough requests have been sent, and more are in flight than the second run can have."""
    requests = server.requests()
    return len(requests) >= kills_after and sum(request["done_at"] is None for request in requests) > CONCURRENCY
