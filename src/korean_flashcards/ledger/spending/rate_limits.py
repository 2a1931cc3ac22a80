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
SLOWEST = 0.5  # calls per minute; a lower learned limit is probably a mistake
RAISE = 1.5  # factor by which a learned limit is raised after calls succeeded at it
FORGOTTEN = 10_000.0  # calls per minute; a higher learned limit is discarded
# Seconds. A header may claim a wait of a day, which must not block later runs.
LONGEST_WAIT = 3600.0


class LedgerRateLimits:
    """The models' rate limits, which adapt to the provider's replies and space calls evenly. Safe for threads and
    processes.

    Times are Unix times in seconds.
    """

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    def slots(self, model: str, count: int, tokens: float, rates: RateParameters) -> list[float] | None:
        """Reserve time slots for the next ``count`` calls of about ``tokens`` tokens each.

        Return the times of the calls, or None if all calls can be made now.
        """
        with self._store.write() as connection:
            row = _rates(connection, model)
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
            _set_rates(
                connection, model, rpm=rates.requests or row["rpm"], tpm=rates.tokens or row["tpm"], source="headers",
                changed=now, next_call=_later(row["next_call"], rates.wait_s),
            )  # fmt: skip

    def refused(self, model: str, accepted_rpm: float | None, wait: float) -> None:
        """Record that the provider throttles all calls (HTTP 429): pause calls for ``wait`` seconds, then lower the rate.

        Args:
            accepted_rpm: Number of calls per minute that the provider accepted, or None if unknown.
        """
        now = time.time()
        with self._store.write() as connection:
            row = _rates(connection, model)
            values: dict[str, Any] = {"next_call": _later(row["next_call"], wait)}
            if accepted_rpm is not None and accepted_rpm < FORGOTTEN:
                rate = min(accepted_rpm, row["rpm"] or accepted_rpm)
                # Send times that were reserved at the higher rate are void.
                values = {"next_call": now + max(min(wait, LONGEST_WAIT), 60 / max(rate, SLOWEST))}
                values |= {"rpm": max(rate, SLOWEST), "source": "refusals", "changed": now}
            _set_rates(connection, model, **values)

    def raise_rate(self, model: str, since: float) -> float | None:
        """Raise a rate that was learned from rejected calls, because calls made after the time ``since`` have
        succeeded.

        Return the previous rate, or None if no rate was learned or a different run has changed it in the meantime.
        """
        now = time.time()
        with self._store.write() as connection:
            row = _rates(connection, model)
            if row["source"] != "refusals" or row["changed"] > since:
                return None
            before = float(row["rpm"])
            known = before * RAISE < FORGOTTEN
            values = {"rpm": before * RAISE if known else None, "source": "refusals" if known else None}
            _set_rates(connection, model, **values, changed=now)
            return before

    def free_at(self, model: str) -> float:
        """Return the time of the model's next call, which is in the past if no limit delays the call."""
        with self._store.read() as connection:
            return float(_rates(connection, model)["next_call"])

    def limits(self, model: str, rates: RateParameters) -> tuple[float | None, float | None]:
        """Return the maximum numbers of calls and tokens per minute. Unknown limits are None."""
        with self._store.read() as connection:
            rpm, tpm = _limits(_rates(connection, model), rates)
        return rpm and USED_SHARE * rpm, tpm and USED_SHARE * tpm

    def reset(self, models: Sequence[str] | None = None) -> int:
        """Discard the learned limits for these models, or for all models, and return how many were discarded."""
        rows = delete(llm_rates) if models is None else delete(llm_rates).where(llm_rates.c.model.in_(models))
        with self._store.write() as connection:
            return connection.execute(rows).rowcount


def _next_call(stored: float) -> float:
    """Return the stored time of the next call, or 0 if an incorrect clock or header put it too far in the future."""
    return stored if stored <= time.time() + LONGEST_WAIT else 0.0


def _later(next_call: float, wait: float) -> float:
    """Return the time of the next call or the end of a wait that begins now, whichever is later."""
    return max(next_call, time.time() + min(wait, LONGEST_WAIT)) if wait > 0 else next_call


def _interval(row: dict[str, Any], tokens: float, rates: RateParameters) -> float:
    """Return the number of seconds between consecutive calls."""
    rpm, tpm = _limits(row, rates)
    return max(60 / (USED_SHARE * rpm) if rpm else 0.0, 60 * tokens / (USED_SHARE * tpm) if tpm else 0.0)


def _limits(row: dict[str, Any], rates: RateParameters) -> tuple[float | None, float | None]:
    """Return the limits on calls and tokens per minute.

    Each limit is the lower of the configured and learned values.
    """
    rpm = min((rate for rate in (rates.rpm, row["rpm"]) if rate), default=None)
    tpm = min((rate for rate in (rates.tpm, row["tpm"]) if rate), default=None)
    return rpm, tpm


def _rates(connection: Connection, model: str) -> dict[str, Any]:
    row = connection.execute(select(llm_rates).where(llm_rates.c.model == model)).mappings().one_or_none()
    if row is None:
        return {"rpm": None, "tpm": None, "source": None, "changed": 0.0, "next_call": 0.0}
    return {**row, "next_call": _next_call(row["next_call"])}


def _set_rates(connection: Connection, model: str, **values: Any) -> None:
    statement = upsert(llm_rates).values(model=model, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["model"], set_=values))
