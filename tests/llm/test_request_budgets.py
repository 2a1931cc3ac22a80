"""Test budgets that count requests, as the free tiers of providers do."""

from pathlib import Path
from typing import Any

import pytest
from support.model_server import ModelServer
from support.parameters import llm_parameters
from support.requests_to_send import NuanceRuns, words

from korean_flashcards.domain.parameters import PartBudget
from korean_flashcards.domain.records import PendingCode
from korean_flashcards.planning.budget_forecast import Need, forecast
from korean_flashcards.planning.plan_text import budget_text
from korean_flashcards.planning.ranges import Range

MODEL = "openai/test"
PER_DAY = {"per": "day", "model": MODEL, "requests": 7}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("budget", "sent"),
    [
        ({"parts": [PER_DAY]}, 7),
        ({"run": {"requests": 5}}, 5),
        ({"month": {"requests": 3}, "parts": [PER_DAY]}, 3),
        ({"parts": [PER_DAY | {"model": "openai/other"}]}, 20),
        ({"parts": [PER_DAY | {"model": "test"}]}, 7),
        ({"day": {"requests": 0}}, 0),
    ],
)
def test_a_run_sends_no_more_requests_than_its_budget_allows(tmp_path: Path, budget: dict[str, Any], sent: int) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(20)))
    with ModelServer() as server:
        replies = runs.run(todo, server.url, budget=budget)
        assert len(server.requests()) == sent
    assert replies["text"].count() == sent
    assert set(replies["pending"].drop_nulls()) == ({PendingCode.BUDGET} if sent < 20 else set())


def test_the_next_run_of_the_day_has_what_is_left(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(20)))
    with ModelServer() as server:
        for requests in (5, 5, 12):
            replies = runs.run(todo, server.url, budget={"parts": [PER_DAY | {"requests": requests}]})
        assert len(server.requests()) == 12
    waiting = replies.filter(replies["pending"].is_not_null())["message"][0]
    assert waiting == (
        "the budget of 12 requests for today (openai/test: 12 requests spent, 0 requests reserved; the next call needs up "
        "to 1 request) does not allow another call"
    )
    assert runs.ledger.budgets.spent(PartBudget.model_validate(PER_DAY)).requests_left(
        PartBudget.model_validate(PER_DAY | {"requests": 15})
    ) == 3  # fmt: skip


def test_rejected_requests_and_retries_count(tmp_path: Path) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take("배#1")
    with ModelServer(always="wrong_word") as server:
        replies = runs.run(todo, server.url, budget={"run": {"requests": 3}}, repair=False)
        assert len(server.requests()) == 3
    assert replies["pending"][0] == PendingCode.BUDGET


@pytest.mark.parametrize(("left", "verdict"), [(40, "enough"), (39, "short"), (0, "short"), (1000, "enough")])
def test_the_plan_shows_the_requests_that_are_left_and_whether_they_are_enough(left: int, verdict: str) -> None:
    limit = PartBudget(per="day", model=MODEL, requests=1000)
    needs = [
        Need("nuance", MODEL, None, Range.exactly(1), 25), Need("flashcards", MODEL, None, Range.exactly(1), 15),
        Need("judge", "openai/other", None, Range.exactly(1), 900),
    ]  # fmt: skip
    found = forecast(limit, None, None, needs, left, "Asia/Seoul")
    assert (found.verdict, found.requests, found.requests_left) == (verdict, 1000, left)
    assert f"Today (openai/test, in Asia/Seoul): {left:,} of 1,000 requests left" in budget_text(found)


@pytest.mark.parametrize(("model", "verdict"), [("test", "short"), ("openai/test", "short"), ("azure/test", "enough")])
def test_the_plan_applies_a_budget_without_a_provider_to_every_provider(model: str, verdict: str) -> None:
    needs = [Need("nuance", MODEL, None, Range.exactly(1), 25)]
    found = forecast(PartBudget(per="day", model=model, requests=7), None, None, needs, 7)
    assert found.verdict == verdict


def test_a_budget_of_requests_alone_is_a_limit() -> None:
    none = {"usd": None}
    budget = llm_parameters(budget={"run": none, "day": none, "month": none, "parts": [PER_DAY]}).budget
    assert [limit.requests for limit in budget.limits()] == [7]
