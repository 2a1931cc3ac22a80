"""Test which tokens and which cost are booked for a provider's claims."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.domain.requests import ChatTemplate
from korean_flashcards.llm.dispatch.booked_usage import booked
from korean_flashcards.llm.pricing.prices import Price
from korean_flashcards.llm.pricing.tokens import TokenCounter, most_counted_tokens, most_tokens, request_tokens
from korean_flashcards.llm.pricing.usage import claimed_usage
from korean_flashcards.llm.providers.base import RawReply

TEMPLATE = ChatTemplate("nuance", "openai/test", "Analyze the Korean word. " * 600, {"type": "object"}, None, 8192)
USER = '{"term": "우산"}'
TEXT = '{"term": "우산", "primary_meaning": "umbrella"}' * 20
PRICE = Price.of(input=1e-6, output=4e-6, cached=1e-7, source="test", longest_reply=8192)
COUNTER = TokenCounter("openai/test")
IN = request_tokens(COUNTER, TEMPLATE.system, USER, TEMPLATE.schema)
OUT = COUNTER.count(TEXT)


def book(usage: Any, price: Price | None = PRICE, text: str = TEXT) -> RawReply:
    claims = claimed_usage(usage if isinstance(usage, dict) else {})
    return booked(RawReply(text, "stop", claimed=claims), TEMPLATE, USER, price, batch=False)


@pytest.mark.parametrize(
    ("usage", "tokens_in", "tokens_out", "source"),
    [
        (None, IN, OUT, "counted"),
        ({}, IN, OUT, "counted"),
        ({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, IN, OUT, "counted"),
        ({"prompt_tokens": None, "completion_tokens": 310}, IN, 310, "counted"),
        ({"prompt_tokens": "4210", "completion_tokens": "310"}, 4210, 310, "reported"),
        ({"prompt_tokens": 4210.5, "completion_tokens": 310.0}, 4211, 310, "reported"),
        ({"prompt_tokens": "many", "completion_tokens": [310]}, IN, OUT, "counted"),
        ({"prompt_tokens": -4210, "completion_tokens": -310}, IN, OUT, "counted"),
        ({"prompt_tokens": 4210, "completion_tokens": 100_000}, 4210, OUT, "counted"),
        ({"prompt_tokens": 10**9, "completion_tokens": 310}, IN, 310, "counted"),
        ({"prompt_tokens": True, "completion_tokens": {"n": 3}}, IN, OUT, "counted"),
        ({"prompt_tokens": float("nan"), "completion_tokens": float("inf")}, IN, OUT, "counted"),
        ({"prompt_tokens": 3, "completion_tokens": 310}, IN, 310, "counted"),
        ({"prompt_tokens": IN // 4, "completion_tokens": OUT // 4}, IN, OUT, "counted"),
        ({"prompt_tokens": IN // 2, "completion_tokens": OUT // 2}, IN // 2, OUT // 2, "reported"),
        ({"prompt_tokens": 4210, "completion_tokens": 0}, 4210, OUT, "counted"),
        ({"input_tokens": 200, "cache_read_input_tokens": 4000, "output_tokens": 310}, 4200, 310, "reported"),
        ({"promptTokenCount": 4210, "candidatesTokenCount": 300, "thoughtsTokenCount": 10}, 4210, 310, "reported"),
    ],
)
def test_possible_claims_are_booked_and_others_are_counted(
    usage: Any, tokens_in: int, tokens_out: int, source: str
) -> None:
    found = book(usage)
    assert (found.tokens_in, found.tokens_out, found.booked) == (tokens_in, tokens_out, source)


def test_no_more_tokens_are_cached_or_reasoning_than_there_are() -> None:
    details = {
        "prompt_tokens_details": {"cached_tokens": 42_100},
        "completion_tokens_details": {"reasoning_tokens": 9000},
    }
    found = book({"prompt_tokens": 4210, "completion_tokens": 310} | details)
    assert (found.tokens_in, found.tokens_cached, found.tokens_out, found.tokens_reasoning) == (4210, 4210, 310, 310)


@pytest.mark.parametrize(
    ("cost", "price", "booked_usd", "source"),
    [
        (99.0, PRICE, None, "counted"),
        (0.0, PRICE, None, "counted"),
        (-1.0, PRICE, None, "reported"),
        ("0.006", PRICE, 0.006, "reported"),
        (0.006, PRICE, 0.006, "reported"),
        (99.0, None, None, "counted"),
        (0.02, None, 0.02, "reported"),
        ("much", None, None, "reported"),
    ],
)
def test_a_claimed_cost_is_booked_only_if_it_is_possible(
    cost: Any, price: Price | None, booked_usd: float | None, source: str
) -> None:
    found = book({"prompt_tokens": 4210, "completion_tokens": 310, "cost": cost}, price)
    assert (found.cost_usd, found.booked) == (booked_usd, source)


def test_a_reply_that_cannot_be_counted_is_booked_at_its_maximum() -> None:
    found = book({}, text="")
    assert (found.tokens_in, found.tokens_out, found.booked) == (IN, 8192, "reserved")


@pytest.mark.parametrize("prompt_tokens", [None, 0, 10**9, "many"])
def test_cached_tokens_are_not_believed_without_a_possible_prompt(prompt_tokens: Any) -> None:
    usage = {
        "prompt_tokens": prompt_tokens,
        "prompt_tokens_details": {"cached_tokens": 10**6},
        "completion_tokens": 310,
    }
    assert (book(usage).tokens_in, book(usage).tokens_cached) == (IN, 0)


@pytest.mark.parametrize("claimed", [None, 0])
def test_reasoning_without_a_reply_is_counted(claimed: int | None) -> None:
    claims = claimed_usage({"prompt_tokens": 4210, "completion_tokens": claimed})
    found = booked(RawReply("", "stop", claimed=claims, reasoning=TEXT), TEMPLATE, USER, PRICE, batch=False)
    assert (found.tokens_out, found.booked) == (OUT, "counted")


def test_a_claimed_cost_never_exceeds_what_was_reserved() -> None:
    most = PRICE.worst(most_tokens(TEMPLATE.system, USER, TEMPLATE.schema), 8192)
    tokens = {"prompt_tokens": most_tokens(TEMPLATE.system, USER, TEMPLATE.schema), "completion_tokens": 8192}
    assert book(tokens | {"cost": most * 1.01}).cost_usd is None
    assert book(tokens | {"cost": most}).cost_usd == most


_ANY = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.lists(st.integers(), max_size=2)
)


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(["prompt_tokens", "completion_tokens", "cost", "cached_tokens"]), _ANY))
def test_no_claim_books_more_than_was_reserved(usage: dict[str, Any]) -> None:
    found = book(usage)
    assert 0 < found.tokens_in <= most_tokens(TEMPLATE.system, USER, TEMPLATE.schema)
    assert 0 < found.tokens_out <= 8192
    worst = PRICE.worst(most_tokens(TEMPLATE.system, USER, TEMPLATE.schema), 8192)
    assert found.cost_usd is None or 0 < found.cost_usd <= worst


def test_the_user_text_is_counted_only_if_a_bound_does_not_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    count = TokenCounter.count
    monkeypatch.setattr(TokenCounter, "count", lambda self, text: counted.append(text) or count(self, text))
    most = most_counted_tokens(COUNTER, TEMPLATE.system, USER, TEMPLATE.schema)
    enough = -(-most // 3)
    assert enough < len(TEMPLATE.system) / 4  # a smaller claim is not conclusive by itself
    assert book({"prompt_tokens": enough, "completion_tokens": 310}).booked == "reported"
    assert USER not in counted
    assert book({"prompt_tokens": enough - 1, "completion_tokens": 310}).booked == "reported"
    assert USER in counted


@given(st.text(max_size=50))
def test_the_bound_is_never_below_the_count(user: str) -> None:
    user = user.encode("utf-8", "ignore").decode()
    arguments = (COUNTER, TEMPLATE.system, user, TEMPLATE.schema)
    assert most_counted_tokens(*arguments) >= request_tokens(*arguments)
