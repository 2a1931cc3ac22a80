"""Test batch mode against a server with OpenAI's API: every word is submitted, fetched and booked exactly once."""

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support import batch_worker
from support.model_server import ModelServer
from support.project import kill
from support.requests_to_send import NuanceRuns

from korean_flashcards.domain.errors import ModelUnavailableError, SettingsError
from korean_flashcards.llm.batch import provider
from korean_flashcards.llm.providers.openai_sdk import openai_client

pytestmark = pytest.mark.slow

PRICE = {"openai/test": {"input": 1.0, "output": 2.0, "batch_input": 0.5, "batch_output": 1.0}}
BATCH: dict[str, Any] = {"mode": "batch", "prices": PRICE, "price": "known", "max_tokens": 1000}
ITEMS = [f"단어{number}#1" for number in range(6)]


@pytest.fixture
def runs(tmp_path: Path) -> NuanceRuns:
    return NuanceRuns(tmp_path)


def lines(server: ModelServer) -> Counter[str]:
    """Count how often each word was processed, in batches and by calls."""
    return Counter(request["term"] for request in server.requests() if request["term"])


def calls(server: ModelServer, endpoint: str) -> int:
    """Count the calls of an endpoint."""
    return sum(request["endpoint"] == endpoint for request in server.requests())


def pending(replies: pl.DataFrame) -> dict[str, str]:
    """Return the codes of the pending words, by term."""
    return dict(replies.filter(pl.col("pending").is_not_null()).select("term", "pending").iter_rows())


def requested_once(server: ModelServer, runs: NuanceRuns) -> None:
    """Assert that each word was processed and booked once, and that nothing is left open."""
    assert lines(server) == {item.split("#")[0]: 1 for item in ITEMS}
    assert runs.sql("SELECT term, count(*) FROM llm_calls GROUP BY term HAVING count(*) > 1") == []
    assert runs.sql("SELECT count(*), sum(batch), min(outcome), max(outcome) FROM llm_calls") == [(6, 6, "ok", "ok")]
    assert runs.sql("SELECT count(*) FROM llm_reservations") == [(0,)]
    assert runs.sql("SELECT count(*) FROM llm_batches WHERE finished IS NULL OR held_by IS NOT NULL") == [(0,)]
    assert runs.sql("SELECT DISTINCT state FROM tasks WHERE stage = 'nuance'") == [("done",)]


def test_one_run_submits_words_and_a_later_run_fetches_them_at_the_batch_price(runs: NuanceRuns) -> None:
    words = runs.take(*ITEMS)
    with ModelServer(batch_seconds=1.5, tokens_in=1000, tokens_out=300) as server:
        first = runs.run(words, server.url, **BATCH)
        assert set(pending(first).values()) == {"batch"} and len(pending(first)) == 6
        assert (
            "batch batch_1 for openai/test, submitted 20" in first["message"][0]
            and "0 of 6 done" in first["message"][0]
        )
        assert runs.task(ITEMS[0], "state, attempts, run_id") == ("pending", 0, None)
        # The batch has not ended, so nothing is submitted again.
        assert len(pending(runs.run(words, server.url, **BATCH))) == 6
        time.sleep(1.5)
        last = runs.run(words, server.url, **BATCH)
        assert pending(last) == {} and last["code"].null_count() == 6
        assert last["cost_usd"].to_list() == pytest.approx([1000 * 0.5e-6 + 300 * 1e-6] * 6)
        assert runs.run(words, server.url, **BATCH)["cached"].to_list() == [True] * 6
        requested_once(server, runs)
        assert calls(server, "POST /v1/batches") == 1 and calls(server, "GET /v1/files/{id}/content") == 1
    assert runs.sql("SELECT sum(usd) FROM llm_spending")[0][0] == pytest.approx(6 * 8e-4)


@pytest.mark.parametrize(
    "own",
    [
        {"temperature": 0.5, "seed": 7, "extra_body": {"provider": {"order": ["a"]}}},
        {"model": "openai/gpt-5-mini", "reasoning_effort": "low"},
        {"model": "openai/claude-x"},
    ],
    ids=["options", "renamed options", "cache marks"],
)
def test_a_line_of_a_batch_has_the_same_content_as_a_call(tmp_path: Path, own: dict[str, Any]) -> None:
    requested = {}
    for mode in ("calls", "batch"):
        runs = NuanceRuns(tmp_path / mode)
        words = runs.take(ITEMS[0])
        with ModelServer() as server:
            for _ in range(2):
                runs.run(words, server.url, **BATCH | {"price": "unknown_ok"} | own | {"mode": mode})
            (requested[mode],) = [request for request in server.requests() if request["term"]]
    for name in ("sha256", "options", "format", "model", "cache_control"):
        assert requested["batch"][name] == requested["calls"][name], name


def test_every_connection_is_closed_at_the_end_of_a_run(runs: NuanceRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    clients: list[Any] = []

    def remembered(*given: Any) -> Any:
        clients.append(openai_client(*given))
        return clients[-1]

    monkeypatch.setattr(provider, "openai_client", remembered)
    words = runs.take(*ITEMS)
    with ModelServer(endpoint_faults={"POST /v1/files": ["503"]}, batch_seconds=1) as server:
        runs.run(words, server.url, **BATCH, batch_wait=30)
        requested_once(server, runs)
    # The run used one client for all calls.
    assert [client.is_closed() for client in clients] == [True]


def test_a_run_can_wait_for_its_batch(runs: NuanceRuns) -> None:
    words = runs.take(*ITEMS)
    with ModelServer(batch_seconds=1) as server:
        assert pending(runs.run(words, server.url, **BATCH, batch_wait=30)) == {}
        requested_once(server, runs)


def test_lines_that_a_batch_did_not_process_are_submitted_again_without_counting_an_attempt(runs: NuanceRuns) -> None:
    words = runs.take(*ITEMS)
    with ModelServer(batch_end="expired", batch_done=0.5) as server:
        runs.run(words, server.url, **BATCH)
        second = runs.run(words, server.url, **BATCH)
        assert len(pending(second)) == 3 and second["code"].null_count() == 6
        runs.run(words, server.url, **BATCH)
        assert sum(lines(server).values()) == len(lines(server)) == 5
    assert runs.sql("SELECT count(*) FROM tasks WHERE stage = 'nuance' AND attempts > 0") == [(0,)]
    assert runs.sql("SELECT outcome, count(*) FROM llm_batch_requests GROUP BY outcome ORDER BY 1") == [
        (None, 1), ("ok", 5), ("undone", 4),
    ]  # fmt: skip


def test_a_batch_that_the_provider_rejects_is_reported_and_costs_nothing(runs: NuanceRuns) -> None:
    words = runs.take(*ITEMS)
    with ModelServer(batch_end="failed") as server:
        replies = runs.run(words, server.url, **BATCH, batch_wait=1)
        assert "Enqueued token limit reached" in replies["message"][0]
        assert calls(server, "POST /v1/batches") == 1 and lines(server) == {}
    assert runs.sql("SELECT count(*) FROM llm_reservations") == [(0,)]


@pytest.mark.parametrize("behavior", ["malformed", "content_filter"])
def test_a_failed_line_counts_as_an_attempt_and_becomes_a_dead_letter(runs: NuanceRuns, behavior: str) -> None:
    words = runs.take(*ITEMS)
    with ModelServer(by_term={"단어0": [behavior] * 9}) as server:
        for _ in range(3):
            runs.run(words, server.url, **BATCH)
            replies = runs.run(words, server.url, **BATCH)
        assert replies["code"].null_count() == 5
        runs.run(words, server.url, **BATCH)
        assert lines(server)["단어0"] == 3 and sum(lines(server).values()) == 8
    assert runs.task(ITEMS[0], "state, attempts") == ("dead", 3)
    assert runs.task(ITEMS[1], "state, attempts") == ("done", 0)


@pytest.mark.parametrize(("behavior", "reason"), [("500", "outage"), ("503", "outage"), ("429", "rate_limit")])
def test_a_line_with_a_problem_of_the_provider_stays_pending(runs: NuanceRuns, behavior: str, reason: str) -> None:
    words = runs.take(*ITEMS)
    with ModelServer(by_term={"단어0": [behavior] * 4}) as server:
        runs.run(words, server.url, **BATCH)
        for _ in range(4):  # one run more than a word may fail
            replies = runs.run(words, server.url, **BATCH)
            assert replies["code"].null_count() == 6 and replies["pending"][0] in (reason, "batch")
            assert runs.task(ITEMS[0], "attempts") == (0,)
            runs.run(words, server.url, **BATCH)
        runs.run(words, server.url, **BATCH)
        assert runs.task(ITEMS[0], "state, attempts") == ("done", 0)
        assert lines(server)["단어0"] == 5


def test_a_response_format_that_the_provider_rejects_is_replaced_by_a_weaker_one(runs: NuanceRuns) -> None:
    words = runs.take(*ITEMS)
    with ModelServer(by_term={item.split("#")[0]: ["schema"] for item in ITEMS}) as server:
        assert pending(runs.run(words, server.url, **BATCH, batch_wait=30)) == {}
        formats = [request["format"] for request in server.requests() if request["term"]]
    assert Counter(formats) == {"json_schema": 6, "json_object": 6}
    assert runs.task(ITEMS[0], "state, attempts") == ("done", 0)


def test_a_run_by_calls_does_not_request_words_that_are_in_a_batch(runs: NuanceRuns) -> None:
    words = runs.take(*ITEMS)
    with ModelServer(batch_seconds=60) as server:
        runs.run(words.head(4), server.url, **BATCH)
        replies = runs.run(words, server.url, **BATCH | {"mode": "calls"})
        assert set(pending(replies)) == {f"단어{number}" for number in range(4)}
        assert "fetch it with llm.mode=batch" in replies["message"][0]
        assert lines(server) == {"단어4": 1, "단어5": 1}


def test_replies_to_words_outside_the_run_are_stored_too(runs: NuanceRuns) -> None:
    words = runs.take(*ITEMS)
    with ModelServer() as server:
        runs.run(words, server.url, **BATCH)
        runs.run(words.head(1), server.url, **BATCH)
        assert runs.run(words, server.url, **BATCH)["cached"].all()
        requested_once(server, runs)


def test_the_cost_is_reserved_until_the_batch_is_fetched(runs: NuanceRuns) -> None:
    words = runs.take(*ITEMS)
    with ModelServer(batch_seconds=1.5, tokens_in=10, tokens_out=10) as server:
        # A line can cost up to 1,000 output tokens at USD 1 per million, plus a token per byte of its prompt: two lines fit.
        budget = {"run": {"usd": None}, "day": {"usd": 0.006}}
        first = runs.run(words, server.url, **BATCH, budget=budget)
        assert Counter(pending(first).values()) == {"batch": 2, "budget": 4}
        assert "the budget of USD 0.006 for today" in str(first.filter(pending="budget")["message"][0])
        # The run has ended, but its batch has not. Later runs must not release the reservations.
        assert Counter(pending(runs.run(words, server.url, **BATCH, budget=budget)).values()) == {
            "batch": 2,
            "budget": 4,
        }
        assert runs.sql("SELECT count(*), count(batch_id) FROM llm_reservations") == [(2, 2)]
        time.sleep(1.5)
        runs.run(words, server.url, **BATCH | {"mode": "calls"}, budget=budget)
        assert lines(server) == {} and runs.sql("SELECT count(*) FROM llm_calls") == [(0,)]
        third = runs.run(words, server.url, **BATCH, budget=budget)
        assert Counter(pending(third).values()) == {"batch": 2, "budget": 2}
        assert sum(lines(server).values()) == 2


def test_a_model_without_a_batch_price_or_a_provider_without_batches_is_refused(runs: NuanceRuns) -> None:
    words = runs.take(ITEMS[0])
    with ModelServer() as server:
        without_batch_price = {"openai/test": {"input": 1.0, "output": 2.0}}
        with pytest.raises(SettingsError, match=r"openai/test has no batch price .*llm\.mode=calls"):
            runs.run(words, server.url, **BATCH | {"prices": without_batch_price})
        with pytest.raises(SettingsError, match=r"not supported for groq/x: .*openai, azure, litellm_proxy"):
            runs.run(words, server.url, **BATCH | {"model": "groq/x", "price": "unknown_ok"})
        assert server.requests() == []
    assert runs.task(ITEMS[0]) == ("pending", 0, None)


def test_a_provider_that_refuses_everything_stops_the_run_and_leaves_nothing_open(runs: NuanceRuns) -> None:
    words = runs.take(*ITEMS)
    with ModelServer(endpoint_faults={"POST /v1/files": ["401"]}) as server:
        with pytest.raises(ModelUnavailableError, match="authentication"):
            runs.run(words, server.url, **BATCH)
        assert runs.sql("SELECT count(*) FROM llm_reservations") == [(0,)]
        runs.run(words, server.url, **BATCH)
        runs.run(words, server.url, **BATCH)
        requested_once(server, runs)


def test_a_batch_is_found_and_not_created_again_if_the_confirmation_is_lost(runs: NuanceRuns) -> None:
    words = runs.take(*ITEMS)
    faults = {"POST /v1/files": ["503"], "POST /v1/batches": ["429", "lost"], "GET /v1/files/{id}/content": ["500"]}
    with ModelServer(endpoint_faults=faults) as server:
        assert "batch_1" in runs.run(words, server.url, **BATCH)["message"][0]
        assert pending(runs.run(words, server.url, **BATCH)) == {}
        requested_once(server, runs)
        assert calls(server, "POST /v1/batches") == 2


@pytest.mark.parametrize(
    ("faults", "killed_at", "created"),
    [
        ({"POST /v1/files": ["hang"]}, "POST /v1/files", 1),
        ({"POST /v1/batches": ["lost"], "GET /v1/batches": ["hang"]}, "GET /v1/batches", 1),
        ({}, "GET /v1/batches/{id}", 1),
        ({"GET /v1/files/{id}/content": ["hang"]}, "GET /v1/files/{id}/content", 1),
    ],
    ids=["during the upload", "after the create call", "while waiting", "during the fetch"],
)
def test_after_a_killed_run_nothing_is_submitted_or_fetched_twice(
    runs: NuanceRuns, faults: dict[str, list[str]], killed_at: str, created: int
) -> None:
    words = runs.take(*ITEMS)
    with ModelServer(endpoint_faults=faults, batch_seconds=1) as server:
        process = batch_worker.start(runs.folder, server.url, ITEMS, **BATCH, batch_wait=60)
        _until(lambda: calls(server, killed_at) > 0)
        kill(process)
        for _ in range(20):
            if not pending(runs.run(words, server.url, **BATCH, batch_wait=5)):
                break
        requested_once(server, runs)
        assert calls(server, "POST /v1/batches") == created


def test_a_batch_that_was_never_created_is_submitted_again_later(runs: NuanceRuns) -> None:
    words = runs.take(*ITEMS)
    with ModelServer(endpoint_faults={"POST /v1/batches": ["hang"]}) as server:
        process = batch_worker.start(runs.folder, server.url, ITEMS, **BATCH)
        _until(lambda: calls(server, "POST /v1/batches") > 0)
        kill(process)
        # The create call may still arrive, so nothing is submitted yet.
        replies = runs.run(words, server.url, **BATCH)
        assert "not yet confirmed by the provider" in replies["message"][0]
        assert calls(server, "POST /v1/batches") == 1
        runs.sql("UPDATE llm_batches SET created = '2026-01-01T00:00:00Z'")
        runs.run(words, server.url, **BATCH)
        runs.run(words, server.url, **BATCH)
        requested_once(server, runs)


def test_two_concurrent_runs_submit_and_fetch_everything_once(runs: NuanceRuns) -> None:
    runs.take(*ITEMS)
    with ModelServer(batch_seconds=2) as server:
        both = [batch_worker.start(runs.folder, server.url, ITEMS, **BATCH, batch_wait=20) for _ in range(2)]
        ends = [process.communicate(timeout=120) for process in both]
        assert [process.returncode for process in both] == [0, 0], ends
        assert all(set(json.loads(out).values()) == {None} for out, _ in ends), ends
        requested_once(server, runs)
        assert calls(server, "GET /v1/files/{id}/content") == 1


def test_two_runs_with_different_words_do_not_block_each_other(runs: NuanceRuns) -> None:
    runs.take(*ITEMS)
    with ModelServer(batch_seconds=4) as server:
        both = [
            batch_worker.start(runs.folder, server.url, some, **BATCH, batch_wait=60) for some in (ITEMS[:3], ITEMS[3:])
        ]
        ends = [process.communicate(timeout=120) for process in both]
        assert all(set(json.loads(out).values()) == {None} for out, _ in ends), ends
        requested_once(server, runs)


def _until(happened: Any) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end, "the condition never became true"
        time.sleep(0.05)
