"""Read the records of runs and imports, and add up the runs of each day."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, case, func, or_, select, text
from sqlalchemy.dialects.sqlite import insert

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.run_record import StageFigures
from korean_flashcards.ledger.db.in_lists import chunks
from korean_flashcards.ledger.db.llm_tables import llm_calls
from korean_flashcards.ledger.db.run_records import KILLED
from korean_flashcards.ledger.db.run_tables import run_days, run_records
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import import_batches, runs

# unknown: a run of an older release, which recorded no results.
State = Literal["active", "complete", "incomplete", "failed", "killed", "unknown"]
STATES: tuple[State, ...] = ("active", "complete", "incomplete", "failed", "killed", "unknown")

_BY_EXIT_CODE: dict[int, State] = {0: "complete", 1: "failed", 2: "incomplete"}
# Figures of stages that are added up for a run. The ledger's calls have the last five, also after corrections.
_OF_CALLS = ("calls", "tokens_in", "tokens_out", "usd", "unpriced")
_SUMS = ("cache_hits", "cache_misses", *_OF_CALLS)
_DAY_SUMS = ("words", "cards", "failures", *(name for name in _SUMS if name != "calls"))


@dataclass(frozen=True)
class RecordedRun:
    """A run or an import: how it was started, how it ended, and its figures. A value is None if it is unknown.

    Attributes:
        ended: The end; for a killed run, its last recorded activity.
        seconds: The duration; for an active run, the time since its start. A killed run took at least this long.
        given: The parameters from the command line or the notebook; for an import, its options.
        parameters: All parameters.
        files: The lists of an import whose batches still exist.
        failures: The number of words that failed or, for an import, of rejected rows.
        usd: The cost of the calls whose price is known.
        unpriced: The number of calls whose price is unknown.
    """

    run_id: str
    kind: str
    state: State
    started: str
    ended: str | None
    seconds: float
    pipelines: list[str]
    environment: str | None
    given: dict[str, Any]
    parameters: dict[str, Any]
    exit_code: int | None
    error_code: str | None
    message: str | None
    words: int | None
    cards: int | None
    failures: int | None
    cache_hits: int | None
    cache_misses: int | None
    calls: int | None
    tokens_in: int | None
    tokens_out: int | None
    usd: float | None
    unpriced: int | None
    files: list[str]
    stages: list[StageFigures]


@dataclass(frozen=True)
class RunDay:
    """The sums of all runs and imports that started on one day (UTC)."""

    day: str
    runs: int
    complete: int
    incomplete: int
    failed: int
    seconds: float
    words: int
    cards: int
    failures: int
    cache_hits: int
    cache_misses: int
    tokens_in: int
    tokens_out: int
    usd: float
    unpriced: int


def listing(
    store: LedgerStore, limit: int | None = None, since: str | None = None, exit_codes: Sequence[int] = ()
) -> tuple[list[RecordedRun], int]:
    """Return the runs and imports, newest first, and the number of all that match.

    Args:
        store: The ledger.
        limit: The maximum number of runs, or None for all.
        since: The earliest start (UTC, ISO 8601), or None.
        exit_codes: Only runs with one of these exit codes, unless empty.
    """
    query = _query()
    if since is not None:
        query = query.where(runs.c.started >= since)
    if exit_codes:
        query = query.where(run_records.c.exit_code.in_(exit_codes))
    with store.read() as connection:
        total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
        return _read(connection, query.limit(limit)), total


def find(store: LedgerStore, name: str | None) -> RecordedRun:
    """Return the run whose ID is, begins with, or ends with ``name``, or the newest run if ``name`` is None.

    Raises:
        LedgerError: There is no such run, or there are several.
    """
    query = _query()
    if name is not None:
        run_id = runs.c.run_id
        query = query.where(or_(run_id.startswith(name, autoescape=True), run_id.endswith(name, autoescape=True)))
    with store.read() as connection:
        found = _read(connection, query.limit(1 if name is None else 6))
    exact = [run for run in found if run.run_id == name]
    if len(found) == 1 or exact:
        return (exact or found)[0]
    if name is None:
        raise LedgerError("There are no recorded runs yet. `kedro run` starts one.")
    if found:
        raise LedgerError(f"{name} fits several runs: {', '.join(run.run_id for run in found)}. Give more of the ID.")
    raise LedgerError(f"There is no run with the ID {name}. `kedro runs list` lists the runs.")


def by_day(store: LedgerStore, since: str | None = None) -> list[RunDay]:
    """Return the sums of each day, newest first, including the runs that a cleanup has removed.

    ``since``: the earliest start (UTC, ISO 8601). Removed runs are known only by day, so the whole day counts.
    """
    with store.read() as connection:
        query = _query() if since is None else _query().where(runs.c.started >= since)
        found = [row | {"kind": run.kind} for run in _read(connection, query) for row in [_day_of(run)]]
        old = select(run_days) if since is None else select(run_days).where(run_days.c.day >= since[:10])
        found += [dict(row) for row in connection.execute(old).mappings()]
    days: dict[str, dict[str, Any]] = {}
    for row in found:
        _add(days.setdefault(row["day"], {}), row)
    return [RunDay(day=day, **sums) for day, sums in sorted(days.items(), reverse=True)]


def add_to_days(connection: Connection, run_ids: Select[Any]) -> None:
    """Add the figures of these runs, which are about to be removed, to the sums of their days."""
    sums: dict[tuple[str, str], dict[str, Any]] = {}
    for run in _read(connection, _query().where(runs.c.run_id.in_(run_ids))):
        row = _day_of(run)
        _add(sums.setdefault((row["day"], run.kind), {}), row)
    for (day, kind), added in sums.items():
        upsert = insert(run_days).values(day=day, kind=kind, **added)
        total = {name: run_days.c[name] + upsert.excluded[name] for name in added}
        connection.execute(upsert.on_conflict_do_update(index_elements=["day", "kind"], set_=total))


def _query() -> Select[Any]:
    """Return a query for runs of pipelines and imports, newest first. Nodes that were called by hand have no record."""
    shown = or_(runs.c.kind == "import", runs.c.fingerprint != "", run_records.c.run_id.is_not(None))
    columns = [column for column in run_records.c if column.name != "run_id"]
    joined = runs.outerjoin(run_records, runs.c.run_id == run_records.c.run_id)
    return (
        select(runs.c.run_id, runs.c.kind, runs.c.started, runs.c.ended, *columns)
        .select_from(joined)
        .where(shown)
        .order_by(runs.c.started.desc(), text("runs.rowid DESC"))
    )


def _read(connection: Connection, query: Select[Any]) -> list[RecordedRun]:
    rows = connection.execute(query).mappings().all()
    calls = _calls(connection, [row["run_id"] for row in rows])
    files = _files(connection, [row["run_id"] for row in rows if row["kind"] == "import"])
    return [_run(dict(row), calls.get(row["run_id"], {}), files.get(row["run_id"], [])) for row in rows]


def _run(row: dict[str, Any], calls: dict[str, dict[str, Any]], files: list[str]) -> RecordedRun:
    stages = {stage["stage"]: StageFigures(**stage) for stage in json.loads(row["stages"] or "[]")}
    for name, figures in calls.items():
        stage = stages.setdefault(name, StageFigures(name, cache_misses=figures["requests"]))
        for figure in _OF_CALLS:
            setattr(stage, figure, figures[figure])
    copied = ("run_id", "kind", "started", "ended", "environment", "exit_code", "error_code", "message", "words",
              "cards", "failures")  # fmt: skip
    return RecordedRun(
        **{name: row[name] for name in copied},
        **{name: _total(stages.values(), name) for name in _SUMS},
        state=_state(row), seconds=_seconds(row["started"], row["ended"] or now(), stages.values()),
        pipelines=json.loads(row["pipelines"] or "[]"), given=json.loads(row["given"] or "{}"),
        parameters=json.loads(row["parameters"] or "{}"), files=files, stages=list(stages.values()),
    )  # fmt: skip


def _state(row: dict[str, Any]) -> State:
    if row["error_code"] == KILLED:
        return "killed"
    if row["exit_code"] is not None:
        return _BY_EXIT_CODE[row["exit_code"]]
    return "unknown" if row["ended"] else "active"


def _total(stages: Iterable[StageFigures], figure: str) -> Any:
    known = [value for stage in stages if (value := getattr(stage, figure)) is not None]
    return sum(known) if known else None


def _calls(connection: Connection, run_ids: Sequence[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the figures of the calls in the ledger, by run and stage."""
    call = llm_calls.c
    sums = select(
        call.run_id, call.stage, func.count().label("calls"),
        # A fallback's key is different, but only a request's first call has the attempt number 1.
        func.count(case((call.attempt == 1, call.key)).distinct()).label("requests"),
        func.sum(call.tokens_in).label("tokens_in"), func.sum(call.tokens_out).label("tokens_out"),
        func.coalesce(func.sum(call.usd), 0.0).label("usd"),
        func.count(case((call.usd.is_(None), 1))).label("unpriced"),
    ).group_by(call.run_id, call.stage)  # fmt: skip
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for part in chunks(run_ids):
        for row in connection.execute(sums.where(call.run_id.in_(part))).mappings():
            found.setdefault(row["run_id"], {})[row["stage"]] = dict(row)
    return found


def _files(connection: Connection, run_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the paths of the lists that each import read."""
    found: dict[str, list[str]] = {}
    batch = import_batches.c
    for part in chunks(run_ids):
        query = select(batch.run_id, batch.source).where(batch.run_id.in_(part)).order_by(batch.number)
        for run_id, source in connection.execute(query).tuples():
            found.setdefault(run_id, []).append(source)
    return found


def _seconds(started: str, ended: str, stages: Iterable[StageFigures]) -> float:
    """Return the run's duration. The ledger's times are whole seconds, and those of the stages are more exact."""
    seconds = (datetime.fromisoformat(ended) - datetime.fromisoformat(started)).total_seconds()
    return max(0.0, seconds, sum(stage.seconds or 0.0 for stage in stages))


def _day_of(run: RecordedRun) -> dict[str, Any]:
    """Return one run's figures as the sums of a day."""
    day = datetime.fromisoformat(run.started).astimezone(UTC).date().isoformat()
    states = {"complete": ["complete"], "incomplete": ["incomplete"], "failed": ["failed", "killed"]}
    values = asdict(run)
    return {
        "day": day, "runs": 1, "seconds": run.seconds,
        **{name: int(run.state in states) for name, states in states.items()},
        **{name: values[name] or 0 for name in _DAY_SUMS},
    }  # fmt: skip


def _add(sums: dict[str, Any], row: dict[str, Any]) -> None:
    for name, value in row.items():
        if name not in ("day", "kind"):
            sums[name] = sums.get(name, 0) + value
