"""List recorded calls, and correct a call's recorded token counts and cost."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import func, select, update

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.ledger.db.llm_tables import llm_calls
from korean_flashcards.ledger.db.spending_log import SpendingLog
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.spending.totals import add_to_totals

COLUMNS = (
    "number", "at", "run_id", "stage", "term", "model", "kind", "attempt", "outcome", "tokens_in", "tokens_out", "usd",
    "booked",
)  # fmt: skip


class Correction(NamedTuple):
    """A call before and after its correction, with the columns in COLUMNS."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]


def listing(
    store: LedgerStore, limit: int | None, model: str | None = None, unreported: bool = False
) -> tuple[list[dict[str, Any]], int]:
    """Return the most recent matching calls, newest first, and the total number of matching calls.

    Args:
        store: The ledger.
        limit: The maximum number of calls to return, or None for all.
        model: Include only calls to this model.
        unreported: Include only calls whose token counts and cost were not reported by the provider.
    """
    call = llm_calls.c
    fits = [call.model == model] if model else []
    if unreported:
        fits.append(call.booked != "reported")
    newest = select(*(call[name] for name in COLUMNS)).where(*fits).order_by(call.number.desc()).limit(limit)
    with store.read() as connection:
        rows = [dict(row) for row in connection.execute(newest).mappings()]
        return rows, connection.execute(select(func.count()).where(*fits).select_from(llm_calls)).scalar_one()


def correct(
    store: LedgerStore, number: int, tokens_in: int | None, tokens_out: int | None, usd: float | None
) -> Correction:
    """Correct a call's recorded token counts or cost, and adjust the totals that budgets use.

    Amounts given as None stay unchanged.

    Raises:
        LedgerError: There is no call with this number.
    """
    given = {"tokens_in": tokens_in, "tokens_out": tokens_out, "usd": usd}
    call = llm_calls.c
    with store.write() as connection:
        before = connection.execute(select(llm_calls).where(call.number == number)).mappings().one_or_none()
        if before is None:
            raise LedgerError(
                f"There is no call number {number}. Nothing was changed. "
                "`kedro llm calls` lists the calls with their numbers."
            )
        amounts = {name: before[name] if value is None else value for name, value in given.items()}
        changed = amounts | {
            "tokens_cached": min(before["tokens_cached"], amounts["tokens_in"]),
            "tokens_reasoning": min(before["tokens_reasoning"], amounts["tokens_out"]),
            "booked": "corrected",
        }
        connection.execute(update(llm_calls).where(call.number == number).values(**changed))
        tokens = sum(amounts[name] - before[name] for name in ("tokens_in", "tokens_out"))
        row = connection.execute(select(llm_calls).where(call.number == number)).one()
        change = add_to_totals(connection, row, (amounts["usd"] or 0.0) - (before["usd"] or 0.0), tokens)
    SpendingLog(store.path).add([change])
    return Correction(*({name: each[name] for name in COLUMNS} for each in (before, {**before, **changed})))
