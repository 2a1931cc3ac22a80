"""Test what the waiting times in headers and errors mean."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.domain.calls import RatesSeen
from korean_flashcards.llm.providers.rate_headers import rates_seen
from korean_flashcards.llm.providers.waiting_times import retry_after, seconds_to_wait

NOW = datetime(2026, 9, 21, 12, 0, tzinfo=UTC)
UNIX = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3", 3.0),
        ("0", 0.0),
        ("6m0s", 360.0),
        ("2m59.56s", 179.56),
        ("12ms", 0.012),
        ("23h59m", 86_340.0),
        ("1d2h", 93_600.0),
        ("1h30m15s", 5415.0),
        ("30 seconds", 30.0),
        (str(UNIX + 90), 90.0),
        (str((UNIX + 90) * 1000), 90.0),
        (str(UNIX - 5), 0.0),
        ("2026-09-21T12:00:30Z", 30.0),
        ("2026-09-21T21:00:30+09:00", 30.0),
        ("2026-03-26T20:00:00Z", 0.0),
        ("Mon, 21 Sep 2026 12:00:30 GMT", 30.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("nan", None),
        ("6 months", None),
        ("9" * 18, None),
        ("9" * 400, None),
        ("9" * 30 + "h", None),
        ("9999-12-31T00:00:00Z", None),
        (str(366 * 86_400), 366 * 86_400.0),
    ],
)
def test_a_waiting_time_is_read_in_all_formats(text: str | None, seconds: float | None) -> None:
    assert seconds_to_wait(text, NOW) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after-ms": "250", "retry-after": "1"}, None, 0.25),
        ({"retry-after": "-5"}, None, None),
        ({"retry-after": "86400"}, None, 86_400.0),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, None, 360.0),
        ({"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "6m0s"}, None, None),
        (
            {"anthropic-ratelimit-tokens-remaining": "0", "anthropic-ratelimit-tokens-reset": "2026-09-21T12:01:00Z"},
            None,
            60.0,
        ),
        ({}, {"error": {"details": [{"@type": "…RetryInfo", "retryDelay": "34s"}]}}, 34.0),
        ({}, {"error": {"message": "Rate limit reached. Please try again in 6m0s. Visit the site."}}, 360.0),
        ({}, {"error": {"message": "Quota exceeded. Please retry in 34.07s."}}, 34.07),
        ({}, {"error": {"metadata": {"headers": {"X-RateLimit-Reset": str((UNIX + 7200) * 1000)}}}}, 7200.0),
        ({}, {"error": {"message": "You said 5 minutes of hate"}}, None),
        ({}, [["retryDelay"], {"retryDelay": {"s": 3}}], None),
    ],
)
def test_the_wait_after_a_refusal_comes_from_headers_or_the_error(
    headers: dict[str, str], body: Any, seconds: float | None
) -> None:
    assert retry_after(headers, body, NOW) == (None if seconds is None else pytest.approx(seconds))


@given(st.text(max_size=40), st.recursive(st.none() | st.text(max_size=20) | st.integers(), st.lists, max_leaves=8))
def test_any_text_and_any_body_are_read_without_an_error(text: str, body: Any) -> None:
    for found in (seconds_to_wait(text, NOW), retry_after({"retry-after": text}, body, NOW)):
        assert found is None or found >= 0


@pytest.mark.parametrize(
    ("limit", "left", "seen"),
    [
        ("0", "-1", None),
        ("1,000,000", "999,000", RatesSeen(tokens=1_000_000, tokens_left=999_000)),
        ("1,00", "1", None),
        ("-60", "0", None),
        ("60.5", "1", None),
    ],
)
def test_odd_limits_are_read_or_ignored(limit: str, left: str, seen: RatesSeen | None) -> None:
    headers = {"x-ratelimit-limit-tokens": limit, "x-ratelimit-remaining-tokens": left}
    assert rates_seen(headers, NOW) == seen
