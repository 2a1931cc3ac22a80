"""The arithmetic of a plan: ranges are ordered, sums add up, and costs are never negative."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.domain.parameters import PartBudget
from korean_flashcards.ledger.spending.budgets import Spent
from korean_flashcards.llm.pricing.prices import Price, Usage
from korean_flashcards.planning.budget_forecast import Budget, Need, forecast
from korean_flashcards.planning.estimate import SHORTEST_CACHED, Costs, Work, costs, seconds
from korean_flashcards.planning.ranges import NOTHING, Range, total

PRICE = Price.of(input=2e-6, output=8e-6, cached=5e-7, batch_input=1e-6, batch_output=4e-6, source="test")
amounts = st.floats(0, 1e9, allow_subnormal=False)
ranges = st.tuples(amounts, amounts, amounts).map(sorted).map(lambda three: Range(*three))
rates = st.floats(0, 1e-3)
prices = st.builds(
    Price.of, input=rates, output=rates, cached=st.none() | rates, cache_write=st.none() | rates,
    batch_input=st.none() | rates, batch_output=st.none() | rates, source=st.just("test"),
)  # fmt: skip


@st.composite
def works(draw: st.DrawFn) -> Work:
    """Generate work whose requests all contain the standing tokens."""
    requests, standing = draw(st.integers(0, 20_000)), draw(st.integers(0, 5_000))
    into = Range.exactly(requests * standing).plus(draw(ranges))
    return Work(requests, into, draw(ranges), standing)


def ordered(one: Range) -> bool:
    return 0 <= one.low <= one.typical <= one.high


@given(st.lists(amounts, min_size=1))
def test_the_range_of_a_sample_is_ordered_and_contains_its_mean(values: list[float]) -> None:
    found = Range.of_sample(values)
    assert ordered(found) and found.typical == pytest.approx(sum(values) / len(values))
    assert min(values) <= found.high and found.low <= max(values)


def test_the_range_of_a_sample_is_its_10th_and_90th_percentile() -> None:
    assert Range.of_sample(range(101)) == (10, 50, 90)


@given(st.lists(ranges))
def test_sums_add_up_and_stay_ordered(parts: list[Range]) -> None:
    found = total(parts)
    assert ordered(found)
    assert found.typical == pytest.approx(sum(part.typical for part in parts))


@given(works(), prices)
def test_costs_are_ordered_and_never_negative(work: Work, price: Price) -> None:
    found = costs(work, price)
    for one in (found.plain, found.prompt_cache, found.batch):
        assert one is None or ordered(one)
    assert (found.batch is None) == (price.batch_input is None and price.batch_output is None)


@given(works(), prices)
def test_the_prompt_cache_has_a_cost_only_if_it_saves_money(work: Work, price: Price) -> None:
    found = costs(work, price)
    assert found.prompt_cache is None or found.prompt_cache.typical < found.plain.typical


def test_only_the_first_request_pays_the_full_price_of_the_system_text() -> None:
    work = Work(10, Range.exactly(10 * 2_000 + 500), Range(100, 200, 300), standing=2_000)
    found = costs(work, PRICE)
    assert found.plain.typical == pytest.approx(20_500 * 2e-6 + 200 * 8e-6)
    assert found.prompt_cache
    assert found.prompt_cache.typical == pytest.approx(2_500 * 2e-6 + 18_000 * 5e-7 + 200 * 8e-6)
    assert found.batch and found.batch.typical == pytest.approx(found.plain.typical / 2)


def test_writing_to_the_prompt_cache_costs_its_price() -> None:
    price = Price.of(input=3e-6, output=0, cached=3e-7, cache_write=3.75e-6, source="test")
    found = costs(Work(2, Range.exactly(4_000), NOTHING, standing=2_000), price)
    assert found.prompt_cache and found.prompt_cache.typical == pytest.approx(2_000 * 3.75e-6 + 2_000 * 3e-7)


def test_a_short_prompt_is_not_cached() -> None:
    short = Work(10, Range.exactly(50_000), NOTHING, standing=SHORTEST_CACHED - 1)
    assert costs(short, PRICE).prompt_cache is None


@given(prices)
def test_no_requests_cost_nothing_and_take_no_time(price: Price) -> None:
    found = costs(Work(0, NOTHING, NOTHING, 3_000), price)
    assert found == Costs(NOTHING, None, found.batch) and found.batch in (None, NOTHING)
    assert seconds(Work(0, NOTHING, NOTHING, 3_000), 5, 16, 64, 60, None) == (0, 0)


@given(works(), prices)
def test_the_high_cost_is_the_price_of_the_high_token_counts(work: Work, price: Price) -> None:
    usage = Usage(round(work.tokens_in.high), round(work.tokens_out.high))
    assert costs(work, price).plain.high == price.cost(usage)


@given(works(), st.floats(0.01, 100), st.integers(1, 100), st.integers(1, 100))
def test_durations_are_ordered_and_not_below_the_rate_limits(
    work: Work, latency: float, at_once: int, most: int
) -> None:
    low, high = seconds(work, latency, at_once, most, rpm=60, tpm=None)
    assert work.requests <= low <= high or work.requests == low == high == 0


def test_the_duration_depends_on_concurrency_and_rate_limits() -> None:
    work = Work(100, Range.exactly(60_000), Range.exactly(0), 0)
    assert seconds(work, 2.0, 10, 50, None, None) == (4.0, 20.0)
    assert seconds(work, 2.0, 10, 50, None, 6_000) == (600.0, 600.0)


def left(limit: dict[str, Any], spent: float, needs: list[Need]) -> Budget:
    part = PartBudget(per="day", **limit)
    before = Spent(usd=spent)
    return forecast(part, before.usd_left(part), before.tokens_left(part), needs)


@pytest.mark.parametrize(("usd", "verdict"), [(4, "enough"), (2.5, "perhaps"), (1.5, "short")])
def test_the_verdict_compares_the_rest_of_a_budget_with_the_estimates(usd: float, verdict: str) -> None:
    need = Need("nuance", "m", Range(1, 2, 3), Range(10, 20, 30))
    assert left({"usd": usd + 1}, 1.0, [need]).verdict == verdict


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 99), st.integers(1, 500)), max_size=3), st.integers(0, 3000)
)
def test_enough_means_that_no_call_is_refused(stages: list[tuple[int, int, int]], tokens: int) -> None:
    """Compare the verdict with a run that reserves the maximum of each call and then pays the high estimate."""
    needs = [
        Need("nuance", "m", None, Range(0, 0, calls * each), calls, call_tokens=max(most, each))
        for calls, each, most in stages
    ]
    used, refused = 0, False
    for calls, each, most in stages:
        for _ in range(calls):
            refused |= used + max(most, each) > tokens
            used += each
    assert (left({"tokens": tokens}, 0, needs).verdict == "enough") is not refused


def test_a_budget_must_also_cover_the_reservation_of_the_last_call() -> None:
    need = Need("nuance", "m", Range.exactly(6), Range.exactly(600), 6, call_usd=3, call_tokens=400)
    assert left({"usd": 8}, 0, [need]).verdict == "enough"
    short = left({"usd": 7.9}, 0, [need])
    assert (short.verdict, short.reserving, short.call_usd, short.call_tokens) == ("short", ("usd",), 3, 400)
    assert left({"tokens": 900}, 0, [need]).verdict == "enough"
    assert left({"usd": 7.9, "tokens": 899}, 0, [need]).reserving == ("usd", "tokens")
    assert left({"usd": 2.5}, 0, [need]).reserving == ("usd",), "no call fits"
    assert left({"usd": 4}, 0, [need]).reserving == (), "the estimate is the reason"


def test_a_batch_reserves_all_its_requests_at_once() -> None:
    need = Need("nuance", "m", Range.exactly(6), NOTHING, 6, call_usd=3, batch=True)
    assert [left({"usd": usd}, 0, [need]).verdict for usd in (18, 17.9)] == ["enough", "short"]


def test_a_budget_of_one_stage_or_model_applies_only_to_it() -> None:
    needs = [Need("nuance", "m", Range.exactly(9), NOTHING), Need("flashcards", "n", Range.exactly(1), NOTHING)]
    assert left({"usd": 2, "stage": "flashcards"}, 0, needs).verdict == "enough"
    assert left({"usd": 2, "model": "m"}, 0, needs).verdict == "short"


def test_with_an_unknown_price_only_budgets_in_tokens_apply() -> None:
    needs = [Need("nuance", "m", None, Range.exactly(100))]
    unlimited = left({"usd": 0.01}, 0, needs)
    assert (unlimited.verdict, unlimited.unpriced, unlimited.limits_usd) == ("unknown", ("m",), False)
    assert left({"usd": 0.01, "tokens": 99}, 0, needs).verdict == "short"


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_the_rest_of_a_budget_is_never_negative(usd: float, spent: float) -> None:
    found = left({"usd": usd}, spent, [])
    assert found.usd_left is not None and found.usd_left >= 0 and found.verdict == "enough"
