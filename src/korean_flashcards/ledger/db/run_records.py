"""Write the record of a run: when it begins, when it ends, and when a later command finds out that it was killed."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from korean_flashcards.domain.run_record import RunResult, RunStart
from korean_flashcards.ledger.db.run_tables import run_records
from korean_flashcards.ledger.db.sqlite import storable, storable_json
from korean_flashcards.ledger.db.tables import runs, tasks

KILLED = "killed"
_KILLED_MESSAGE = (
    "The process ended without reporting a result. It was killed, or the computer was switched off. Replies that had "
    "arrived are in the cache."
)
# Figures of the stages whose sums have a separate column.
_SUMS = ("cache_hits", "cache_misses", "tokens_in", "tokens_out", "usd", "unpriced")


def begin(connection: Connection, run_id: str, start: RunStart) -> None:
    """Store how the run was started."""
    connection.execute(
        insert(run_records).values(
            run_id=run_id, pipelines=storable_json(list(start.pipelines)), environment=start.environment,
            given=storable_json(dict(start.given)), parameters=storable_json(dict(start.parameters)),
        )
    )  # fmt: skip


def conclude(connection: Connection, run_id: str, result: RunResult) -> None:
    """Store how the run ended. Does nothing if the run has no record."""
    connection.execute(
        update(run_records)
        .where(run_records.c.run_id == run_id)
        .values(
            **{name: getattr(result, name) for name in ("exit_code", "error_code", "words", "cards", "failures")},
            message=None if result.message is None else storable(result.message),
            **{name: result.total(name) for name in _SUMS},
            stages=storable_json([asdict(stage) for stage in result.stages]),
        )
    )  # fmt: skip


def mark_killed(connection: Connection, run_ids: Sequence[str]) -> None:
    """Store that these runs were killed, and how many words had failed. Runs of an older release get a record, too.

    The ledger's calls have the tokens and the cost. The other figures are unknown.
    """
    known = select(runs.c.run_id, runs.c.kind, runs.c.started).where(runs.c.run_id.in_(run_ids), runs.c.ended.is_(None))
    for run_id, kind, started in connection.execute(known).tuples().all():
        blank = {"pipelines": "[]", "environment": "", "given": "{}", "parameters": "{}"}
        killed: dict[str, str | int] = {"error_code": KILLED, "message": _KILLED_MESSAGE}
        if kind == "run":
            killed["failures"] = _failures_since(connection, started)
        connection.execute(
            upsert(run_records)
            .values(run_id=run_id, **blank, **killed)
            .on_conflict_do_update(index_elements=["run_id"], set_=killed)
        )


def _failures_since(connection: Connection, started: str) -> int:
    """Return the number of words that failed since a run started."""
    failed = tasks.c.state.in_(["failed", "dead"]), tasks.c.settled >= started
    return connection.execute(select(func.count(tasks.c.item_id.distinct())).where(*failed)).scalar_one()
