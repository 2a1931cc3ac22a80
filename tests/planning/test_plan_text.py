"""A plan reports each word's state with the reason, and fits 80 columns."""

import re
from dataclasses import replace
from typing import Any

import pytest

from korean_flashcards.domain.line_wrap import width
from korean_flashcards.planning.addresses import PlannedModel
from korean_flashcards.planning.budget_forecast import Budget
from korean_flashcards.planning.estimate import Costs, Seconds
from korean_flashcards.planning.plan import RunPlan, StagePlan
from korean_flashcards.planning.plan_text import budget_text, plan_lines, request_count
from korean_flashcards.planning.ranges import Range

USD = Range(1.1, 1.9, 2.6)
STAGE = StagePlan(
    stage="nuance", model="openrouter/deepseek/deepseek-chat-v3.1", states={"new": {"": 12}}, stale={}, waiting=0,
    requests=12, later=0, tokens_in=Range.exactly(52_229), tokens_out=Range(5_512, 6_890, 10_335), approximate=False,
    own_calls=0, price="list", refused=False, costs=Costs(USD, USD, USD), usd=USD, latency=2.0,
    seconds=Seconds(25.9, 125.9),
)  # fmt: skip


def plan(*stages: StagePlan, **changes: Any) -> RunPlan:
    values: dict[str, Any] = {
        "mode": "calls", "cache_only": False, "confirm_above_usd": 1.0, "stages": list(stages),
        "requests": sum(stage.requests for stage in stages), "usd": USD, "seconds": Seconds(25.9, 125.9),
        "budgets": [Budget("run", None, None, 5.0, 5.0, None, None, "enough")], **changes,
    }  # fmt: skip
    return RunPlan(**values)


def lines(*stages: StagePlan, **changes: Any) -> list[str]:
    return "\n".join(plan_lines(plan(*stages, **changes))).split("\n")


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("retry", "2 words to retry after earlier failures: why"),
        ("stale", "2 words stale and requested again: why (배#1, 눈#1)"),
        ("kept", "2 words kept without a new request: why"),
        ("dead", "2 words dead and no longer requested: why (to retry: `kedro tasks retry WORD`)"),
    ],
)
def test_each_state_is_reported_with_its_reason(state: str, expected: str) -> None:
    stage = replace(STAGE, states={"cached": {"": 5}, state: {"why": 2}}, stale={"why": ["배#1", "눈#1"]})
    text = " ".join(" ".join(lines(stage)).split())
    assert text.startswith(
        f"Nuance 5 cached, 2 {state}: 12 requests to openrouter/deepseek/deepseek-chat-v3.1 {expected}"
    )


def test_more_than_eight_stale_words_are_only_counted() -> None:
    words = [f"{number}#1" for number in range(9)]
    assert not any("#1" in line for line in lines(replace(STAGE, states={"stale": {"why": 9}}, stale={"why": words})))


def test_a_plan_fits_80_columns() -> None:
    waiting = replace(STAGE, stage="flashcards", waiting=12, later=12, approximate=True, own_calls=1)
    unknown = replace(STAGE, stage="judge", waiting=12, later=12, refused=True, costs=None, usd=None)
    found = lines(replace(STAGE, states={"stale": {"prompt v1→v2; model unchanged": 8}},
                          stale={"prompt v1→v2; model unchanged": ["갑자기#1"] * 8}), waiting, unknown)  # fmt: skip
    assert max(map(width, found)) <= 80
    assert all(line[:11].strip() or line.startswith(" " * 11) for line in found)


def test_costs_are_one_line_each() -> None:
    found = lines(STAGE)
    assert [line.strip() for line in found if "USD 1.90" in line] == [
        "USD 1.90 (1.10–2.60)",
        "USD 1.90 (1.10–2.60) with the provider's prompt cache",
        "USD 1.90 (1.10–2.60) in a batch",
    ]


def test_a_plan_without_requests_has_no_budgets_and_no_duration() -> None:
    nothing = replace(STAGE, states={"cached": {"": 12}}, requests=0)
    assert lines(replace(nothing, model="some/model")) == ["Nuance     12 cached (some/model): nothing to request"]
    offline = replace(nothing, states={}, model="offline/dictionary@2")
    assert lines(offline) == ["Nuance     no words (offline model): nothing to request"]


def test_the_duration_and_the_basis_of_the_estimates_are_reported() -> None:
    text = " ".join(" ".join(lines(STAGE, replace(STAGE, stage="judge", own_calls=20))).split())
    assert "Time about 25.9 s to 2 min 06 s at the current rate limits and concurrency" in text
    assert (
        "Estimated judge from your last 20 calls, including repairs and repeated calls; nuance from the examples"
        in text
    )
    assert "Time up to a day for a batch" in " ".join(lines(STAGE, seconds=None)).replace("       ", " ")


def test_a_budget_names_its_part_and_its_verdict() -> None:
    budget = Budget("day", "nuance", "openai/gpt-5", 5.0, 4.5, 1, 0, "short")
    assert budget_text(budget) == (
        "Today (nuance, openai/gpt-5): USD 4.50 of 5.00 and 0 of 1 token left, "
        "NOT enough (words beyond the budget stay pending)"
    )


def test_a_budget_for_a_model_that_is_never_called_does_not_apply() -> None:
    budget = Budget(
        "day", None, "gpt-9", None, None, None, None, "enough", requests=250, requests_left=250, applies=False
    )
    assert budget_text(budget) == "Today (gpt-9): does not apply, because no stage or fallback calls this model"


def test_a_budget_that_reservations_exceed_says_so() -> None:
    small = Budget("run", None, None, 0.014, 0.014, 30_000, 30_000, "short", call_usd=0.00729, call_tokens=24_316)
    usd = replace(small, tokens=None, reserving=("usd",))
    assert budget_text(usd) == (
        "This run: USD 0.014 of 0.014 left, NOT enough: each call reserves up to USD 0.0073 (words beyond the budget stay "
        "pending)"
    )
    tokens = replace(small, usd=None, verdict="perhaps", reserving=("tokens",))
    assert budget_text(tokens) == (
        "This run: 30,000 of 30,000 tokens left, perhaps not enough: each call reserves up to 24,316 tokens"
    )
    both = budget_text(replace(small, reserving=("usd", "tokens"), batch=True))
    assert "NOT enough: each request of a batch reserves up to USD 0.0073 and 24,316 tokens (words" in both


def test_a_small_budget_is_not_shown_as_nothing() -> None:
    small = Budget("day", None, None, 0.004, 0.0001, None, None, "short")
    assert budget_text(small).startswith("Today: USD 0.0001 of 0.004 left, NOT enough")


def test_a_budget_in_usd_does_not_apply_to_a_model_without_a_price() -> None:
    nothing = Budget("run", None, None, 5.0, 5.0, None, None, "unknown", ("openai/mine",), limits_usd=False)
    assert budget_text(nothing) == (
        "This run: the budget of USD 5.00 does not apply, because the price of openai/mine is unknown"
    )
    tokens = replace(nothing, tokens=100, tokens_left=99)
    assert budget_text(tokens).startswith(
        "This run: 99 of 100 tokens left, enough; the budget of USD 5.00 does not apply"
    )
    partly = replace(nothing, limits_usd=True)
    assert budget_text(partly) == (
        "This run: USD 5.00 of 5.00 left, enough; "
        "the budget of USD 5.00 does not apply to calls to openai/mine, because its price is unknown"
    )


@pytest.mark.parametrize(
    ("budgets", "limited"),
    [
        ([], False),
        ([Budget("run", None, None, 5.0, 5.0, None, None, "unknown", ("m",), False)], False),
        ([Budget("day", None, None, None, None, 100, 100, "enough")], True),
        ([Budget("day", None, "m", None, None, 100, 100, "enough")], True),
        ([Budget("day", None, "other", None, None, 100, 100, "enough")], False),
        ([Budget("day", "judge", None, None, None, 100, 100, "enough")], False),
        ([Budget("day", "nuance", None, None, None, 100, 100, "enough")], True),
        ([Budget("day", None, None, None, None, None, None, "enough", requests=9, requests_left=9)], True),
        ([Budget("day", None, "m", None, None, None, None, "enough", requests=9, requests_left=9)], True),
        ([Budget("day", None, "x/m", None, None, None, None, "enough", requests=9, requests_left=9)], False),
    ],
)
def test_the_plan_says_if_no_budget_limits_a_model(budgets: list[Budget], limited: bool) -> None:
    unpriced = replace(STAGE, model="m", price=None, costs=None, usd=None)
    model = PlannedModel("m", "provider", False, ("nuance",), priced=False, missing_key=None)
    text = " ".join(" ".join(lines(unpriced, budgets=budgets, models=[model], usd=None)).split())
    assert ("No budget limits the calls to m: its price is unknown" in text) is not limited
    assert "USD 5.00 of 5.00 left" not in text


def test_a_budget_in_requests_limits_a_model_at_any_provider() -> None:
    unpriced = replace(STAGE, model="openai/m", price=None, costs=None, usd=None)
    model = PlannedModel("openai/m", "provider", False, ("nuance",), priced=False, missing_key=None)
    requests = Budget("day", None, "m", None, None, None, None, "enough", requests=9, requests_left=9)
    assert "No limit" not in "\n".join(lines(unpriced, budgets=[requests], models=[model], usd=None))
    unlimited = " ".join(" ".join(lines(unpriced, budgets=[], models=[model], usd=None)).split())
    assert "its price is unknown, and no budget in tokens or requests applies." in unlimited


def test_a_model_is_shown_with_its_key_and_a_fallback_with_its_price() -> None:
    own = PlannedModel("openai/gpt-4o-mini", "http://127.0.0.1:8000/v1", False, ("nuance",), True, None,
                       key="OPENAI_API_KEY", usd_per_million=(0.15, 0.6))  # fmt: skip
    dear = replace(own, model="openai/gpt-4o", address="openai", fallback=True, usd_per_million=(2.5, 10.0))
    same = replace(own, model="azure/gpt-4o-mini", address="azure", fallback=True, key=None)
    unpriced = replace(same, model="openai/mine", usd_per_million=None, priced=False)
    found = "\n".join(lines(STAGE, models=[own, dear, same, unpriced]))
    assert max(map(width, found.splitlines())) <= 80
    text = " ".join(found.split())
    assert "Model openai/gpt-4o-mini at http://127.0.0.1:8000/v1 (sends OPENAI_API_KEY) Model" in text
    assert (
        "Model openai/gpt-4o (fallback) at openai (USD 2.5 in, 10 out per million tokens; sends OPENAI_API_KEY)" in text
    )
    assert "Model azure/gpt-4o-mini (fallback) at azure Model openai/mine (fallback) at azure" in text


def test_a_similar_model_name_is_suggested_before_an_unknown_price_is_allowed() -> None:
    misspelled = replace(STAGE, model="openai/gpt-4o-mni", price=None, refused=True, costs=None, usd=None)
    text = " ".join(" ".join(lines(misspelled, usd=None)).split())
    assert re.search(
        r"price unknown, so the model is not called\. Did you mean openai/gpt-4o-mini\b.*\? If the name is correct, set "
        r"llm\.prices, or pass --params llm\.price=unknown_ok\.", text,
    ), text  # fmt: skip
    other = " ".join(" ".join(lines(replace(misspelled, model="openai/xyz"), usd=None)).split())
    assert "price unknown, so the model is not called: set llm.prices, or pass --params llm.price=unknown_ok." in other


def test_an_estimated_number_of_requests_is_marked_as_such() -> None:
    assert request_count(plan(replace(STAGE, requests=1))) == "1 request"
    assert request_count(plan(STAGE, replace(STAGE, later=3))) == "about 24 requests"
