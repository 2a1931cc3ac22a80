"""Rate limits by model: how fast calls may be sent, shared by all runs on the ledger.

Limits come from the parameters, the provider's response headers, and refusals (429).
"""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from korean_flashcards.domain.calls import RatesSeen
from korean_flashcards.domain.parameters import RateParameters
from korean_flashcards.ledger.db.llm_tables import llm_rates
from korean_flashcards.ledger.db.store import LedgerStore

# A provider counts in its own windows, and calls are not on time to the millisecond: this share of a limit is used.
USED_SHARE = 0.95
# Refusals within this many seconds have the same cause: the rate is cut once.
CUT_EVERY = 5.0
CUT, SLOWEST = 0.5, 3.0  # factor; calls a minute, as few as the strictest free accounts allow
# A limit learned from refusals may be too low: after this many seconds without a refusal it is raised.
RAISE_EVERY, RAISE = 10.0, 2.0
FORGOTTEN = 10_000.0  # calls a minute: a learned rate above it is dropped


class LedgerRateLimits:
    """Space calls and learn limits. Safe between threads and processes; times are Unix seconds."""

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    def slots(self, model: str, count: int, tokens: float, rates: RateParameters) -> list[float] | None:
        """Return when the next ``count`` calls of about ``tokens`` tokens may be sent by this caller; None: at once."""
        with self._store.write() as connection:
            row = self._raised(connection, model)
            interval = _interval(row, tokens, rates)
            now = time.time()
            if interval == 0.0 and row["next_call"] <= now:
                return None
            first = max(now, row["next_call"])
            times = [first + number * interval for number in range(count)]
            _set_rates(connection, model, next_call=times[-1] + interval)
            return times

    def seen(self, model: str, rates: RatesSeen) -> None:
        """Store the limits in the provider's headers."""
        now = time.time()
        with self._store.write() as connection:
            row = _rates(connection, model)
            wait = max(
                rates.requests_reset_s or 0.0 if rates.requests_left == 0 else 0.0,
                rates.tokens_reset_s or 0.0 if rates.tokens_left == 0 else 0.0,
            )
            _set_rates(
                connection, model, rpm=rates.requests or row["rpm"], tpm=rates.tokens or row["tpm"], source="headers",
                changed=now, next_call=max(row["next_call"], now + wait) if wait else row["next_call"],
            )  # fmt: skip

    def refused(self, model: str, requested_rpm: float, wait: float) -> None:
        """Record a refusal (429): send nothing for ``wait`` seconds, then fewer requests a minute than before."""
        now = time.time()
        with self._store.write() as connection:
            row = _rates(connection, model)
            values: dict[str, Any] = {"next_call": max(row["next_call"], now + wait)}
            if row["source"] != "refusals" or now - row["changed"] >= CUT_EVERY:
                rate = min(requested_rpm, row["rpm"] or requested_rpm)
                values |= {"rpm": max(CUT * rate, SLOWEST), "source": "refusals", "changed": now + wait}
            _set_rates(connection, model, **values)

    def limits(self, model: str, rates: RateParameters) -> tuple[float | None, float | None]:
        """Return calls and tokens a minute that may be sent, None where no limit is known."""
        with self._store.read() as connection:
            rpm, tpm = _limits(_rates(connection, model), rates)
        return rpm and USED_SHARE * rpm, tpm and USED_SHARE * tpm

    def reset(self, models: Sequence[str] | None = None) -> int:
        """Discard what was learned about these models, or all; return how many there were."""
        rows = delete(llm_rates) if models is None else delete(llm_rates).where(llm_rates.c.model.in_(models))
        with self._store.write() as connection:
            return connection.execute(rows).rowcount

    def _raised(self, connection: Connection, model: str) -> dict[str, Any]:
        """The model's rates, raised when nothing was refused for a while."""
        row, now = _rates(connection, model), time.time()
        if row["source"] == "refusals" and now - row["changed"] >= RAISE_EVERY:
            raised = row["rpm"] * RAISE
            row |= {"rpm": raised if raised < FORGOTTEN else None, "changed": now}
            row["source"] = "refusals" if row["rpm"] else None
            _set_rates(connection, model, **{name: row[name] for name in ("rpm", "changed", "source")})
        return row


def _interval(row: dict[str, Any], tokens: float, rates: RateParameters) -> float:
    """Seconds between two calls."""
    rpm, tpm = _limits(row, rates)
    return max(60 / (USED_SHARE * rpm) if rpm else 0.0, 60 * tokens / (USED_SHARE * tpm) if tpm else 0.0)


def _limits(row: dict[str, Any], rates: RateParameters) -> tuple[float | None, float | None]:
    """Calls and tokens a minute: the user's limits and the learned ones both hold."""
    rpm = min((rate for rate in (rates.rpm, row["rpm"]) if rate), default=None)
    tpm = min((rate for rate in (rates.tpm, row["tpm"]) if rate), default=None)
    return rpm, tpm


def _rates(connection: Connection, model: str) -> dict[str, Any]:
    row = connection.execute(select(llm_rates).where(llm_rates.c.model == model)).mappings().one_or_none()
    return dict(row) if row else {"rpm": None, "tpm": None, "source": None, "changed": 0.0, "next_call": 0.0}


def _set_rates(connection: Connection, model: str, **values: Any) -> None:
    statement = upsert(llm_rates).values(model=model, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["model"], set_=values))
