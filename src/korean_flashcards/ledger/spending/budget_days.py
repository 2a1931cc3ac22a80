"""Assign calls to the days and months that budgets cover.

All machines use the ledger's time zone, so they share one budget.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from sqlalchemy import Connection, select

from korean_flashcards.domain.local_time import zone_named
from korean_flashcards.ledger.db.tables import ledger_settings

ZONE = "budget_zone"


def budget_zone(connection: Connection) -> str:
    """Return the name or the UTC offset of the budgets' time zone ("Asia/Seoul" or "+09:00")."""
    setting = ledger_settings.c
    return str(connection.execute(select(setting.value).where(setting.name == ZONE)).scalar_one())


def zone_of(connection: Connection) -> tzinfo:
    """Return the time zone for daily and monthly budgets."""
    return zone_named(budget_zone(connection))


def day_of(at: float, zone: tzinfo) -> str:
    """Return the calendar day of a Unix time, such as "2026-11-29"."""
    return datetime.fromtimestamp(at, zone).date().isoformat()


def period(per: Literal["day", "month"], zone: tzinfo) -> tuple[str, str]:
    """Return the first day of the current period and the first day of the next period."""
    first = datetime.now(zone).date()
    if per == "day":
        return first.isoformat(), (first + timedelta(days=1)).isoformat()
    first = first.replace(day=1)
    return first.isoformat(), (first + timedelta(days=31)).replace(day=1).isoformat()


def first_moment(per: Literal["day", "month"], zone: tzinfo) -> str:
    """Return the time when the current period began (UTC, ISO 8601)."""
    first = datetime.fromisoformat(period(per, zone)[0]).replace(tzinfo=zone)
    return first.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def foreign_zone(connection: Connection) -> str | None:
    """Return the name of the budgets' time zone, or None if its UTC offset is currently the same as this machine's."""
    name = budget_zone(connection)
    same = datetime.now(zone_named(name)).utcoffset() == datetime.now().astimezone().utcoffset()
    return None if same else name
