"""Give runs access to the task queue: select words, read tasks, record plans, and claim tasks."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection, bindparam, func, insert, literal, or_, select, update

from korean_flashcards.domain.parameters import TaskParameters
from korean_flashcards.domain.records import WORD_STAGES, Stage
from korean_flashcards.domain.requests import Prompt
from korean_flashcards.ledger.batches import batch_number, words_of
from korean_flashcards.ledger.db.in_lists import chunks, listed
from korean_flashcards.ledger.db.prompt_tables import prompt_versions
from korean_flashcards.ledger.db.removal_tables import removed_ids
from korean_flashcards.ledger.db.runs import Runs
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import tasks
from korean_flashcards.ledger.prompts.prompt_history import in_use, use
from korean_flashcards.ledger.tasks.leases import LedgerTaskClaims
from korean_flashcards.ledger.tasks.task_list import item_ids as items_named
from korean_flashcards.stages.task import Task, TaskDecision

_ORDER = (tasks.c.priority.desc(), tasks.c.frequency.desc(), tasks.c.position, tasks.c.item_id)
_COLUMNS = [tasks.c[name] for name in Task.__slots__]


class LedgerTaskQueue:
    """The task queue, with one task per word and stage. A judge task is added when its first request is planned."""

    def __init__(self, store: LedgerStore, runs: Runs) -> None:
        self._store = store
        self._runs = runs

    def select(
        self, batches: Sequence[str] | None, words: Sequence[str] | None, priority_min: int | None, limit: int | None
    ) -> list[str]:
        """Return item IDs in queue order, excluding words whose analysis or cards were dropped.

        Args:
            batches: Return only words in these batches.
            words: Return only these item IDs or headwords (with all homographs).
            priority_min: Return only words with at least this priority.
            limit: Return at most this many words.

        Raises:
            LedgerError: A given batch or word is not in the ledger.
        """
        dropped = select(tasks.c.item_id).where(tasks.c.stage.in_(WORD_STAGES), tasks.c.state == "dropped")
        query = select(tasks.c.item_id).where(tasks.c.stage == "nuance", tasks.c.item_id.not_in(dropped))
        with self._store.read() as connection:
            if priority_min is not None:
                query = query.where(tasks.c.priority >= priority_min)
            if batches is not None:
                theirs = [words_of(batch_number(connection, str(batch))) for batch in batches]
                query = query.where(or_(*(tasks.c.item_id.in_(words) for words in theirs)))
            if words is not None:
                query = query.where(tasks.c.item_id.in_(listed(items_named(connection, words))))
            return list(connection.execute(query.order_by(*_ORDER).limit(limit)).scalars())

    def listed(self, batches: Sequence[str]) -> set[str]:
        """Return the item IDs of all words in these batches, including words that were dropped from the queue.

        Raises:
            LedgerError: A batch is not in the ledger.
        """
        with self._store.read() as connection:
            numbers = [batch_number(connection, batch) for batch in batches]
            return {word for number in numbers for word in connection.execute(words_of(number)).scalars()}

    def dead(self, item_ids: Iterable[str]) -> set[str]:
        """Return the item IDs of words whose analysis or cards are dead letters."""
        query = select(tasks.c.item_id).where(tasks.c.stage.in_(WORD_STAGES), tasks.c.state == "dead")
        with self._store.read() as connection:
            return set(connection.execute(query).scalars()) & set(item_ids)

    def unknown(self, item_ids: Iterable[str]) -> set[str]:
        """Return the item IDs that are not in the ledger."""
        with self._store.read() as connection:
            known = connection.execute(select(tasks.c.item_id).where(tasks.c.stage == "nuance")).scalars()
            return set(item_ids).difference(known)

    def removed(self) -> set[str]:
        """Return the item IDs of the words that a person removed. They must not be requested."""
        with self._store.read() as connection:
            return {*connection.execute(removed_ids()).scalars()}

    def left(self) -> dict[str, int]:
        """Return the number of remaining words in each stage. Dead letters, dropped and removed words are not counted.

        A word that needs a new analysis also needs new cards, even if it has cards from an earlier analysis.
        """
        left = tasks.c.state.in_(["pending", "running", "failed"]) & tasks.c.item_id.not_in(removed_ids())
        ended = select(tasks.c.item_id).where(tasks.c.stage == "flashcards", tasks.c.state.in_(["dead", "dropped"]))
        analyses = select(tasks.c.item_id).where(tasks.c.stage == "nuance", left)
        cards = select(tasks.c.item_id).where(tasks.c.stage.in_(WORD_STAGES), left, tasks.c.item_id.not_in(ended))
        with self._store.read() as connection:
            queries = {"nuance": analyses, "flashcards": cards.distinct()}
            counts = {stage: select(func.count()).select_from(query.subquery()) for stage, query in queries.items()}
            return {stage: connection.execute(query).scalar_one() for stage, query in counts.items()}

    def tasks(self, stage: Stage, item_ids: Iterable[str]) -> dict[str, Task]:
        """Return each word's task in the stage, keyed by item ID. Words that are not in the ledger are omitted.

        For a word without a judge task, return the task that ``note`` will add, with the same queue position as the
        word's analysis task.
        """
        wanted = list(item_ids)
        with self._store.read() as connection:
            found = _tasks(connection, stage, wanted)
            if stage in WORD_STAGES:
                return found
            analyses = _tasks(connection, "nuance", [item_id for item_id in wanted if item_id not in found])
        return found | {item_id: _first(task) for item_id, task in analyses.items()}

    def prompt_numbers(self, stage: Stage) -> dict[str, int]:
        """Return the numbers of the stage's prompt versions, assigned in order of first use, starting at 1."""
        with self._store.read() as connection:
            return _numbers(connection, stage)

    def note(self, stage: Stage, prompt: Prompt, decisions: Iterable[TaskDecision]) -> None:
        """Record a run's plan: the version of the prompt, the reasons why replies are stale, and new requests.

        Tasks that have changed since they were read are left unchanged.
        """
        decisions = list(decisions)
        changes = [
            (decision.task, planned) for decision in decisions if (planned := _planned(decision)) != decision.task
        ]
        with self._store.read() as connection:
            known = in_use(connection, stage, prompt)
            words = [] if stage in WORD_STAGES else [decision.task.item_id for decision in decisions]
            new = sorted(set(words) - _tasks(connection, stage, words).keys())
        if changes or new or not known:
            with self._store.write() as connection:
                use(connection, stage, prompt)
                _add(connection, stage, new)
                _change(connection, stage, changes)

    def keep_good(self, stage: Stage, before: Iterable[Task]) -> None:
        """Restore the last good replies that these tasks had, because their newer replies cannot be used."""
        names = ("good_key", "good_model", "good_prompt_version")
        rows = [{"item": task.item_id} | {f"old_{name}": getattr(task, name) for name in names} for task in before]
        task = (tasks.c.stage == stage, tasks.c.item_id == bindparam("item"))
        restored = update(tasks).where(*task).values({name: bindparam(f"old_{name}") for name in names})
        with self._store.write() as connection:
            connection.execute(restored, rows)

    def claims(self, stage: Stage, decisions: Iterable[TaskDecision], parameters: TaskParameters) -> LedgerTaskClaims:
        """Return an object that claims and settles these tasks."""
        return LedgerTaskClaims(self._store, self._runs, stage, decisions, parameters)


def _tasks(connection: Connection, stage: Stage, item_ids: Sequence[str]) -> dict[str, Task]:
    query = select(*_COLUMNS).where(tasks.c.stage == stage)
    rows = (
        row
        for part in chunks(item_ids, 10_000)
        for row in connection.execute(query.where(tasks.c.item_id.in_(listed(part)))).tuples()
    )
    return {row[0]: Task(*row) for row in rows}


def _first(analysis: Task) -> Task:
    """Return a new task with the same queue position as the word's analysis task."""
    return replace(
        analysis, state="pending", attempts=0, key=None, model=None, prompt_version=None, code=None, message=None,
        stale=None, pinned=0, good_key=None, good_model=None, good_prompt_version=None,
    )  # fmt: skip


def _add(connection: Connection, stage: Stage, item_ids: Sequence[str]) -> None:
    """Add the words' tasks for an optional stage. Existing tasks are left unchanged."""
    names = ["item_id", "priority", "frequency", "position"]
    for part in chunks(item_ids, 10_000):
        analyses = select(literal(stage), *(tasks.c[name] for name in names)).where(
            tasks.c.stage == "nuance", tasks.c.item_id.in_(listed(part))
        )
        connection.execute(insert(tasks).prefix_with("OR IGNORE").from_select(["stage", *names], analyses))


def _planned(decision: TaskDecision) -> Task:
    """Return the task as updated by the plan, before any request is sent."""
    task, request = decision.task, decision.request
    if task.state == "running":
        return task
    if decision.state in ("kept", "stale") and not task.pinned:
        # Keep the old key, because a later run with stale=keep uses it to find the old reply.
        return replace(task, state="done" if decision.state == "kept" else "pending", stale=decision.reason)
    missing = task.key in request.keys or task.pinned or decision.lost
    if task.state == "done" and decision.state == "new" and missing:
        # The reply is missing from the cache. The task stays done until its reply is paid for again, so that every run
        # asks first.
        return task
    if decision.state == "new" and (task.state == "done" or task.key not in (None, request.key)):
        return replace(
            task, state="pending", key=request.key, model=request.model, prompt_version=request.prompt_version,
            attempts=0, code=None, message=None, stale=None, pinned=0,
        )  # fmt: skip
    return task


def _change(connection: Connection, stage: Stage, changes: Sequence[tuple[Task, Task]]) -> None:
    """Update the tasks that have not changed since they were read."""
    names = ("state", "attempts", "key", "model", "prompt_version", "code", "message", "stale", "pinned")
    compared = ("state", "attempts", "key", "stale")
    rows = [
        {"item": task.item_id}
        | {f"old_{name}": getattr(task, name) for name in compared}
        | {f"new_{name}": getattr(planned, name) for name in names}
        for task, planned in changes
    ]
    unchanged = [tasks.c[name].is_not_distinct_from(bindparam(f"old_{name}")) for name in compared]
    query = update(tasks).where(tasks.c.stage == stage, tasks.c.item_id == bindparam("item"), *unchanged)
    if rows:
        connection.execute(query.values({name: bindparam(f"new_{name}") for name in names}), rows)


def _numbers(connection: Connection, stage: Stage) -> dict[str, int]:
    versions = prompt_versions.c
    query = select(versions.version, versions.number).where(versions.stage == stage)
    return dict(connection.execute(query).tuples().all())
