"""Lease each requested task to one run, so that two runs never pay for the same reply."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, case, select, update

from korean_flashcards.domain.parameters import TaskParameters
from korean_flashcards.domain.records import FailureCode, Stage
from korean_flashcards.domain.requests import ChatReply
from korean_flashcards.ledger.db.in_lists import listed
from korean_flashcards.ledger.db.runs import Runs
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import tasks
from korean_flashcards.stages.task import ClaimResult, TaskDecision

_FREE = {"run_id": None, "leased_until": None}
_ROW = (
    tasks.c.item_id, tasks.c.state, tasks.c.key, tasks.c.attempts, tasks.c.code, tasks.c.message, tasks.c.run_id,
    tasks.c.leased_until,
)  # fmt: skip


class LedgerTaskClaims:
    """A run's claims on a stage's tasks, by request key. Thread-safe.

    Once a lease has expired or its run has died, any run may claim the task.
    """

    def __init__(
        self,
        store: LedgerStore,
        runs: Runs,
        stage: Stage,
        decisions: Iterable[TaskDecision],
        parameters: TaskParameters,
    ) -> None:
        self._store, self._runs, self._stage, self._parameters = store, runs, stage, parameters
        self._decisions: dict[str, list[TaskDecision]] = defaultdict(list)
        for decision in decisions:
            self._decisions[decision.request.key].append(decision)
        self._claimed: set[str] = set()
        self._leased_until = 0.0
        self._lapsed = False
        self._lock = threading.Lock()

    def claim(self, keys: Sequence[str]) -> ClaimResult:
        """Lease the available tasks.

        Requests that have failed in another run since this run was planned are not repeated.
        """
        run_id = self._runs.enter("run")
        granted: list[str] = []
        failed: dict[str, ChatReply] = {}
        dropped: list[str] = []
        with self._lock:
            with self._store.write() as connection:
                rows = self._rows(connection, keys)
                alive = cache(self._runs.alive)
                for key in keys:
                    wanted = [row for row in map(rows.get, self._items(key)) if row and row.state != "dropped"]
                    given_up = [row for row in wanted if self._given_up(key, row)]
                    if not wanted:
                        dropped.append(key)
                    elif given_up:
                        failed[key] = _failure(key, given_up[0])
                    elif not any(_held(row, run_id) and alive(row.run_id) for row in wanted):
                        granted.append(key)
                self._lease(connection, run_id, granted)
            self._claimed.update(granted)
        return ClaimResult(granted, failed, dropped)

    def settle(self, replies: Sequence[ChatReply]) -> None:
        """Record the outcomes of requests in one transaction. The replies must already be in the cache."""
        done, given_up = [], []
        for reply in replies:
            for decision in self._decisions[reply.key]:
                if reply.code is not None:
                    given_up.append({**_about(decision, reply), "because": str(reply.code), "saying": reply.message})
                elif reply.pending is None and not (reply.cached and _is_done(decision)):
                    done.append(_about(decision, reply))
        with self._lock:
            if done or given_up:
                with self._store.write() as connection:
                    if done:
                        connection.execute(self._done(), done)
                    if given_up:
                        connection.execute(self._given_up_by(self._runs.current), given_up)
            self._claimed.difference_update(reply.key for reply in replies)

    def renew(self) -> None:
        """Renew this run's leases.

        Frequent calls are cheap, because no lease is renewed during the first half of its duration.
        """
        if self._claimed and time.time() >= self._leased_until - self._parameters.lease / 2:
            with self._lock, self._store.write() as connection:
                mine = (tasks.c.run_id == self._runs.current, tasks.c.state == "running")
                connection.execute(update(tasks).where(*mine).values(leased_until=self._until()))

    def lapsed(self) -> bool:
        """Return whether the leases have expired since the last call to this method, for example while a laptop was
        asleep.
        """
        lapsed = self._lapsed or time.time() > self._leased_until
        if lapsed:
            self._lapsed, self._leased_until = False, 0.0
        return lapsed

    def release(self) -> None:
        """Release the tasks that were claimed but not settled. Releasing a task does not count as an attempt."""
        with self._lock:
            items = [item_id for key in self._claimed for item_id in self._items(key)]
            if items:
                mine = (tasks.c.stage == self._stage, tasks.c.run_id == self._runs.current, tasks.c.state == "running")
                waiting = (
                    update(tasks).where(*mine, tasks.c.item_id.in_(listed(items))).values(state="pending", **_FREE)
                )
                with self._store.write() as connection:
                    connection.execute(waiting)
            self._claimed.clear()

    def _items(self, key: str) -> list[str]:
        return [decision.task.item_id for decision in self._decisions[key]]

    def _rows(self, connection: Connection, keys: Sequence[str]) -> dict[str, Any]:
        items = [item_id for key in keys for item_id in self._items(key)]
        query = select(*_ROW).where(tasks.c.stage == self._stage, tasks.c.item_id.in_(listed(items)))
        return {row.item_id: row for row in connection.execute(query)}

    def _given_up(self, key: str, row: Any) -> bool:
        planned = max(decision.attempts for decision in self._decisions[key] if decision.task.item_id == row.item_id)
        return row.key == key and row.state in ("failed", "dead") and row.attempts > planned

    def _lease(self, connection: Connection, run_id: str, keys: Sequence[str]) -> None:
        items = [item_id for key in keys for item_id in self._items(key)]
        if items:
            free = (tasks.c.stage == self._stage, tasks.c.item_id.in_(listed(items)), tasks.c.state != "dropped")
            lease = {"state": "running", "run_id": run_id, "leased_until": self._until()}
            connection.execute(update(tasks).where(*free).values(lease))

    def _until(self) -> float:
        """Return the expiration time of a lease that begins now. All of the run's leases expire at the same time."""
        self._lapsed = self._lapsed or 0 < self._leased_until < time.time()
        self._leased_until = time.time() + self._parameters.lease
        return self._leased_until

    def _done(self) -> Any:
        """Return the statement that marks tasks with a reply as done, no matter which run holds the lease."""
        task = (tasks.c.stage == self._stage, tasks.c.item_id == bindparam("item"), tasks.c.state != "dropped")
        return update(tasks).where(*task).values(
            **_settled(), state="done", attempts=_attempts(), code=None, message=None,
            good_key=bindparam("requested"), good_model=bindparam("by"), good_prompt_version=bindparam("prompt"),
        )  # fmt: skip

    def _given_up_by(self, run_id: str | None) -> Any:
        """Return the statement that records failures, but only for tasks on which this run still holds a lease."""
        attempts = _attempts() + 1
        task = (tasks.c.stage == self._stage, tasks.c.item_id == bindparam("item"), tasks.c.run_id == run_id)
        return update(tasks).where(*task).values(
            **_settled(), state=case((attempts >= self._parameters.max_attempts, "dead"), else_="failed"),
            attempts=attempts, code=bindparam("because"), message=bindparam("saying"),
        )  # fmt: skip


def _about(decision: TaskDecision, reply: ChatReply) -> dict[str, Any]:
    """Return the column values that settle the task.

    If a fallback model replied, these values describe the request to that model.
    """
    request = decision.request
    return {
        "item": decision.task.item_id, "requested": reply.found or request.key, "by": reply.model or request.model,
        "prompt": request.prompt_version,
    }  # fmt: skip


def _settled() -> dict[str, Any]:
    return {
        **_FREE, "key": bindparam("requested"), "model": bindparam("by"), "prompt_version": bindparam("prompt"),
        "settled": now(), "stale": None, "pinned": 0,
    }  # fmt: skip


def _attempts() -> Any:
    """Return the SQL expression for the current attempt count, which resets to 0 when the request changes."""
    return case((tasks.c.key == bindparam("requested"), tasks.c.attempts), else_=0)


def _held(row: Any, run_id: str) -> bool:
    """Return whether a different run, active or dead, holds an unexpired lease on the task."""
    return bool(row.state == "running" and row.run_id != run_id and row.leased_until > time.time())


def _is_done(decision: TaskDecision) -> bool:
    task = decision.task
    return task.state == "done" and task.key in decision.request.keys and task.stale is None


def _failure(key: str, row: Any) -> ChatReply:
    """Return the failure that another run recorded."""
    return ChatReply(
        key=key, text=None, cached=False, attempts=row.attempts, code=FailureCode(row.code), message=row.message
    )
