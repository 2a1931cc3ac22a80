"""Test that the maximum cost of a call is reserved before it is sent, and that no budget is exceeded."""

import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from support.ledger import fresh_ledger, ledger_at
from support.parameters import llm_parameters

from korean_flashcards.domain.calls import Call, PaidReply, ReservationRequest
from korean_flashcards.domain.parameters import BudgetParameters, PartBudget
from korean_flashcards.ledger.db.llm_tables import llm_calls, llm_spending
from korean_flashcards.ledger.facade import Ledger

_NAMES = itertools.count()
RUN = PartBudget(per="run", usd=1.0)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with fresh_ledger(tmp_path) as book:
        book.runs.wait_for_others("the same")
        yield book


def budget(run: float | None = None, parts: list[dict[str, Any]] | None = None, **more: Any) -> BudgetParameters:
    return llm_parameters(
        budget={"run": {"usd": run}, "day": {"usd": None}, "month": {"usd": None}, "parts": parts or []} | more
    ).budget


def reservation_request(
    usd: float = 0.1, tokens: int = 100, stage: str = "nuance", model: str = "openai/m", key: str = "k"
) -> ReservationRequest:
    return ReservationRequest(f"r{next(_NAMES)}", key, "배", stage, model, "abc", usd, tokens)  # type: ignore[arg-type]


def call(one: ReservationRequest, usd: float | None = 0.01, tokens: int = 50, at: float | None = None) -> Call:
    return Call(
        at=at or time.time(), stage=one.stage, term=one.term, model=one.model, provider="openai", prompt_version="abc",
        key=one.key, kind="ask", attempt=1, outcome="ok", message=None, tokens_in=tokens, tokens_out=0, tokens_cached=0,
        tokens_reasoning=0, usd=usd, latency_s=0.1, queue_s=0.0, reservation=one.reservation,
    )  # fmt: skip


def test_a_reservation_counts_as_spent_until_its_call_is_recorded(ledger: Ledger) -> None:
    reservations = [reservation_request(0.4) for _ in range(3)]
    result = ledger.budgets.reserve(reservations, budget(run=1.0))
    assert (result.granted, result.outstanding) == (2, 2)
    assert result.refused == (
        "the budget of USD 1.00 for this run (USD 0.0000 spent, USD 0.8000 reserved; the next call needs up to USD 0.4000)"
    )
    ledger.budgets.record([call(reservations[0], usd=0.1)])
    assert ledger.budgets.reserve(reservations[2:], budget(run=1.0)).granted == 1
    assert ledger.budgets.spent(RUN) == (0.1, 50, 0.8, 200, 1, 2)


def test_reservations_of_unsent_calls_are_released(ledger: Ledger) -> None:
    reservations = [reservation_request(0.5), reservation_request(0.5)]
    ledger.budgets.reserve(reservations, budget(run=1.0))
    ledger.budgets.release([one.reservation for one in reservations])
    assert ledger.budgets.spent(RUN) == (0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("limits", "refused"),
    [
        ({"run": 0.05}, "USD 0.05 for this run"),
        ({"day": {"usd": 0.05}}, "USD 0.05 for today"),
        ({"month": {"tokens": 99}}, "99 tokens for this month"),
        ({"parts": [{"per": "day", "stage": "nuance", "usd": 0.0}]}, "USD 0.00 for today (nuance: USD 0.0000 spent"),
        ({"parts": [{"per": "run", "model": "openai/m", "tokens": 5}]}, "5 tokens for this run (openai/m: 0 tokens spent"),
        ({"parts": [{"per": "run", "model": "openai/other", "tokens": 5}]}, None),
        ({"parts": [{"per": "day", "stage": "flashcards", "usd": 0.0}]}, None),
        ({"parts": [{"per": "day", "model": "m", "requests": 0}]}, "0 requests for today (m: 0 requests spent"),
        ({"parts": [{"per": "day", "model": "azure/m", "requests": 0}]}, None),
    ],
)  # fmt: skip
def test_each_budget_limits_only_its_period_stage_and_model(
    ledger: Ledger, limits: dict[str, Any], refused: str | None
) -> None:
    result = ledger.budgets.reserve([reservation_request()], budget(**limits))
    assert result.granted == (refused is None)
    assert refused is None or refused in str(result.refused)


def test_a_model_without_a_provider_is_that_model_at_every_provider(ledger: Ledger) -> None:
    part = {"per": "day", "model": "gpt-4o-mini", "requests": 9}
    same = ("gpt-4o-mini", "openai/gpt-4o-mini", "azure/gpt-4o-mini", "openrouter/openai/gpt-4o-mini")
    others = ("openai/gpt-4o", "openai/my-gpt-4o-mini", "openai/GPT-4o-mini", "openai/gpt-4o-mini-2024-07-18")
    reservations = [reservation_request(model=model) for model in (*same, *others) for _ in range(2)]
    assert ledger.budgets.reserve(reservations, budget(parts=[part])).granted == len(reservations)
    ledger.budgets.record([call(one) for one in reservations[::2]])
    spent = ledger.budgets.spent(PartBudget.model_validate(part))
    assert (spent.requests, spent.reserved_requests) == (len(same), len(same))
    exact = ledger.budgets.spent(PartBudget.model_validate(part | {"model": "openai/gpt-4o-mini"}))
    assert (exact.requests, exact.reserved_requests) == (1, 1)
    assert (
        ledger.budgets.reserve([reservation_request(model="openai/gpt-4o-mini")] * 2, budget(parts=[part])).granted == 1
    )


def test_the_message_about_interrupted_calls_covers_every_provider_of_the_model(ledger: Ledger) -> None:
    one = reservation_request(0.5, model="openai/m")
    ledger.budgets.reserve([one], budget())
    ledger.budgets.record([replace(call(one, usd=0.5), outcome="interrupted")])
    refused = ledger.budgets.reserve(
        [reservation_request(0.6)], budget(parts=[{"per": "day", "model": "m", "usd": 1.0}])
    )
    assert "includes USD 0.5000 for 1 call that ended without a reply" in str(refused.refused)


def test_calls_from_yesterday_count_toward_the_month_but_not_toward_today(ledger: Ledger) -> None:
    first = reservation_request()
    ledger.budgets.reserve([first], budget())
    ledger.budgets.record([call(first, usd=0.7, at=time.time() - 86_400)])
    today, month = (ledger.budgets.spent(PartBudget(per=per, usd=1)) for per in ("day", "month"))  # type: ignore[arg-type]
    assert today.usd == 0
    assert month.usd == (0.7 if time.localtime().tm_mday > 1 else 0)


def test_simultaneous_runs_share_a_run_budget_and_a_later_run_has_a_new_one(tmp_path: Path) -> None:
    with (
        fresh_ledger(tmp_path) as one,
        ledger_at(tmp_path / "ledger.db") as two,
        ledger_at(tmp_path / "ledger.db") as late,
    ):
        one.runs.wait_for_others("same")
        two.runs.wait_for_others("same")
        assert one.budgets.reserve([reservation_request(0.6)], budget(run=1.0)).granted == 1
        assert two.budgets.reserve([reservation_request(0.6)], budget(run=1.0)).granted == 0
        one.close()
        # The first run has ended, but the second is still active. A run that starts now shares its budget.
        late.runs.wait_for_others("same")
        paid = reservation_request(0.9)
        assert two.budgets.reserve([paid], budget(run=1.5)).granted == 1
        two.budgets.record([call(paid, usd=0.9)])
        assert late.budgets.reserve([reservation_request(0.2)], budget(run=1.0)).granted == 0
    with ledger_at(tmp_path / "ledger.db") as alone:
        alone.runs.sweep()
        alone.runs.wait_for_others("same")
        assert alone.budgets.reserve([reservation_request(0.9)], budget(run=1.0)).granted == 1


def test_pending_calls_of_a_dead_run_count_at_their_maximum_cost(tmp_path: Path) -> None:
    dying = fresh_ledger(tmp_path)
    dying.runs.wait_for_others("same")
    sent = [reservation_request(0.3, key="cached"), reservation_request(0.4, key="unknown")]
    dying.budgets.reserve(sent, budget())
    for one in sent:
        dying.budgets.sent(one.reservation)
    # Simulate a killed process: its lock is free and nothing was recorded.
    dying.runs._free()
    with ledger_at(tmp_path / "ledger.db") as ledger:
        ledger.runs.wait_for_others("same")
        assert ledger.budgets.settle_dead(lambda key, since: PaidReply(0.05, 10, 20) if key == "cached" else None) == 2
        assert ledger.budgets.settle_dead(lambda key, since: None) == 0
        with ledger.store.read() as connection:
            found = connection.execute(select(llm_calls.c.key, llm_calls.c.outcome, llm_calls.c.usd)).tuples().all()
        assert sorted(found) == [("cached", "ok", 0.05), ("unknown", "interrupted", 0.4)]
        assert ledger.budgets.spent(PartBudget(per="day", usd=1)).usd == pytest.approx(0.45)


def test_reservations_of_an_active_run_are_not_settled_by_a_different_run(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as one, ledger_at(tmp_path / "ledger.db") as other:
        one.runs.wait_for_others("same")
        one.budgets.reserve([reservation_request(0.3)], budget())
        other.runs.wait_for_others("same")
        assert other.budgets.settle_dead(lambda key, since: None) == 0


@pytest.mark.slow
def test_threads_and_processes_together_never_exceed_a_budget(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as one, ledger_at(tmp_path / "ledger.db") as other:
        granted: list[ReservationRequest] = []

        def spend(ledger: Ledger) -> None:
            ledger.runs.wait_for_others("same")
            while ledger.budgets.reserve([mine := reservation_request(0.013)], budget(run=0.5)).granted:
                ledger.budgets.record([call(mine, usd=0.013)])
                granted.append(mine)

        threads = [threading.Thread(target=spend, args=(ledger,)) for ledger in (one, other) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(granted) == 38 and one.budgets.spent(RUN).usd <= 0.5


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.floats(0.001, 0.3), st.floats(0, 1), st.sampled_from(["record", "release", "hold"])), max_size=25
    )
)
def test_totals_equal_the_sum_of_the_recorded_calls(steps: list[tuple[float, float, str]]) -> None:
    with fresh_ledger() as ledger:
        ledger.runs.wait_for_others("same")
        for most, share, then in steps:
            one = reservation_request(most, tokens=10)
            if ledger.budgets.reserve([one], budget(run=1.0)).granted:
                if then == "record":
                    ledger.budgets.record([call(one, usd=most * share, tokens=10)])
                elif then == "release":
                    ledger.budgets.release([one.reservation])
            spent = ledger.budgets.spent(RUN)
            assert spent.usd + spent.reserved_usd <= 1.0 + 1e-9
        with ledger.store.read() as connection:
            calls = connection.execute(text("SELECT count(*), total(usd), total(tokens_in) FROM llm_calls")).one()
            sums = [(row.calls, row.usd, row.tokens) for row in connection.execute(select(llm_spending))]
        totals = [sum(column) for column in zip(*sums, strict=True)] or [0, 0, 0]
        assert totals == pytest.approx(list(calls))
