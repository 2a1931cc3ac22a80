"""Read rate limits from response headers in OpenAI's and Anthropic's formats."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from korean_flashcards.domain.calls import RatesSeen
from korean_flashcards.llm.providers.waiting_times import seconds_to_wait


def rates_seen(headers: Mapping[str, str], now: datetime | None = None) -> RatesSeen | None:
    """Return the rate limits in the headers (lowercase names), or None if the headers contain none."""
    if not any("ratelimit" in name for name in headers):
        return None
    found: dict[str, int | float | None] = {}
    for kind in ("requests", "tokens"):
        limit, left, reset = (
            headers.get(f"x-ratelimit-{part}-{kind}") or headers.get(f"anthropic-ratelimit-{kind}-{part}")
            for part in ("limit", "remaining", "reset")
        )
        # A limit of 0 would forbid all calls, so it cannot be a per-minute limit.
        found[kind] = _whole(limit) or None
        found[f"{kind}_left"] = _whole(left) if found[kind] else None
        found[f"{kind}_reset_s"] = seconds_to_wait(reset, now or datetime.now(UTC)) if found[kind] else None
    if found["requests"] is None and found["tokens"] is None:
        return None
    return RatesSeen(**found)  # type: ignore[arg-type]


def _whole(text: str | None) -> int | None:
    """Parse an integer, which may have thousands separators."""
    number = (text or "").strip()
    if re.fullmatch(r"\d{1,15}|\d{1,3}(,\d{3}){1,4}", number):
        return int(number.replace(",", ""))
    return None
