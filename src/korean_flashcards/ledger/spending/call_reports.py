"""Report model calls: failures by kind, a word's calls, and the stage and word for a cache key."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, func, literal, or_, select, union, union_all

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.records import Stage
from korean_flashcards.ledger.db.in_lists import listed
from korean_flashcards.ledger.db.llm_tables import llm_calls
from korean_flashcards.ledger.db.prompt_tables import prompt_versions
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import tasks, vocabulary_items

EXAMPLES = 3  # example words for each kind of failure
_SHOWN = 5  # keys listed in a message
GIVEN_UP = ("failed", "dead")
_STAGES = get_args(Stage)
_NO_TIME = "0000-00-00T00:00:00Z"
_FAILED = or_(llm_calls.c.outcome < "ok", llm_calls.c.outcome > "ok")  # two ranges, because != would not use the index
_CALL_COLUMNS = (
    "number", "at", "run_id", "stage", "key", "kind", "model", "prompt_version", "attempt", "outcome", "message",
    "tokens_in", "tokens_out", "tokens_cached", "tokens_reasoning", "usd", "latency_s", "queue_s", "fixed", "batch",
)  # fmt: skip


@dataclass(frozen=True)
class CallFilters:
    """Filters for failures. A failure must match all given filters.

    Attributes:
        prompts: Prompt versions, each given as a number ("v3") or as the beginning of a hash.
        since: Time from which failures are included (UTC, ISO 8601).
    """

    stages: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    since: str | None = None


class FailureRow(NamedTuple):
    """A word's failures of one kind, to be added up by ``failures``. Times are in UTC, ISO 8601."""

    stage: str
    code: str
    model: str
    prompt_version: str
    term: str
    calls: int
    given_up: int
    first: str | None
    last: str | None
    message: str | None


@dataclass(frozen=True)
class Failure:
    """A kind of failure: a failure code for one stage, model, and prompt.

    Attributes:
        prompt: The prompt version's number ("v3"), or its hash if it has no number.
        calls: Number of calls that failed this way.
        given_up: Number of words that have no record because of this failure.
        words: Number of words with this failure.
        first: Time of the first failure (UTC, ISO 8601).
        last: Time of the last failure (UTC, ISO 8601).
        examples: Words with their failure messages, latest first.
    """

    stage: str
    code: str
    model: str
    prompt: str
    calls: int
    given_up: int
    words: int
    first: str | None
    last: str | None
    examples: list[dict[str, str]]


def failures(store: LedgerStore, filters: CallFilters, beside: Iterable[FailureRow] = ()) -> list[Failure]:
    """Return the kinds of failures in calls and tasks, most frequent first.

    Failed tasks are included because the offline model makes no calls.

    Args:
        store: The ledger's database.
        filters: The failures to count.
        beside: Failures recorded outside the ledger. Failures that are also in the ledger are counted only once.
    """
    with store.read() as connection:
        numbers = _numbers(connection)
        versions = _versions(connection, filters.prompts) if filters.prompts else None
        query = _by_word(_failed(filters, versions))
        rows = [FailureRow(*row) for row in connection.execute(query).tuples()]
    known = {(row.stage, row.code, row.term) for row in rows}
    rows += [row for row in beside if row[:2] + row[4:5] not in known and _row_fits(filters, versions, row)]
    kinds: dict[tuple[str, str, str, str], list[FailureRow]] = defaultdict(list)
    for row in rows:
        kinds[row.stage, row.code, row.model, row.prompt_version].append(row)
    found = [_failure(kind, theirs, numbers) for kind, theirs in kinds.items()]
    return sorted(found, key=lambda each: (-each.calls - each.given_up, each.code, each.stage, each.model, each.prompt))


def count(store: LedgerStore) -> int:
    """Return the number of calls in the ledger."""
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(llm_calls)).scalar_one()


def models(store: LedgerStore) -> list[str]:
    """Return the models that runs have called, sorted by name. A run with the offline model records only tasks."""
    query = union(*(select(c.model).where(c.model.is_not(None)) for c in (llm_calls.c, tasks.c)))
    with store.read() as connection:
        return sorted(connection.execute(query).scalars())


def calls_for(store: LedgerStore, term: str) -> list[dict[str, Any]]:
    """Return the calls for a headword, oldest first. ``prompt`` is the version's number ("v3"), or its hash."""
    query = select(*(llm_calls.c[name] for name in _CALL_COLUMNS)).where(llm_calls.c.term == term)
    with store.read() as connection:
        numbers = _numbers(connection)
        calls = [dict(row) for row in connection.execute(query.order_by(llm_calls.c.number)).mappings()]
    for call in calls:
        call["prompt"] = _prompt(numbers, call["stage"], call["prompt_version"])
    return calls


def key_starting_with(store: LedgerStore, start: str) -> str | None:
    """Return the cache key that begins with ``start``, or None if there is none.

    Raises:
        LedgerError: Several keys begin with ``start``.
    """
    # A range condition uses the index; LIKE does not. "g" is greater than every hexadecimal digit.
    query = union(*(select(c.key).where(c.key >= start, c.key < start + "g") for c in (llm_calls.c, tasks.c)))
    with store.read() as connection:
        found = connection.execute(query.limit(_SHOWN + 1)).scalars().all()
    if len(found) > 1:
        names = ", ".join(sorted(found)[:_SHOWN]) + (" …" if len(found) > _SHOWN else "")
        raise LedgerError(f"Several keys begin with {start}: {names}. Enter more characters.")
    return found[0] if found else None


def stage_and_word(store: LedgerStore, key: str) -> tuple[Stage, str] | None:
    """Return the stage and headword for a cache key, or None if the key is not in the ledger."""
    called = select(llm_calls.c.stage, llm_calls.c.term).where(llm_calls.c.key == key).limit(1)
    current = (
        select(tasks.c.stage, vocabulary_items.c.term)
        .join_from(tasks, vocabulary_items, vocabulary_items.c.item_id == tasks.c.item_id)
        .where(tasks.c.key == key)
        .limit(1)
    )
    with store.read() as connection:
        for query in (called, current):
            if found := connection.execute(query).tuples().first():
                return found
    return None


def _failed(filters: CallFilters, versions: Sequence[str] | None) -> CompoundSelect[Any]:
    """Return a query for failed calls and failed tasks, one row each."""
    call, task = llm_calls.c, tasks.c
    calls = select(
        call.stage, call.outcome.label("code"), call.model, call.prompt_version, call.term, call.at, call.message,
        literal(1).label("calls"), literal(0).label("given_up"),
    ).where(_FAILED, *_fits(filters, versions, call, call.outcome, call.at))  # fmt: skip
    given_up = (
        select(
            task.stage, task.code, func.coalesce(task.model, ""), func.coalesce(task.prompt_version, ""),
            vocabulary_items.c.term, task.settled, task.message, literal(0), literal(1),
        )
        .join_from(tasks, vocabulary_items, vocabulary_items.c.item_id == task.item_id)
        .where(task.stage.in_(_STAGES), task.state.in_(GIVEN_UP), *_fits(filters, versions, task, task.code, task.settled))
    )  # fmt: skip
    return union_all(calls, given_up)


def _by_word(rows: CompoundSelect[Any]) -> Select[Any]:
    """Return a query for FailureRow values, grouping failures by kind and word and keeping the latest message."""
    one = rows.subquery().c
    kind = (one.stage, one.code, one.model, one.prompt_version, one.term)
    # All times have the same length, so the maximum of time + message starts with the latest time, and the rest of it
    # is the message.
    latest = func.max(func.coalesce(one.at, _NO_TIME) + func.coalesce(one.message, ""))
    sums = (func.sum(one.calls), func.sum(one.given_up), func.min(one.at), func.max(one.at))
    return select(*kind, *sums, func.substr(latest, len(_NO_TIME) + 1)).group_by(*kind)


def _fits(
    filters: CallFilters, versions: Sequence[str] | None, columns: Any, code: ColumnElement[Any], at: ColumnElement[Any]
) -> Iterable[ColumnElement[bool]]:
    if filters.stages:
        yield columns.stage.in_(filters.stages)
    if filters.codes:
        yield code.in_(filters.codes)
    if filters.models:
        yield columns.model.in_(filters.models)
    if filters.since is not None:
        yield at >= filters.since
    if versions is not None:
        yield columns.prompt_version.in_(listed(versions))


def _row_fits(filters: CallFilters, versions: Sequence[str] | None, row: FailureRow) -> bool:
    return (
        (not filters.stages or row.stage in filters.stages)
        and (not filters.codes or row.code in filters.codes)
        and (not filters.models or row.model in filters.models)
        and (filters.since is None or (row.last or "") >= filters.since)
        and (versions is None or row.prompt_version in versions)
    )


def _versions(connection: Connection, prompts: Sequence[str]) -> list[str]:
    """Return the prompt versions that match numbers ("v3") or the beginnings of hashes.

    Raises:
        LedgerError: A given prompt version is not in the ledger.
    """
    known = _numbers(connection)
    found: list[str] = []
    for prompt in prompts:
        meant = [
            version for (_, version), number in known.items() if prompt == f"v{number}" or version.startswith(prompt)
        ]
        if not meant:
            have = ", ".join(sorted({f"v{number}" for number in known.values()})) or "none"
            raise LedgerError(f"There is no prompt version {prompt} in the ledger. Known versions: {have}.")
        found += meant
    return found


def _numbers(connection: Connection) -> dict[tuple[str, str], int]:
    known = prompt_versions.c
    return {
        (stage, version): number
        for stage, version, number in connection.execute(select(known.stage, known.version, known.number)).tuples()
    }


def _prompt(numbers: dict[tuple[str, str], int], stage: str, version: str) -> str:
    number = numbers.get((stage, version))
    return f"v{number}" if number else version


def _failure(
    kind: tuple[str, str, str, str], rows: Sequence[FailureRow], numbers: dict[tuple[str, str], int]
) -> Failure:
    stage, code, model, version = kind
    latest = sorted(rows, key=lambda row: row.last or "", reverse=True)[:EXAMPLES]
    return Failure(
        stage=stage,
        code=code,
        model=model,
        prompt=_prompt(numbers, stage, version),
        calls=sum(row.calls for row in rows),
        given_up=sum(row.given_up for row in rows),
        words=len({row.term for row in rows}),
        first=min((row.first for row in rows if row.first), default=None),
        last=latest[0].last,
        examples=[{"word": row.term, "message": row.message or ""} for row in latest],
    )
