"""Test outages of a provider: no word is lost, no attempt is counted, and fallback models take over."""

import logging
import time
from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.requests_to_send import NuanceRuns, settings, words

from korean_flashcards.domain.records import PendingCode
from korean_flashcards.llm.providers.endpoints import Endpoint

pytestmark = pytest.mark.slow

QUICK = {"failures": 5, "rest": 0.2, "longest_rest": 0.5, "give_up": 30}


@pytest.mark.parametrize("behavior", ["503", "reset"])
def test_an_outage_during_a_run_counts_no_attempt_and_loses_no_word(
    tmp_path: Path, behavior: str, caplog: pytest.LogCaptureFixture
) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(150)))
    with ModelServer(latency=0.02, outage=(50, 3.0, behavior)) as server, caplog.at_level(logging.INFO):
        replies = runs.run(todo, server.url, concurrency=10, max_attempts=2, breaker=QUICK)
        failed = [request for request in server.requests() if request["behavior"] != "ok"]
    assert replies["text"].null_count() == 0 and replies["code"].null_count() == 150
    # Ten calls were in flight when the outage began. litellm repeats each call whose connection broke. Then the breaker
    # was open, and only one call at a time was sent as a probe.
    first = failed[0]["at"]
    assert len([request for request in failed if request["at"] < first + 0.15]) <= 30
    assert len(failed) <= 60
    assert "openai/test is down" in caplog.text and "openai/test is available again" in caplog.text
    assert runs.sql("SELECT count(*) FROM llm_breakers WHERE state <> 'closed'") == [(0,)]
    assert runs.sql("SELECT count(*) FROM tasks WHERE stage = 'nuance' AND state <> 'done'") == [(0,)]


def test_a_lasting_outage_leaves_words_pending_and_the_next_run_sends_only_probes(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(40)))
    with ModelServer(from_call=(11, "503"), latency=0.02) as server:
        replies = runs.run(todo, server.url, concurrency=4, breaker=QUICK | {"give_up": 1})
        waiting = replies.filter(replies["pending"] == PendingCode.OUTAGE)
        assert waiting.height == 30 and "no reply from openai/test for 1 s" in waiting["message"][0]
        before = len(server.requests())
        assert runs.sql("SELECT state FROM llm_breakers") == [("open",)]
        again = runs.run(todo, server.url, concurrency=4, breaker=QUICK | {"give_up": 1})
        assert again["pending"].count() == 30
        # Only probes were sent.
        assert len(server.requests()) - before <= 6
    assert runs.sql("SELECT DISTINCT state, attempts FROM tasks WHERE stage = 'nuance' ORDER BY state") == [
        ("done", 0), ("pending", 0),
    ]  # fmt: skip


def test_a_single_word_that_always_fails_opens_no_breaker(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take("배#1", *(f"{word}#1" for word in words(40)))
    with ModelServer(by_term={"배": ["500"] * 20}, latency=0.02) as server:
        replies = runs.run(todo, server.url, concurrency=4, max_attempts=4, breaker=QUICK)
    assert replies["pending"].to_list() == ["outage", *[None] * 40] and replies["code"].null_count() == 41
    assert runs.task("배#1", "state, attempts") == ("pending", 0)
    assert runs.sql("SELECT count(*) FROM llm_breakers") == [(0,)]


@pytest.mark.parametrize("behavior", ["400", "malformed"])
def test_errors_other_than_outages_open_no_breaker(tmp_path: Path, behavior: str) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(12)))
    with ModelServer(always=behavior) as server:
        replies = runs.run(todo, server.url, concurrency=4, max_attempts=1, breaker=QUICK)
    assert replies["code"].null_count() == 0
    assert runs.sql("SELECT count(*) FROM llm_breakers") == [(0,)]


def test_a_fallback_model_replies_during_an_outage_and_is_recorded(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(30)))
    options = {"breaker": QUICK | {"rest": 60}, "concurrency": 4}
    with ModelServer(broken_models={"test": "503"}) as server:
        options["fallbacks"] = [{"model": "openai/spare", "api_base": server.url}]
        replies = runs.run(todo, server.url, **options)
        before = len(server.requests())
        assert replies["code"].null_count() == 30 and set(replies["model"]) == {"openai/spare"}
        assert set(runs.plan(todo, server.url, **options)["state"]) == {"cached"}
        again = runs.run(todo, server.url, **options)
        assert len(server.requests()) == before, "a reply from a fallback model counts as done"
    assert again["text"].equals(replies["text"]) and set(again["model"]) == {"openai/spare"}
    assert runs.sql("SELECT DISTINCT model FROM tasks WHERE stage = 'nuance'") == [("openai/spare",)]


def test_a_fallback_model_replies_if_the_first_one_refuses_the_key(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(20)))
    with ModelServer(broken_models={"test": "401"}) as server:
        spare = {"model": "openai/spare", "api_base": server.url}
        replies = runs.run(todo, server.url, fallbacks=[spare], concurrency=4)
    assert replies["code"].null_count() == 20 and set(replies["model"]) == {"openai/spare"}


@pytest.mark.parametrize("fault", ["500", "503", "hang"])
def test_a_single_word_goes_to_the_fallback_before_it_stays_pending(tmp_path: Path, fault: str) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take("배#1", "문#1", "물#1")
    with ModelServer(by_term={"배": [fault] * 2}) as server:
        spare = {"model": "openai/spare", "api_base": server.url}
        replies = runs.run(todo, server.url, max_attempts=2, timeout=0.5, concurrency=1, fallbacks=[spare])
        sent = [(request["term"], request["model"]) for request in server.requests()]
    assert replies["code"].null_count() == replies["pending"].null_count() == 3
    assert sent.count(("배", "test")) == 2 and sent.count(("배", "spare")) == 1 and len(sent) == 5


def test_a_word_does_not_wait_for_a_fallback_that_is_down(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take("배#1", "문#1")
    lasting = {"failures": 5, "rest": 60, "longest_rest": 60, "give_up": 60}
    with ModelServer(by_term={"배": ["500"] * 9}) as server:
        spare = {"model": "openai/spare", "api_base": server.url}
        limits = settings(server.url, breaker=lasting, fallbacks=[spare])
        runs.ledger.breakers.open(Endpoint("openai/spare", server.url).key, "503", limits.breaker)
        started = time.monotonic()
        replies = runs.run(todo, server.url, max_attempts=2, concurrency=1, breaker=lasting, fallbacks=[spare])
    assert replies["pending"].to_list() == ["outage", None] and replies["code"].null_count() == 2
    assert time.monotonic() - started < 30
