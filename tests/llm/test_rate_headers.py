"""Test the parsing of rate limits in response headers, in the formats of all providers."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.domain.calls import RatesSeen
from korean_flashcards.llm.providers.rate_headers import rates_seen

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_openai_header_names_and_durations() -> None:
    headers = {
        "x-ratelimit-limit-requests": "500", "x-ratelimit-remaining-requests": "499", "x-ratelimit-reset-requests": "120ms",
        "x-ratelimit-limit-tokens": "30000", "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s",
    }  # fmt: skip
    assert rates_seen(headers) == RatesSeen(500, 499, 0.12, 30000, 0, 360)


def test_anthropic_header_names_and_dates() -> None:
    headers = {
        "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "2026-11-24T12:00:30Z",
    }  # fmt: skip
    assert rates_seen(headers, NOW) == RatesSeen(50, 0, 30)


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [("1s", 1), ("2.5", 2.5), ("1h2m3s", 3723), ("1d", 86400), ("soon", None), ("", None), ("1x", None)],
)
def test_the_time_until_a_reset_is_read(reset: str, seconds: float | None) -> None:
    headers = {"x-ratelimit-limit-requests": "60", "x-ratelimit-reset-requests": reset}
    assert rates_seen(headers) == RatesSeen(60, None, seconds)


def test_headers_without_limits_give_none() -> None:
    assert rates_seen({"content-type": "application/json"}) is None
    assert rates_seen({"x-ratelimit-limit-requests": "unlimited"}) is None


def test_space_that_only_strings_remove_is_not_part_of_a_limit() -> None:
    assert rates_seen({"x-ratelimit-limit-requests": "60\x1f"}) == rates_seen({"x-ratelimit-limit-requests": "60"})


@given(st.dictionaries(st.sampled_from([
    f"x-ratelimit-{part}-{kind}" for part in ("limit", "remaining", "reset") for kind in ("requests", "tokens")
]), st.text(max_size=12)))  # fmt: skip
def test_any_header_value_is_read_without_an_error(headers: dict[str, str]) -> None:
    rates_seen(headers, NOW)
