"""Store each model's circuit breaker. All runs that use the ledger share the circuit breakers."""

import time
from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from korean_flashcards.domain.calls import Breaker, provider_of
from korean_flashcards.domain.parameters import BreakerParameters
from korean_flashcards.ledger.db.llm_tables import llm_breakers
from korean_flashcards.ledger.db.store import LedgerStore

# Seconds in the future from which a stored time must come from a clock that was wrong.
WRONG_CLOCK = 86_400.0


class LedgerCircuitBreakers:
    """The ledger's circuit breakers. Safe for threads and processes. Times are Unix times in seconds."""

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    def breaker(self, model: str) -> Breaker:
        """Return the model's circuit breaker.

        A circuit breaker whose times are far in the future, because a clock was wrong, counts as closed.
        """
        with self._store.read() as connection:
            names = Breaker.__slots__
            query = select(*(llm_breakers.c[name] for name in names)).where(llm_breakers.c.model == model)
            found = connection.execute(query).one_or_none()
        breaker = Breaker(*found) if found else Breaker()
        return Breaker() if max(breaker.opened, breaker.probe_at) > time.time() + WRONG_CLOCK else breaker

    def open(self, model: str, reason: str, breaker: BreakerParameters) -> Breaker:
        """Open the circuit breaker unless it is already open, and return it."""
        now = time.time()
        with self._store.write() as connection:
            row = llm_breakers.c
            believable = (row.opened <= now + WRONG_CLOCK) & (row.probe_at <= now + WRONG_CLOCK)
            state = select(row.state).where(row.model == model, believable)
            if connection.execute(state).scalar() in (None, "closed"):
                values = {"state": "open", "opened": now, "probe_at": now + breaker.rest, "rest_s": breaker.rest}
                new = {"model": model, "provider": provider_of(model), "reason": reason, **values}
                statement = upsert(llm_breakers).values(new)
                connection.execute(statement.on_conflict_do_update(index_elements=["model"], set_=new))
        return self.breaker(model)

    def probe(self, model: str, lasting: float) -> bool:
        """Return whether the caller may make the next probe call, which must end within ``lasting`` seconds."""
        now, row = time.time(), llm_breakers.c
        due = update(llm_breakers).where(row.model == model, row.state != "closed", row.probe_at <= now)
        with self._store.write() as connection:
            return connection.execute(due.values(state="half_open", probe_at=now + lasting)).rowcount == 1

    def still_down(self, model: str, reason: str, longest_rest: float) -> Breaker:
        """Record a failed probe call, double the wait before the next probe call, and return the circuit breaker."""
        with self._store.write() as connection:
            row = llm_breakers.c
            rest = connection.execute(select(row.rest_s).where(row.model == model)).scalar() or longest_rest
            rest = min(2 * rest, longest_rest)
            values = {"state": "open", "rest_s": rest, "probe_at": time.time() + rest, "reason": reason}
            connection.execute(update(llm_breakers).where(row.model == model, row.state != "closed").values(values))
        return self.breaker(model)

    def close(self, model: str) -> None:
        """Close the circuit breaker, because the provider is replying again."""
        self.reset([model])

    def reset(self, models: Sequence[str] | None = None) -> int:
        """Close the circuit breakers for these models, or for all models, and return how many were closed."""
        rows = delete(llm_breakers)
        if models is not None:
            rows = rows.where(llm_breakers.c.model.in_(models))
        with self._store.write() as connection:
            return connection.execute(rows).rowcount
