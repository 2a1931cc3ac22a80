"""Read which replies the finished tasks use and what these replies cost, to notice replies that are no longer cached."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from korean_flashcards.domain.calls import OFFLINE_PREFIX
from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.db.llm_tables import llm_calls
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import tasks


@dataclass(frozen=True, slots=True)
class DoneReply:
    """The reply that a finished task uses.

    Attributes:
        pinned: Whether the reply was imported from an earlier system.
        usd: What the calls for this reply cost in one run, or None if their price is unknown or no call is recorded.
    """

    item_id: str
    stage: Stage
    key: str
    model: str
    prompt_version: str
    pinned: bool
    usd: float | None

    @property
    def free(self) -> bool:
        """Return whether the offline model generated the reply."""
        return self.model.startswith(OFFLINE_PREFIX)

    @property
    def named(self) -> str:
        """Return the word and the stage."""
        return f"{self.item_id} {self.stage}"


def done_replies(store: LedgerStore) -> list[DoneReply]:
    """Return the replies of all finished tasks, in list order. Raises LedgerError if the ledger cannot be read."""
    calls, columns = llm_calls.c, tasks.c
    # A reply that was lost before was paid for in several runs.
    once = func.sum(calls.usd) / func.count(calls.run_id.distinct())
    costs = select(calls.key, once.label("usd")).group_by(calls.key).subquery()
    query = (
        select(columns.item_id, columns.stage, columns.key, columns.model, columns.prompt_version, columns.pinned)
        .add_columns(costs.c.usd)
        .join_from(tasks, costs, costs.c.key == columns.key, isouter=True)
        .where(columns.state == "done")
        .order_by(columns.position, columns.item_id, columns.stage)
    )
    with store.read() as connection:
        return [
            DoneReply(item_id, stage, key, model or "", version or "", bool(pinned), usd)
            for item_id, stage, key, model, version, pinned, usd in connection.execute(query).tuples()
        ]


def requested_keys(store: LedgerStore) -> set[str]:
    """Return the cache keys of all tasks and recorded calls. Raises LedgerError if the ledger cannot be read."""
    columns = (tasks.c.key, tasks.c.good_key, llm_calls.c.key)
    with store.read() as connection:
        return {
            key
            for column in columns
            for (key,) in connection.execute(select(column).where(column.is_not(None)).distinct())
        }


def total_usd(replies: Iterable[DoneReply]) -> float | None:
    """Return what the replies cost in total, or None if none of their prices is known.

    Several tasks may use the same reply.
    """
    known = {reply.key: reply.usd for reply in replies if reply.usd is not None}
    return sum(known.values()) if known else None
