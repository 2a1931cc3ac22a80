"""Read rate limits from response headers in OpenAI's and Anthropic's formats."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from korean_flashcards.domain.calls import RatesSeen

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def rates_seen(headers: Mapping[str, str], now: datetime | None = None) -> RatesSeen | None:
    """Return the rate limits in the headers, or None if there are none. Header names must be lowercase."""
    if not any("ratelimit" in name for name in headers):
        return None
    found: dict[str, int | float | None] = {}
    for kind in ("requests", "tokens"):
        limit, left, reset = (
            headers.get(f"x-ratelimit-{part}-{kind}") or headers.get(f"anthropic-ratelimit-{kind}-{part}")
            for part in ("limit", "remaining", "reset")
        )
        found[kind], found[f"{kind}_left"] = _whole(limit), _whole(left)
        found[f"{kind}_reset_s"] = _seconds(reset, now or datetime.now(UTC))
    if found["requests"] is None and found["tokens"] is None:
        return None
    return RatesSeen(**found)  # type: ignore[arg-type]


def _whole(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"[1-9]\d{0,14}|0", text) else None


def _seconds(text: str | None, now: datetime) -> float | None:
    """Return a duration in seconds. OpenAI sends "6m0s" or "20ms", Anthropic ISO 8601 times, and others seconds."""
    if not text:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    if _PART.sub("", text) == "":
        return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
    return _until(text, now)


def _until(text: str, now: datetime) -> float | None:
    try:
        due = datetime.fromisoformat(text)
    except ValueError:
        return None
    due = due if due.tzinfo else due.replace(tzinfo=UTC)
    return max(0.0, (due - now).total_seconds())
