"""Test that the bill stays within the budget, by the server's own count, whatever usage the server reports."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.model_replies import reply_text
from support.raw_server import RawResponse, RawServer, completion, json_response
from support.requests_to_send import NuanceRuns, words

from korean_flashcards.domain.records import PendingCode
from korean_flashcards.llm.pricing.tokens import TokenCounter, request_tokens

COUNTER = TokenCounter("openai/test")
WORKER = Path(__file__).parents[1] / "support" / "budget_worker.py"
HUGE = {"prompt_tokens": 10**9, "completion_tokens": 10**9, "cost": 99.0}
USAGES = {
    "missing": None, "null": "null", "zeros": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, "cost": 0},
    "words": {"prompt_tokens": "many", "completion_tokens": [310], "cost": "much"}, "huge": HUGE,
    "tiny": {"prompt_tokens": 1, "completion_tokens": 1, "cost": 1e-9}, "negative": {"prompt_tokens": -5},
    "partly null": {"prompt_tokens": None, "completion_tokens": None, "total_tokens": 9},
    "all cached": {"prompt_tokens_details": {"cached_tokens": 10**9}},
}  # fmt: skip


class CountingServer(RawServer):
    """A server that reports the given usage, but counts the tokens that it receives and sends."""

    def __init__(self, usage: Any) -> None:
        super().__init__(self._reply)
        self.usage = usage
        self.tokens: list[tuple[int, int]] = []

    def bill(self, price_in: float, price_out: float) -> float:
        """Return the cost of all calls in USD, at prices per million tokens."""
        return sum(into * price_in + out * price_out for into, out in self.tokens) / 1e6

    def _reply(self, body: dict[str, Any], number: int) -> RawResponse:
        system, user = (message["content"] for message in body["messages"])
        text = reply_text(json.loads(user), str(number))
        schema = body["response_format"]["json_schema"]["schema"]
        self.tokens.append((request_tokens(COUNTER, system, user, schema), COUNTER.count(text)))
        sent = completion(text, None if self.usage == "null" else self.usage)
        return json_response(sent | {"usage": None} if self.usage == "null" else sent)


@pytest.mark.slow
@pytest.mark.parametrize("name", USAGES)
def test_the_true_bill_stays_within_the_budget(tmp_path: Path, name: str) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(40)))
    prices = {"openai/test": {"input": 2.0, "cached_input": 0.1, "output": 10.0}}
    with CountingServer(USAGES[name]) as server:
        replies = runs.run(
            todo,
            server.url,
            budget={"run": {"usd": 0.08}},
            price="known",
            prices=prices,
            max_tokens=1000,
            concurrency=10,
        )
    assert 0.05 < server.bill(2.0, 10.0) <= 0.08
    assert set(replies["pending"].drop_nulls()) == {PendingCode.BUDGET} and replies["text"].count() > 10
    ((booked,),) = runs.sql("SELECT total(usd) FROM llm_calls")
    assert booked == pytest.approx(server.bill(2.0, 10.0))
    assert runs.sql("SELECT DISTINCT booked FROM llm_calls") == [("counted",)]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["missing", "tiny"])
def test_two_processes_share_a_budget_with_a_server_that_reports_no_usage(tmp_path: Path, name: str) -> None:
    runs = NuanceRuns(tmp_path)
    runs.take(*(f"{word}#1" for word in words(400)))
    runs.ledger.close()
    with CountingServer(USAGES[name]) as server:
        started = [
            subprocess.Popen([sys.executable, str(WORKER), str(tmp_path), server.url], stdout=subprocess.PIPE)
            for _ in range(2)
        ]
        ended = [json.loads(process.communicate(timeout=120)[0]) for process in started]
    assert 0.45 < server.bill(0.0, 10.0) <= 0.5
    assert all(end["pending"] for end in ended)
    ((booked,),) = runs.sql("SELECT total(usd) FROM llm_calls")
    assert booked == pytest.approx(server.bill(0.0, 10.0))
