"""Parse the waiting times that providers state in headers and error messages: durations, dates, and Unix times."""

import email.utils
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from korean_flashcards.domain.lazy_regex import lazy_regex

_UNITS = "milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d"
_PART = lazy_regex(rf"(\d+(?:\.\d+)?)\s*({_UNITS})(?![a-z])", re.I)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = lazy_regex(rf"(?:{_PART.pattern}[\s,]*)+", re.I)
_NUMBER = lazy_regex(r"\d+(?:\.\d+)?")
# "Please retry in 34.07s", "try again in 6m0s", "retry after 20 seconds"
_IN_WORDS = lazy_regex(rf"(?:(?:re)?try|again|wait)[^.\d]{{0,30}}?((?:{_PART.pattern}[\s,]*)+)", re.I)
# Names of error fields that contain a waiting time, without separators.
_NAMES = {"retrydelay", "retryafter", "retryafterseconds", "xratelimitreset"}
# Numbers this large are Unix times, in seconds or milliseconds. As a Unix time, 10^9 is in 2001, and no wait lasts 31
# years.
_UNIX, _UNIX_MS = 1e9, 1e11
# Seconds. A longer wait is a mistake, and dates so far in the future cannot even be displayed.
_LONGEST = 366 * 86_400.0


def seconds_to_wait(text: str | None, now: datetime) -> float | None:
    """Return the number of seconds to wait, or None if the text is not a time or is more than a year away.

    The text may be a number of seconds, a duration (6m0s, 23h59m, 12ms), an ISO 8601 time, an HTTP date (RFC 9110), or
    a Unix time in seconds or milliseconds. For a time in the past, return 0.
    """
    seconds = _seconds((text or "").strip(), now)
    return None if seconds is None or seconds > _LONGEST else seconds


def _seconds(text: str, now: datetime) -> float | None:
    if _NUMBER.fullmatch(text):
        number = float(text)
        if number < _UNIX:
            return number
        return max(0.0, (number / 1000 if number >= _UNIX_MS else number) - now.timestamp())
    if _DURATION.fullmatch(text):
        return _seconds_in(text)
    due = _date(text)
    return None if due is None else max(0.0, (due - now).total_seconds())


def retry_after(headers: Mapping[str, str], body: Any = None, now: datetime | None = None) -> float | None:
    """Return the number of seconds before a call may be repeated, or None if the provider does not specify it.

    Args:
        headers: The response headers, with lowercase names.
        body: The body's JSON value, or None.
        now: The current time (default: the system clock).
    """
    now = now or datetime.now(UTC)
    milliseconds = headers.get("retry-after-ms", "").strip()
    if _NUMBER.fullmatch(milliseconds) and float(milliseconds) <= 1000 * _LONGEST:
        return float(milliseconds) / 1000
    found = (seconds_to_wait(text, now) for text in (headers.get("retry-after"), *_in_body(body)))
    return next((seconds for seconds in found if seconds is not None), _used_up(headers, now))


def _used_up(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the number of seconds until all exhausted limits are reset."""
    waits = []
    for kind in ("requests", "tokens"):
        for prefix, suffix in (("x-ratelimit-", f"-{kind}"), (f"anthropic-ratelimit-{kind}-", "")):
            if headers.get(f"{prefix}remaining{suffix}") == "0":
                waits.append(seconds_to_wait(headers.get(f"{prefix}reset{suffix}"), now))
    if headers.get("x-ratelimit-remaining") == "0":
        waits.append(seconds_to_wait(headers.get("x-ratelimit-reset"), now))
    return max((seconds for seconds in waits if seconds is not None), default=None)


def _in_body(value: Any) -> Iterator[str]:
    """Yield the waiting times in an error: Google's retryDelay, OpenRouter's forwarded headers, and plain text."""
    if isinstance(value, list):
        for one in value:
            yield from _in_body(one)
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        known = str(name).lower().replace("_", "").replace("-", "")
        if known in _NAMES and not isinstance(inner, dict | list):
            yield str(inner)
        elif isinstance(inner, str) and (words := _IN_WORDS.search(inner)):
            yield words[1].strip(" ,")
        else:
            yield from _in_body(inner)


def _seconds_in(text: str) -> float:
    return sum(float(number) * _SECONDS[_unit(name)] for number, name in _PART.findall(text))


def _unit(name: str) -> str:
    name = name.lower()
    return "ms" if name.startswith(("ms", "milli")) else name[0]


def _date(text: str) -> datetime | None:
    """Parse an ISO 8601 time or an HTTP date. A time without a time zone is in UTC."""
    for read in (datetime.fromisoformat, email.utils.parsedate_to_datetime):
        try:
            due = read(text)
            return due if due.tzinfo else due.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            continue
    return None
