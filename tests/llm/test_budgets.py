"""Test budgets in runs of stage 1: a run requests what its budget allows and leaves the rest pending."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.requests_to_send import NuanceRuns, words

from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.domain.records import PendingCode

# USD per million tokens. A reply of 1,000 tokens costs a cent.
PRICES = {"openai/test": {"input": 0.0, "output": 10.0}}
PRICED = {"price": "known", "prices": PRICES, "max_tokens": 2000}
WORKER = Path(__file__).parents[1] / "support" / "budget_worker.py"


def spent(folder: Path) -> float:
    with closing(sqlite3.connect(folder / "ledger.db")) as connection:
        return float(connection.execute("SELECT total(usd) FROM llm_calls").fetchone()[0])


@pytest.mark.slow
def test_a_spent_budget_stops_the_requests_and_leaves_the_rest_pending(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(60)))
    with ModelServer(tokens_out_spread=(500, 2000)) as server:
        replies = runs.run(todo, server.url, budget={"run": {"usd": 0.2}}, **PRICED)
        requested = len(server.requests())
        bill = sum(reply["tokens_out"] for reply in server.replies()) * PRICES["openai/test"]["output"] / 1e6
    waiting = replies.filter(replies["pending"].is_not_null())
    assert 0 < requested < 60 and waiting.height == 60 - requested
    assert set(waiting["pending"]) == {PendingCode.BUDGET}
    assert waiting["message"][0].startswith("the budget of USD 0.20 for this run (USD 0.1")
    assert replies["code"].null_count() == 60
    # The rest of the budget would not pay for the longest reply.
    assert 0.18 < spent(tmp_path) <= 0.2
    assert spent(tmp_path) == pytest.approx(bill)
    assert runs.sql("SELECT count(*) FROM llm_reservations") == [(0,)]
    assert runs.sql("SELECT state, count(*) FROM tasks WHERE stage = 'nuance' GROUP BY state ORDER BY state") == [
        ("done", requested), ("pending", 60 - requested),
    ]  # fmt: skip


@pytest.mark.slow
def test_the_next_run_continues_where_the_budget_ended(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(30)))
    with ModelServer(tokens_out=1000) as server:
        for _ in range(4):
            replies = runs.run(todo, server.url, budget={"run": {"usd": 0.1}}, **PRICED)
        terms = [request["term"] for request in server.requests()]
    assert replies["text"].null_count() == 0
    assert len(terms) == len(set(terms)) == 30


@pytest.mark.slow
def test_a_token_budget_applies_to_a_model_with_an_unknown_price(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(30)))
    with ModelServer(tokens_in=100, tokens_out=1000) as server:
        replies = runs.run(todo, server.url, max_tokens=1000, budget={"run": {"tokens": 20_000}})
    assert 0 < replies["text"].count() < 30
    assert runs.sql("SELECT total(tokens_in + tokens_out) <= 20000 FROM llm_calls") == [(1,)]


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 5])
def test_retries_count_against_the_same_budget(tmp_path: Path, count: int) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(count)))
    with ModelServer(always="wrong_word", tokens_out=1000) as server:
        replies = runs.run(todo, server.url, budget={"run": {"usd": 0.05}}, **PRICED)
        assert len(server.requests()) <= 5
    assert spent(tmp_path) <= 0.05
    assert set(replies["pending"].drop_nulls()) == {PendingCode.BUDGET}
    assert replies["code"].null_count() == count


def test_a_call_that_timed_out_counts_at_its_maximum_cost(tmp_path: Path) -> None:
    """The provider may still process and bill such a call, so it must count against the budget."""
    runs = NuanceRuns(tmp_path)
    todo = runs.take("배#1", "문#1")
    breaker = {"failures": 10, "rest": 1, "longest_rest": 1, "give_up": 5}
    with ModelServer(always="hang") as server:
        replies = runs.run(todo, server.url, timeout=0.2, breaker=breaker, budget={"run": {"usd": 0.05}}, **PRICED)
        calls = len(server.requests())
    # A call costs at most 2,000 tokens, which is two cents. The third call could exceed the budget.
    assert calls == 2 and spent(tmp_path) == pytest.approx(0.04)
    assert runs.sql("SELECT DISTINCT outcome FROM llm_calls") == [("timeout",)]
    assert set(replies["pending"]) == {PendingCode.BUDGET}


@pytest.mark.slow
def test_two_processes_with_fifty_calls_each_share_one_budget(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    runs.take(*(f"{word}#1" for word in words(400)))
    runs.ledger.close()
    with ModelServer(latency=0.05, tokens_out_spread=(300, 2000)) as server:
        started = [
            subprocess.Popen([sys.executable, str(WORKER), str(tmp_path), server.url], stdout=subprocess.PIPE)
            for _ in range(2)
        ]
        ended = [json.loads(process.communicate(timeout=120)[0]) for process in started]
        bill = sum(reply["tokens_out"] for reply in server.replies()) * PRICES["openai/test"]["output"] / 1e6
        terms = [request["term"] for request in server.requests()]
    assert 0.45 < bill <= 0.5
    assert spent(tmp_path) == pytest.approx(bill)
    assert len(terms) == len(set(terms))
    # Each process reports the state when it stopped. Words that the other was then generating count as pending.
    assert all(end["pending"] >= 400 - len(terms) for end in ended)


def test_a_model_with_an_unknown_price_is_refused_before_anything_is_requested(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take("배#1")
    with ModelServer() as server:
        with pytest.raises(SettingsError, match=r"price of openai/test is unknown.*llm\.price=unknown_ok"):
            runs.run(todo, server.url, price="known")
        with pytest.raises(SettingsError, match=r"maximum length of a reply .*llm\.max_tokens"):
            runs.run(todo, server.url, price="known", prices=PRICES, max_tokens=None)
        assert server.requests() == []
