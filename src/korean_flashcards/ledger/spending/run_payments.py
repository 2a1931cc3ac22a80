"""Calculate the costs of a run, and of concurrent runs that wrote the same layers."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, case, func, or_, select

from korean_flashcards.domain.calls import PaidStage, RunPayments
from korean_flashcards.ledger.db.llm_tables import llm_calls
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import runs


def payments(store: LedgerStore, run_id: str | None) -> RunPayments | None:
    """Return the costs of the run and of concurrent runs that wrote the same layers, or None if there is no run.

    Only the ledger has every call. The layers contain one row for each word, from the last run to write them.
    """
    if run_id is None:
        return None
    with store.read() as connection:
        others = _beside(connection, run_id)
        paid = _paid(connection, [run_id, *others])
    return RunPayments(paid.get(run_id, []), {other: paid.get(other, []) for other in others})


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
    reserved = call.booked == "reserved"
    mine = call.run_id.in_(run_ids)
    called = select(call.run_id, call.stage, call.model, call.key).where(mine).order_by(call.number)
    models: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    keys: dict[tuple[str, str], set[str]] = defaultdict(set)
    for paid_by, stage, model, key in connection.execute(called).tuples():
        models[paid_by, stage][model] = None
        keys[paid_by, stage].add(key)
    sums = select(
        call.run_id, call.stage,
        # A fallback's key is different, but only a request's first call has the attempt number 1.
        func.count(case((call.attempt == 1, call.key)).distinct()).label("requests"),
        func.count().label("calls"),
        func.sum(call.tokens_in).label("tokens_in"),
        func.sum(call.tokens_out).label("tokens_out"),
        func.coalesce(func.sum(call.usd), 0.0).label("usd"),
        func.count(case((call.usd.is_(None), 1))).label("unpriced"),
        func.count(case((reserved, 1))).label("reserved"),
        func.coalesce(func.sum(case((reserved, call.usd))), 0.0).label("reserved_usd"),
    )  # fmt: skip
    found: dict[str, list[PaidStage]] = defaultdict(list)
    for row in connection.execute(sums.where(mine).group_by(call.run_id, call.stage)).mappings():
        values = dict(row)
        paid_by, stage = values.pop("run_id"), values["stage"]
        found[paid_by].append(
            PaidStage(**values, models=tuple(models[paid_by, stage]), keys=frozenset(keys[paid_by, stage]))
        )
    return found
