"""Add up all model calls by stage, model, prompt, day, or word list, including calls of experiments and tests."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import ColumnElement, Connection, case, func, select

from korean_flashcards.ledger.db.llm_tables import llm_calls
from korean_flashcards.ledger.db.prompt_tables import prompt_versions
from korean_flashcards.ledger.db.run_tables import run_records
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import runs
from korean_flashcards.ledger.spending.budget_days import day_of, foreign_zone, zone_of
from korean_flashcards.ledger.spending.lists_of_calls import lists_of_calls

GroupBy = Literal["stage", "model", "prompt", "day", "list"]
GROUPINGS: tuple[GroupBy, ...] = get_args(GroupBy)
_MINUTE = len("2026-11-29T12:15")
_HASH = 12  # characters shown of a prompt version without a number


@dataclass
class CallSums:
    """The sums of several calls.

    Attributes:
        hits: The number of replies from the cache, according to the records of runs; None if it is not recorded.
        tokens_in: Input tokens, including ``tokens_cached``, which the provider read from its prompt cache.
        usd: The cost of the calls whose price is known.
        unpriced: The number of calls whose price is unknown.
        counted: The number of calls whose tokens this project counted, because the provider reported none.
        counted_usd: The cost of these calls, included in ``usd``.
        reserved: The number of calls booked at their maximum cost, because their actual cost is unknown.
        reserved_usd: The cost of these calls, included in ``usd``.
    """

    calls: int = 0
    hits: int | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    usd: float = 0.0
    unpriced: int = 0
    counted: int = 0
    counted_usd: float = 0.0
    reserved: int = 0
    reserved_usd: float = 0.0

    def add(self, other: "CallSums") -> None:
        """Add the sums of other calls. Cache hits are not added."""
        for name in _SUMMED:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_SUMMED = tuple(each.name for each in fields(CallSums) if each.name != "hits")


class CallCosts(NamedTuple):
    """The calls of a period.

    Attributes:
        rows: The sums by group, with the group's name: days and lists in order, other groups by cost.
        total: The sums of all calls.
        experiments: The sums of the calls that experiments made, which ``total`` includes.
        zone: The time zone of the days, or None if it matches the machine's clock.
    """

    rows: list[tuple[str, CallSums]]
    total: CallSums
    experiments: CallSums
    zone: str | None


def grouped_costs(store: LedgerStore, by: GroupBy, first: date | None = None, last: date | None = None) -> CallCosts:
    """Add up the calls from the day ``first`` to the day ``last``, both included. Days are those of the budgets."""
    with store.read() as connection:
        zone = zone_of(connection)
        within = _Period(_moment(first, zone), _moment(last and last + timedelta(days=1), zone))
        groups = _groups(connection, by, within, zone)
        hits = _hits(connection, by, within, zone)
        total, experiments = CallSums(), _of_experiments(connection, within)
        foreign = foreign_zone(connection)
    for name, count in hits.items():
        groups[name].hits = count
    for sums in groups.values():
        total.add(sums)
    if by in ("stage", "day"):
        total.hits = sum(hits.values())
    return CallCosts(_sorted(by, groups), total, experiments, foreign)


class _Period(NamedTuple):
    """A period from ``since`` until just before ``before`` (UTC, ISO 8601). None means that there is no limit."""

    since: str | None
    before: str | None

    def of(self, at: ColumnElement[Any]) -> Iterable[ColumnElement[bool]]:
        """Yield the conditions for a column with times."""
        if self.since is not None:
            yield at >= self.since
        if self.before is not None:
            yield at < self.before


def _moment(day: date | None, zone: tzinfo) -> str | None:
    if day is None:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _groups(connection: Connection, by: GroupBy, within: _Period, zone: tzinfo) -> dict[str, CallSums]:
    call = llm_calls.c
    columns: dict[GroupBy, tuple[ColumnElement[Any], ...]] = {
        "stage": (call.stage,),
        "model": (call.model,),
        "prompt": (call.stage, call.prompt_version),
        # No time zone's offset has seconds, so all calls of a minute belong to the same day.
        "day": (func.substr(call.at, 1, _MINUTE),),
        # A test call is about no word of a list.
        "list": (case((call.kind == "probe", ""), else_=call.term), call.key),
    }
    parts = columns[by]
    query = select(*parts, *_sums()).where(*within.of(call.at)).group_by(*parts)
    name_of = _naming(connection, by, zone)
    found: dict[str, CallSums] = defaultdict(CallSums)
    for row in connection.execute(query).tuples():
        sums = dict(zip(_SUMMED, row[len(parts) :], strict=True))
        found[name_of(*row[: len(parts)])].add(CallSums(**sums))
    return found


def _sums() -> list[ColumnElement[Any]]:
    call = llm_calls.c
    own: dict[str, ColumnElement[Any]] = {
        "calls": func.count(),
        "unpriced": func.count(case((call.usd.is_(None), 1))),
        "usd": func.coalesce(func.sum(call.usd), 0.0),
    }
    own |= {name: func.coalesce(func.sum(call[name]), 0) for name in ("tokens_in", "tokens_out", "tokens_cached")}
    for source in ("counted", "reserved"):
        own[source] = func.count(case((call.booked == source, 1)))
        own[f"{source}_usd"] = func.coalesce(func.sum(case((call.booked == source, call.usd))), 0.0)
    return [own[name] for name in _SUMMED]


def _naming(connection: Connection, by: GroupBy, zone: tzinfo) -> Callable[..., str]:
    """Return a function that names the group of a row from its first columns."""
    match by:
        case "day":
            return lambda minute: day_of(datetime.fromisoformat(f"{minute}:00+00:00").timestamp(), zone)
        case "list":
            return lists_of_calls(connection)
        case "prompt":
            known = prompt_versions.c
            query = select(known.stage, known.version, known.number, known.name)
            names = {
                (stage, version): f"{name or stage} v{number}"
                for stage, version, number, name in connection.execute(query).tuples()
            }
            return lambda stage, version: names.get((stage, version)) or f"{stage} {version[:_HASH]}".rstrip()
        case _:
            return str


def _hits(connection: Connection, by: GroupBy, within: _Period, zone: tzinfo) -> dict[str, int]:
    """Return the cache hits of the recorded runs, by stage or day. For other groups, hits are not recorded."""
    found: dict[str, int] = defaultdict(int)
    if by not in ("stage", "day"):
        return found
    query = select(runs.c.started, run_records.c.stages).join_from(run_records, runs)
    for started, stages in connection.execute(query.where(*within.of(runs.c.started))).tuples():
        day = day_of(datetime.fromisoformat(started).timestamp(), zone)
        for stage in json.loads(stages):
            if stage.get("cache_hits"):
                found[stage["stage"] if by == "stage" else day] += stage["cache_hits"]
    return found


def _of_experiments(connection: Connection, within: _Period) -> CallSums:
    experiments = select(run_records.c.run_id).where(run_records.c.pipelines == json.dumps(["experiment"]))
    query = select(*_sums()).where(llm_calls.c.run_id.in_(experiments), *within.of(llm_calls.c.at))
    return CallSums(**dict(zip(_SUMMED, connection.execute(query).one(), strict=True)))


def _sorted(by: GroupBy, groups: dict[str, CallSums]) -> list[tuple[str, CallSums]]:
    if by == "day":
        return sorted(groups.items(), reverse=True)
    return sorted(groups.items(), key=lambda group: (-group[1].usd, -group[1].calls, group[0]))
