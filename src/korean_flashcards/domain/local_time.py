"""Format times in the machine's time zone, and look up time zones by name. Stored times remain in UTC (ISO 8601)."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from korean_flashcards.domain.lazy_regex import lazy_regex

_OFFSET = lazy_regex(r"([+-])(\d\d):(\d\d)")


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
    """Format a Unix time for display.

    The format is "14:05:30" within two minutes of now, "14:05" for other times today, and "2026-11-30 14:05" otherwise.
    """
    moment, now = datetime.fromtimestamp(at, UTC).astimezone(), datetime.now(UTC).astimezone()
    if abs(at - now.timestamp()) < 120:
        return f"{moment:%H:%M:%S}"
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment:%Y-%m-%d %H:%M}"


def local_zone_name() -> str:
    """Return the machine's time zone: its name ("Asia/Seoul") or, if unknown, its current offset ("+09:00")."""
    # Imported here, because only a new or an upgraded ledger needs the name.
    import tzlocal

    try:
        name = tzlocal.get_localzone_name()
        if name and datetime.now(zone_named(name)).utcoffset() == datetime.now().astimezone().utcoffset():
            return name
    except (ValueError, LookupError, OSError):
        pass  # TZ may be a rule such as KST-9 instead of a name
    return datetime.now().astimezone().isoformat()[-6:]


def zone_named(name: str) -> tzinfo:
    """Return the time zone with this name ("Asia/Seoul") or offset ("+09:00").

    Raises:
        ValueError: There is no time zone with this name.
    """
    if offset := _OFFSET.fullmatch(name):
        size = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(size if offset[1] == "+" else -size)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"unknown time zone {name}") from error
