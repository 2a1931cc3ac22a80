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
