"""Show times in the machine's time zone. Stored times remain in UTC (ISO 8601)."""

from datetime import UTC, datetime


def local_time(at: str | datetime) -> str:
    """Return a time for display, such as "2026-11-29 12:15 +0900".

    Args:
        at: A datetime or an ISO 8601 string. A time without a time zone is treated as UTC.

    Raises:
        ValueError: The string is not an ISO 8601 time.
    """
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"{moment.astimezone():%Y-%m-%d %H:%M %z}"


def clock_time(at: float) -> str:
    """Return a Unix time for display: "14:05" today, "14:05:30" within two minutes, or "2026-11-30 14:05"."""
    moment, now = datetime.fromtimestamp(at, UTC).astimezone(), datetime.now(UTC).astimezone()
    if abs(at - now.timestamp()) < 120:
        return f"{moment:%H:%M:%S}"
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment:%Y-%m-%d %H:%M}"
