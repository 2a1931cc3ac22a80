"""What providers write into their headers about limits, in each of their ways."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.domain.calls import RatesSeen
from korean_flashcards.llm.providers.rate_headers import rates_seen

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_openais_names_and_durations() -> None:
    headers = {
        "x-ratelimit-limit-requests": "500", "x-ratelimit-remaining-requests": "499", "x-ratelimit-reset-requests": "120ms",
        "x-ratelimit-limit-tokens": "30000", "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s",
    }  # fmt: skip
    assert rates_seen(headers) == RatesSeen(500, 499, 0.12, 30000, 0, 360)


def test_anthropics_names_and_dates() -> None:
    headers = {
        "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "2026-11-24T12:00:30Z",
    }  # fmt: skip
    assert rates_seen(headers, NOW) == RatesSeen(50, 0, 30)


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [("1s", 1), ("2.5", 2.5), ("1h2m3s", 3723), ("1d", 86400), ("soon", None), ("", None), ("1x", None)],
)
def test_how_long_until_a_reset(reset: str, seconds: float | None) -> None:
    headers = {"x-ratelimit-limit-requests": "60", "x-ratelimit-reset-requests": reset}
    assert rates_seen(headers) == RatesSeen(60, None, seconds)


def test_headers_that_say_nothing_of_limits() -> None:
    assert rates_seen({"content-type": "application/json"}) is None
    assert rates_seen({"x-ratelimit-limit-requests": "unlimited"}) is None


@given(st.dictionaries(st.sampled_from([
    f"x-ratelimit-{part}-{kind}" for part in ("limit", "remaining", "reset") for kind in ("requests", "tokens")
]), st.text(max_size=12)))  # fmt: skip
def test_whatever_a_provider_writes_there_is_no_error(headers: dict[str, str]) -> None:
    rates_seen(headers, NOW)
