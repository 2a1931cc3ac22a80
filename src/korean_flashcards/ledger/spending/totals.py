"""Summarize model calls: spending by model, savings from repairs, and the recorded cost of interrupted calls."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, select, update

from korean_flashcards.ledger.db.in_lists import listed
from korean_flashcards.ledger.db.llm_tables import llm_breakers, llm_calls, llm_rates, llm_shared_runs, llm_spending
from korean_flashcards.ledger.db.spending_log import LoggedSpending, SpendingLog
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.spending.budget_days import day_of, period, zone_of
from korean_flashcards.ledger.spending.budgets import last_run

# A call whose cost a person has corrected counts like a call with a reply.
_INTERRUPTED = (llm_calls.c.outcome == "interrupted") & (llm_calls.c.booked != "corrected")


@dataclass
class Spending:
    """The number of calls and tokens in a period, and their cost in USD."""

    calls: int = 0
    usd: float = 0.0
    tokens: int = 0


@dataclass
class ModelStatus:
    """A model's circuit breaker, learned rate limits (None if there are none), and spending."""

    model: str
    breaker: dict[str, Any] | None = None
    rates: dict[str, Any] | None = None
    today: Spending = field(default_factory=Spending)
    month: Spending = field(default_factory=Spending)
    last_run: Spending = field(default_factory=Spending)


@dataclass(frozen=True)
class Repairs:
    """The reply repairs for one stage and model, and the resulting savings.

    Attributes:
        fixed: Number of replies accepted after a local repair, without another call.
        requests: Number of repair requests.
        repaired: Number of repair requests with an accepted reply.
        tokens: Tokens used by all repair requests.
        usd: Cost of all repair requests.
        call_tokens: Mean number of tokens per accepted call, used as an estimate for a new request.
        call_usd: Mean cost of an accepted call, or None if the price is unknown.
    """

    stage: str
    model: str
    fixed: int
    requests: int
    repaired: int
    tokens: int
    usd: float
    call_tokens: float
    call_usd: float | None


class InterruptedCalls(NamedTuple):
    """The number of calls interrupted when their run was killed, and their recorded cost."""

    calls: int
    usd: float
    tokens: int


def models(store: LedgerStore, named: Sequence[str] = ()) -> list[ModelStatus]:
    """Return all models in the ledger or in ``named``, sorted by name."""
    found = {name: ModelStatus(name) for name in named}
    with store.read() as connection:
        for breaker in connection.execute(select(llm_breakers)).mappings():
            found.setdefault(breaker["model"], ModelStatus(breaker["model"])).breaker = dict(breaker)
        for rates in connection.execute(select(llm_rates)).mappings():
            found.setdefault(rates["model"], ModelStatus(rates["model"])).rates = dict(rates)
        for time, model, spent in _spending(connection):
            setattr(found.setdefault(model, ModelStatus(model)), time, spent)
    return sorted(found.values(), key=lambda each: each.model)


def repairs(store: LedgerStore) -> list[Repairs]:
    """Return the repairs for each stage and model with at least one repair."""
    call = llm_calls.c
    tokens, accepted = call.tokens_in + call.tokens_out, call.outcome == "ok"
    repair, good_call = call.kind == "repair", (call.kind == "ask") & accepted
    query = select(
        call.stage, call.model,
        func.sum(call.fixed).label("fixed"), _sum(repair, 1).label("requests"),
        _sum(repair & accepted, 1).label("repaired"), _sum(repair, tokens).label("tokens"),
        _sum(repair, func.coalesce(call.usd, 0.0)).label("usd"),
        func.coalesce(func.avg(case((good_call, tokens))), 0.0).label("call_tokens"),
        func.avg(case((good_call, call.usd))).label("call_usd"),
    ).group_by(call.stage, call.model)  # fmt: skip
    with store.read() as connection:
        rows = connection.execute(query).mappings().all()
    return [Repairs(**row) for row in rows if row["fixed"] or row["requests"]]


def interrupted(store: LedgerStore) -> InterruptedCalls:
    """Return the number of calls interrupted when their run was killed, and their recorded cost.

    Such calls count at their maximum cost, because there is no way to know whether they received a reply.
    """
    call = llm_calls.c
    query = select(
        func.count(),
        func.coalesce(func.sum(call.usd), 0.0),
        func.coalesce(func.sum(call.tokens_in + call.tokens_out), 0),
    ).where(_INTERRUPTED)
    with store.read() as connection:
        return InterruptedCalls(*connection.execute(query).one())


def write_off(store: LedgerStore, only: Sequence[str] | None = None) -> InterruptedCalls:
    """Set the recorded cost of interrupted calls to zero, for these models or for all models, in one transaction.

    Returns:
        The number of changed calls, and their cost before the change.
    """
    call = llm_calls.c
    counted = (_INTERRUPTED, (call.usd > 0) | (call.tokens_out > 0) | (call.tokens_in > 0))
    mine = counted if only is None else (*counted, call.model.in_(only))
    query = select(
        call.at, call.run_id, call.stage, call.model, func.coalesce(call.usd, 0.0).label("usd"),
        (call.tokens_in + call.tokens_out).label("tokens"),
    ).where(*mine)  # fmt: skip
    with store.write() as connection:
        rows = connection.execute(query).all()
        spending = [add_to_totals(connection, row, -row.usd, -row.tokens) for row in rows]
        connection.execute(update(llm_calls).where(*mine).values(usd=0.0, tokens_in=0, tokens_out=0))
    SpendingLog(store.path).add(spending)
    return InterruptedCalls(len(rows), sum(row.usd for row in rows), sum(row.tokens for row in rows))


def _spending(connection: Connection) -> list[tuple[str, str, Spending]]:
    """Return (period, model, spending) tuples for today, this month, and the last run."""
    sums, together = llm_spending.c, llm_shared_runs.c
    run_id = connection.execute(last_run()).scalar()
    first = connection.execute(select(together.first_run_id).where(together.run_id == run_id)).scalar() or run_id
    zone = zone_of(connection)
    (today, tomorrow), (month, next_month) = period("day", zone), period("month", zone)
    times = {
        "today": (sums.day >= today) & (sums.day < tomorrow),
        "month": (sums.day >= month) & (sums.day < next_month),
        "last_run": sums.run_id == first,
    }
    return [
        (time, model, Spending(calls, usd, tokens))
        for time, fits in times.items()
        for model, calls, usd, tokens in connection.execute(
            select(sums.model, func.sum(sums.calls), func.sum(sums.usd), func.sum(sums.tokens))
            .where(fits)
            .group_by(sums.model)
        ).tuples()
    ]


def add_to_totals(connection: Connection, call: Any, usd: float, tokens: int) -> LoggedSpending:
    """Add amounts, which may be negative, to the totals that budgets use. The number of calls is unchanged.

    ``call`` is a row with ``at``, ``run_id``, ``stage``, and ``model``. Returns the change, for the spending log.
    """
    sums, together = llm_spending.c, llm_shared_runs.c
    first = connection.execute(select(together.first_run_id).where(together.run_id == call.run_id)).scalar()
    mine = (sums.run_id == (first or call.run_id), sums.stage == call.stage, sums.model == call.model)
    at = datetime.fromisoformat(call.at).timestamp()
    day = day_of(at, zone_of(connection))
    days = connection.execute(select(sums.day).where(*mine).order_by(sums.day)).scalars().all()
    # Before the ledger had a time zone, a call close to midnight may have counted toward a neighboring day.
    nearest = min(days, key=lambda each: abs(date.fromisoformat(each) - date.fromisoformat(day)), default=day)
    connection.execute(
        update(llm_spending)
        .where(*mine, sums.day == nearest)
        .values(usd=func.max(0.0, sums.usd + usd), tokens=func.max(0, sums.tokens + tokens))
    )
    return LoggedSpending(at, first or call.run_id, call.stage, call.model, 0, tokens, usd)


def _sum(where: Any, value: Any) -> Any:
    return func.coalesce(func.sum(case((where, value), else_=0)), 0)


def cost_of_replies(store: LedgerStore, keys: Sequence[str]) -> tuple[float, int]:
    """Return the cost in USD of all calls for these cache keys, and the number of calls whose price is unknown."""
    calls = llm_calls.c
    query = select(func.coalesce(func.sum(calls.usd), 0.0), func.count().filter(calls.usd.is_(None))).where(
        calls.key.in_(listed(keys))
    )
    with store.read() as connection:
        usd, unpriced = connection.execute(query).one()
    return float(usd), int(unpriced)
