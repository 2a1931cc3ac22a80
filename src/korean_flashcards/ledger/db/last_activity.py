"""Find out when a killed run last did something that is in the ledger, because nothing recorded when it was killed."""

from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from korean_flashcards.ledger.db.export_tables import exported_items
from korean_flashcards.ledger.db.llm_tables import llm_calls, llm_reservations
from korean_flashcards.ledger.db.tables import card_versions, import_batches, runs, tasks

# Times without a run ID.
_SHARED = (tasks.c.settled, card_versions.c.first_seen, exported_items.c.last_exported)


def last_activity(connection: Connection, run_id: str, started: str) -> str:
    """Return the time of a run's last call, imported list, finished task, or export (UTC, ISO 8601).

    Return ``started`` if there is none. The run must not be marked as ended yet.
    """
    own = (
        select(func.max(llm_calls.c.at)).where(llm_calls.c.run_id == run_id),
        select(func.max(import_batches.c.finished)).where(import_batches.c.run_id == run_id),
    )
    found: list[str | None] = [connection.execute(query).scalar() for query in own]
    reserved = select(func.max(llm_reservations.c.at)).where(llm_reservations.c.run_id == run_id)
    if (at := connection.execute(reserved).scalar()) is not None:
        found.append(datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    alone_until = _alone_until(connection, run_id, started)
    for column in _SHARED:
        during = (column >= started, column < alone_until)
        found.append(connection.execute(select(func.max(column)).where(*during)).scalar())
    return max(time for time in (started, *found) if time)


def _alone_until(connection: Connection, run_id: str, started: str) -> str:
    """Return the time from which what happened may come from a different run or import."""
    other = runs.c
    beside = (other.run_id != run_id, (other.ended.is_(None)) | (other.ended > started))
    first: str | None = connection.execute(select(func.min(other.started)).where(*beside)).scalar()
    return first or "9999"
