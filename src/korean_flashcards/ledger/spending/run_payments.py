"""Calculate the costs of a run and of concurrent runs that wrote the same layers."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, func, or_, select

from korean_flashcards.domain.calls import PaidStage, RunPayments
from korean_flashcards.ledger.db.llm_tables import llm_calls
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import runs


def payments(store: LedgerStore, run_id: str | None) -> RunPayments | None:
    """Return the costs of the run and of concurrent runs that wrote the same layers.

    Return None if there were no such concurrent runs.

    The layers contain only the results of the last run to write them, so only the ledger has each run's cost.
    """
    if run_id is None:
        return None
    with store.read() as connection:
        others = _beside(connection, run_id)
        paid = _paid(connection, [run_id, *others]) if others else {}
    return RunPayments(paid.get(run_id, []), {other: paid.get(other, []) for other in others}) if others else None


def _beside(connection: Connection, run_id: str) -> list[str]:
    """Return the runs with the same fingerprint that overlapped with this run, earliest first."""
    run, other = runs.alias("run").c, runs.alias("other").c
    until = func.coalesce(run.ended, now())
    query = (
        select(other.run_id)
        .where(run.run_id == run_id, other.run_id != run_id, other.kind == "run", run.fingerprint != "")
        .where(other.fingerprint == run.fingerprint, other.started <= until)
        .where(or_(other.ended.is_(None), other.ended > run.started))
        .order_by(other.started, other.run_id)
    )
    return list(connection.execute(query).scalars())


def _paid(connection: Connection, run_ids: Sequence[str]) -> dict[str, list[PaidStage]]:
    call = llm_calls.c
    sums = (
        func.count(call.key.distinct()), func.count(), func.sum(call.tokens_in), func.sum(call.tokens_out),
        func.coalesce(func.sum(call.usd), 0.0), func.sum(call.usd.is_(None)),
    )  # fmt: skip
    query = select(call.run_id, call.stage, *sums).where(call.run_id.in_(run_ids)).group_by(call.run_id, call.stage)
    found: dict[str, list[PaidStage]] = defaultdict(list)
    for paid_by, *values in connection.execute(query).tuples():
        found[str(paid_by)].append(PaidStage(*values))
    return found
