"""Limit each model's call rate. All runs that use the ledger share the limits.

Limits come from the parameters, from the provider's response headers, and from rejected requests (HTTP 429).
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

# Calls use at most this share of a limit, because the provider uses a different clock and different time windows.
USED_SHARE = 0.95
# Seconds. Rejections within this time have the same cause, so the rate is lowered only once.
CUT_EVERY = 5.0
CUT, SLOWEST = 0.5, 3.0  # factor; minimum rate in calls per minute, as on the strictest free accounts
# A limit learned from rejections may be too low. It is raised after this many seconds without a rejection.
RAISE_EVERY, RAISE = 10.0, 2.0
FORGOTTEN = 10_000.0  # calls per minute; a higher learned limit is discarded


class LedgerRateLimits:
    """Rate limits that space calls evenly and are learned from replies. Safe for threads and processes.

    Times are Unix times in seconds.
    """

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    def slots(self, model: str, count: int, tokens: float, rates: RateParameters) -> list[float] | None:
        """Reserve time slots for the next ``count`` calls of about ``tokens`` tokens each.

        Return the times of the calls, or None if all calls can be sent now.
        """
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
        """Store the limits reported in the provider's response headers."""
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
        """Record a rejected request (HTTP 429): pause calls for ``wait`` seconds, then lower the rate."""
        now = time.time()
        with self._store.write() as connection:
            row = _rates(connection, model)
            values: dict[str, Any] = {"next_call": max(row["next_call"], now + wait)}
            if row["source"] != "refusals" or now - row["changed"] >= CUT_EVERY:
                rate = min(requested_rpm, row["rpm"] or requested_rpm)
                values |= {"rpm": max(CUT * rate, SLOWEST), "source": "refusals", "changed": now + wait}
            _set_rates(connection, model, **values)

    def limits(self, model: str, rates: RateParameters) -> tuple[float | None, float | None]:
        """Return the maximum number of calls and of tokens per minute, or None for each unknown limit."""
        with self._store.read() as connection:
            rpm, tpm = _limits(_rates(connection, model), rates)
        return rpm and USED_SHARE * rpm, tpm and USED_SHARE * tpm

    def reset(self, models: Sequence[str] | None = None) -> int:
        """Discard the learned limits for these models, or for all models, and return the number discarded."""
        rows = delete(llm_rates) if models is None else delete(llm_rates).where(llm_rates.c.model.in_(models))
        with self._store.write() as connection:
            return connection.execute(rows).rowcount

    def _raised(self, connection: Connection, model: str) -> dict[str, Any]:
        """Return the model's limits, raised if no request was rejected for RAISE_EVERY seconds."""
        row, now = _rates(connection, model), time.time()
        if row["source"] == "refusals" and now - row["changed"] >= RAISE_EVERY:
            raised = row["rpm"] * RAISE
            row |= {"rpm": raised if raised < FORGOTTEN else None, "changed": now}
            row["source"] = "refusals" if row["rpm"] else None
            _set_rates(connection, model, **{name: row[name] for name in ("rpm", "changed", "source")})
        return row


def _interval(row: dict[str, Any], tokens: float, rates: RateParameters) -> float:
    """Return the number of seconds between two calls."""
    rpm, tpm = _limits(row, rates)
    return max(60 / (USED_SHARE * rpm) if rpm else 0.0, 60 * tokens / (USED_SHARE * tpm) if tpm else 0.0)


def _limits(row: dict[str, Any], rates: RateParameters) -> tuple[float | None, float | None]:
    """Return the limits on calls and tokens per minute: the lower of the configured and learned limits."""
    rpm = min((rate for rate in (rates.rpm, row["rpm"]) if rate), default=None)
    tpm = min((rate for rate in (rates.tpm, row["tpm"]) if rate), default=None)
    return rpm, tpm


def _rates(connection: Connection, model: str) -> dict[str, Any]:
    row = connection.execute(select(llm_rates).where(llm_rates.c.model == model)).mappings().one_or_none()
    return dict(row) if row else {"rpm": None, "tpm": None, "source": None, "changed": 0.0, "next_call": 0.0}


def _set_rates(connection: Connection, model: str, **values: Any) -> None:
    statement = upsert(llm_rates).values(model=model, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["model"], set_=values))
