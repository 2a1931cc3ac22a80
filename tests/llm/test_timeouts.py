"""Test slow servers: a slow server is not down, and a call that timed out may be billed, so it is not repeated forever."""

import json
import logging
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.model_replies import reply_record
from support.model_server import ModelServer
from support.raw_server import RawResponse, RawServer, completion, json_response
from support.requests_to_send import NuanceRuns, words

PRICED = {"price": "known", "prices": {"openai/test": {"input": 0.0, "output": 10.0}}, "max_tokens": 1000}


class OneAtATime:
    """A server like llama.cpp with one slot: it generates one reply at a time, each in ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._slot = seconds, threading.Lock()

    def __call__(self, body: dict[str, Any], _: int) -> RawResponse:
        about = json.loads(body["messages"][-1]["content"])
        with self._slot:
            time.sleep(self._seconds)
        return json_response(
            completion(json.dumps(reply_record(about, "")), {"prompt_tokens": 9, "completion_tokens": 9})
        )


@pytest.mark.slow
@pytest.mark.parametrize(("count", "concurrency"), [(1, 64), (5, 64), (30, 4)])
def test_if_all_calls_time_out_the_run_ends_with_advice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, count: int, concurrency: int
) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(count)))
    with ModelServer(always="hang") as server, caplog.at_level(logging.WARNING):
        replies = runs.run(todo, server.url, timeout=0.5, concurrency=concurrency, **PRICED)
        sent = Counter(request["term"] for request in server.requests())
    assert replies["pending"].to_list() == ["timeout"] * count
    assert max(sent.values()) == 2 and sum(sent.values()) <= 2 * min(count, concurrency) + 2
    assert "llm.timeout" in caplog.text and "llm.concurrency" in caplog.text and "is down" not in caplog.text
    assert runs.sql("SELECT count(*) FROM llm_breakers") == [(0,)]
    # The provider may bill each of these calls, so all are booked at their maximum.
    assert runs.sql("SELECT DISTINCT outcome, booked, usd FROM llm_calls") == [("timeout", "reserved", 0.01)]
    assert runs.sql("SELECT DISTINCT state, attempts FROM tasks WHERE stage = 'nuance'") == [("pending", 0)]


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.2, 0.4, 0.7])
def test_a_slow_server_with_one_slot_gets_fewer_calls_and_is_never_called_down(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, seconds: float
) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(12)))
    with RawServer(OneAtATime(seconds)) as server, caplog.at_level(logging.WARNING):
        replies = runs.run(todo, server.url, timeout=1.5, concurrency=12, backoff=0.0, max_attempts=5)
        sent = Counter(json.loads(body["messages"][-1]["content"])["term"] for body in server.requests)
    assert replies["text"].drop_nulls().len() >= 2 and replies["code"].null_count() == 12
    assert set(replies["pending"].drop_nulls()) <= {"timeout"} and max(sent.values()) <= 2
    assert "is down" not in caplog.text


@pytest.mark.slow
def test_a_single_word_that_times_out_stays_pending_alone(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take("배#1", *(f"{word}#1" for word in words(20)))
    with ModelServer(by_term={"배": ["hang"] * 9}, latency=0.1) as server:
        replies = runs.run(todo, server.url, timeout=1.0, concurrency=2)
        assert sum(request["term"] == "배" for request in server.requests()) == 2
    assert replies["pending"].to_list() == ["timeout", *[None] * 20] and replies["code"].null_count() == 21
    assert "no reply within 1 s" in replies["message"][0]


@pytest.mark.slow
def test_a_fallback_model_replies_if_the_first_one_is_too_slow(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(6)))
    with ModelServer(broken_models={"test": "hang"}) as server:
        spare = {"model": "openai/spare", "api_base": server.url}
        replies = runs.run(todo, server.url, timeout=0.5, concurrency=3, fallbacks=[spare])
    assert set(replies["model"]) == {"openai/spare"} and replies["code"].null_count() == 6


@pytest.mark.slow
@pytest.mark.parametrize("behavior", ["hang", "429", "500"])
def test_replies_that_end_pending_have_the_calls_and_the_cost_that_the_ledger_booked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, behavior: str
) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(3)))
    breaker = {"failures": 2, "rest": 0.1, "longest_rest": 0.1, "give_up": 1}
    short = {"timeout": 0.5 if behavior == "hang" else 10, "max_pause": 1, "breaker": breaker, "max_attempts": 2}
    with ModelServer(always=behavior, retry_after=None) as server, caplog.at_level(logging.INFO):
        replies = runs.run(todo, server.url, **short, **PRICED)
    assert replies["pending"].null_count() == 0 and replies["cached"].null_count() == 3
    assert _sums(replies) == pytest.approx(_booked(runs)) and replies["attempts"].sum() > 0
    (line,) = [text for text in caplog.messages if " done · " in text]
    assert line.startswith("nuance: 0 of 3 words done · 3 pending · ")
    assert ("USD" in line) == (behavior == "hang")


@pytest.mark.slow
def test_a_reply_from_a_fallback_includes_the_timed_out_calls_to_the_first_model(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(2)))
    prices = {f"openai/{name}": {"input": 0.0, "output": 10.0} for name in ("test", "spare")}
    with ModelServer(broken_models={"test": "hang"}) as server:
        spare = {"model": "openai/spare", "api_base": server.url}
        replies = runs.run(todo, server.url, timeout=0.5, fallbacks=[spare], **PRICED | {"prices": prices})
        again = runs.run(todo, server.url, timeout=0.5, fallbacks=[spare], **PRICED | {"prices": prices})
    assert set(replies["model"]) == {"openai/spare"} and _sums(replies) == pytest.approx(_booked(runs))
    # The cached reply is worth what the call that returned it cost.
    assert again["cached"].all() and again["cost_usd"].sum() < 0.01


@pytest.mark.slow
def test_the_cost_of_a_timed_out_call_is_unknown_if_the_price_is(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    with ModelServer(always="hang") as server:
        replies = runs.run(runs.take("배#1"), server.url, timeout=0.5)
    assert replies["cost_usd"].to_list() == [None]
    assert runs.sql("SELECT DISTINCT booked, usd FROM llm_calls") == [("reserved", None)]


def _sums(replies: pl.DataFrame) -> tuple[int, float, int]:
    """Return the calls, the USD, and the tokens of all replies."""
    tokens = replies["tokens_in"].sum() + replies["tokens_out"].sum()
    return int(replies["attempts"].sum()), float(replies["cost_usd"].sum()), int(tokens)


def _booked(runs: NuanceRuns) -> tuple[int, float, int]:
    """Return the calls, the USD, and the tokens in the ledger."""
    ((calls, usd, tokens),) = runs.sql("SELECT count(*), total(usd), sum(tokens_in + tokens_out) FROM llm_calls")
    return calls, usd, tokens
