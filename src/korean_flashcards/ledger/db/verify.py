"""Check whether the ledger, layers, reply cache, word lists, and backups are consistent, for `kedro db verify`.

All checks are read-only.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from korean_flashcards.domain.errors import LedgerDamagedError
from korean_flashcards.files.file_problems import missing_target
from korean_flashcards.files.permissions import permission_problem
from korean_flashcards.files.read_only_sqlite import SQLITE_ERRORS, reading
from korean_flashcards.ledger.db import backups, schema
from korean_flashcards.ledger.db.backup_files import listing
from korean_flashcards.ledger.db.problems import json_damage, repair_advice
from korean_flashcards.ledger.db.spending_log import SpendingLog, lost_sentence, spending_totals
from korean_flashcards.ledger.db.sqlite import read_only

_EXAMPLES = 5
_LEDGER_PROBLEMS = "problems in the ledger file"
_RUN = "`kedro run` rewrites the layers; you will not pay again for cached replies"
_REPAIR_CACHE = "`kedro cache repair` saves every reply that can still be read and lists the others"
_RECORD = "`kedro run` records this spending again before it sends anything"
# All words in the first layer must also be in the second.
_WITHIN = (("nuance", "words"), ("flashcards", "nuance"))
_IN_LEDGER = ("vocabulary", "words", "nuance", "flashcards")
_FROM_REPLIES = ("nuance", "flashcards")

# A description of the problem, the tables that the query needs, and a query that returns one string per problem.
_LEDGER_RULES = (
    (
        "batches whose counts do not match their rows",
        ("import_batches", "import_rows"),
        "SELECT b.batch_id FROM import_batches AS b LEFT JOIN import_rows AS r ON r.batch = b.number GROUP BY b.number "
        "HAVING b.rows <> count(r.row) OR b.imported <> coalesce(sum(r.outcome = 'imported'), 0) "
        "OR b.duplicates <> coalesce(sum(r.outcome = 'duplicate'), 0) "
        "OR b.rejected <> coalesce(sum(r.outcome = 'rejected'), 0)",
    ),
    (
        "words whose original row is missing",
        ("vocabulary_items", "import_rows"),
        "SELECT i.item_id FROM vocabulary_items AS i LEFT JOIN import_rows AS r ON r.batch = i.batch AND r.row = i.row "
        "WHERE coalesce(r.outcome <> 'imported' OR r.item_id <> i.item_id, 1)",
    ),
    (
        "imported rows whose word was added by a different row",
        ("vocabulary_items", "import_rows"),
        "SELECT b.batch_id || ' row ' || r.row FROM import_rows AS r JOIN import_batches AS b ON b.number = r.batch "
        "LEFT JOIN vocabulary_items AS i ON i.item_id = r.item_id "
        "WHERE r.outcome = 'imported' AND coalesce(i.batch <> r.batch OR i.row <> r.row, 1)",
    ),
    (
        "words without exactly two tasks (nuance and flashcards)",
        ("vocabulary_items", "tasks"),
        "SELECT i.item_id FROM vocabulary_items AS i LEFT JOIN tasks AS t ON t.item_id = i.item_id "
        "AND t.stage <> 'judge' GROUP BY i.item_id HAVING count(t.stage) <> 2",
    ),
)


@dataclass(frozen=True)
class Inconsistency:
    """A kind of problem that the checks found.

    Attributes:
        what: Plural noun phrase that describes the problem ("layers that cannot be read").
        count: Number of occurrences.
        examples: The first few occurrences.
        advice: How to fix the problem.
    """

    what: str
    count: int
    examples: tuple[str, ...]
    advice: str


@dataclass(frozen=True)
class Places:
    """The files to check.

    Attributes:
        ledger: The ledger file.
        cache: The reply cache folder.
        layers: The Parquet file for each layer, keyed by layer name.
        lists: The source and SHA-256 hash of each word list.
        present: Function that returns the subset of the given cache keys that have a reply.
        read: Function that returns a layer, or raises ValueError or OSError if its file is not the layer.
    """

    ledger: Path
    cache: Path
    layers: Mapping[str, Path]
    lists: Iterable[tuple[str, str]]
    present: Callable[[Iterable[str]], set[str]]
    read: Callable[[Path], pl.DataFrame] = pl.read_parquet


def verify(places: Places) -> list[Inconsistency]:
    """Return the inconsistencies between the files. A file that does not exist yet counts as consistent.

    Raises LedgerError if the ledger cannot be read for a reason other than corruption, such as a newer schema version
    or another process's lock.
    """
    cache_findings = list(_cache(places.cache))
    present = None if cache_findings else places.present if (places.cache / "cache.db").exists() else _nothing
    frames, unreadable = _frames(places)
    findings = [*cache_findings, *unreadable, *_layers(frames), *_backups(places.ledger)]
    words: set[str] | None = None
    requested = set[str]()
    try:
        if schema.installed_version(places.ledger) is not None:
            with read_only(places.ledger) as connection:
                schema.refuse_newer(places.ledger, schema.version_of(connection, places.ledger))
                broken = _broken(connection)
                findings += _found(_LEDGER_PROBLEMS, broken, _repair(places.ledger))
                if not broken:
                    findings += _ledger(connection, places)
                    words = {item_id for (item_id,) in connection.execute("SELECT item_id FROM vocabulary_items")}
                    findings += _replies("done tasks", _done(connection), present)
                    requested = _requested(connection)
        elif frames or listing(places.ledger):
            findings.insert(0, Inconsistency("missing ledger files", 1, (str(places.ledger),), _missing(places.ledger)))
    except LedgerDamagedError as error:
        findings.insert(0, Inconsistency(_LEDGER_PROBLEMS, 1, (error.cause,), _repair(places.ledger)))
    if words is not None:
        findings += _orphans(frames, words)
    for name in _FROM_REPLIES:
        keys = {word: key for word, key in _keys(frames.get(name)).items() if key not in requested}
        findings += _replies(f"words in the {name} layer", keys, present)
    return findings


def _repair(ledger: Path) -> str:
    return repair_advice(ledger).rstrip(".")


def _missing(ledger: Path) -> str:
    """Return how to get a missing ledger back."""
    if listing(ledger):
        return _repair(ledger)
    return "restore the file from a copy; `kedro run --yes` creates a new, empty ledger and reuses the replies in the cache"


def _broken(connection: sqlite3.Connection) -> list[str]:
    """Return the findings of SQLite's integrity check."""
    found = schema.checks(connection)["integrity"]
    return [] if found == "ok" else found.split("; ")


def _ledger(connection: sqlite3.Connection, places: Places) -> Iterator[Inconsistency]:
    damage = json_damage(connection)
    yield from _found(_LEDGER_PROBLEMS, [damage] if damage else [], _repair(places.ledger))
    orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    yield from _found("broken foreign keys", [f"{table} → {to}" for table, _, to, _ in orphans], _repair(places.ledger))
    tables = set(schema.table_names(connection))
    for what, needed, query in _LEDGER_RULES:
        if tables.issuperset(needed):
            yield from _found(what, [str(name) for (name,) in connection.execute(query)], _repair(places.ledger))
    lost = SpendingLog(places.ledger).lost(spending_totals(connection))
    yield from _found("records of spending that the ledger has lost", [lost_sentence(lost)] if lost else [], _RECORD)
    yield from _changed_lists(connection, places.lists)


def _changed_lists(connection: sqlite3.Connection, lists: Iterable[tuple[str, str]]) -> Iterator[Inconsistency]:
    newest = (
        "SELECT sha256 FROM import_batches WHERE source = ? AND state IN ('completed', 'partial') "
        "ORDER BY number DESC LIMIT 1"
    )
    changed = []
    for source, sha256 in lists:
        imported = connection.execute(newest, (source,)).fetchone()
        if imported and imported[0] != sha256:
            changed.append(source)
    yield from _found(
        "word lists that have changed since their last import",
        changed,
        "`kedro ingress import FILE` or `kedro run` imports them",
    )


def _done(connection: sqlite3.Connection) -> Mapping[str, str]:
    if "tasks" not in schema.table_names(connection):
        return {}
    query = "SELECT item_id || ' ' || stage, key FROM tasks WHERE state = 'done' ORDER BY position"
    return dict(connection.execute(query).fetchall())


def _requested(connection: sqlite3.Connection) -> set[str]:
    """Return the keys that the next run requests, for example because a user removed their replies from the cache."""
    if "tasks" not in schema.table_names(connection):
        return set()
    return {key for (key,) in connection.execute("SELECT key FROM tasks WHERE state = 'pending' AND key IS NOT NULL")}


def _keys(frame: pl.DataFrame | None) -> Mapping[str, str]:
    if frame is None or not {"item_id", "key"} <= set(frame.columns):
        return {}
    return dict(frame.select("item_id", "key").drop_nulls().iter_rows())


def _replies(
    what: str, keys: Mapping[str, str], present: Callable[[Iterable[str]], set[str]] | None
) -> Iterator[Inconsistency]:
    if not keys or present is None:
        return
    there = present(set(keys.values()))
    missing = [name for name, key in keys.items() if key not in there]
    yield from _found(
        f"{what} without a reply in the cache",
        missing,
        "restore the cache folder from a copy, or import an export with `kedro cache import FILE`; otherwise, `kedro run` "
        "asks before it pays for these replies again (the offline model's replies are free)",
    )


def _nothing(_: Iterable[str]) -> set[str]:
    """Return no replies, because there is no cache."""
    return set()


def _frames(places: Places) -> tuple[dict[str, pl.DataFrame], list[Inconsistency]]:
    """Return the columns ``item_id`` and ``key`` of each readable layer, and the files that cannot be read."""
    frames, unreadable, forbidden = {}, [], dict[str, str]()
    for name, file in sorted(places.layers.items()):
        if problem := permission_problem(file):
            forbidden[str(file)] = problem
            continue
        if not file.exists():
            continue
        try:
            frame = places.read(file)
        except (pl.exceptions.PolarsError, OSError, ValueError):
            unreadable.append(str(file))
        else:
            frames[name] = frame.select(column for column in ("item_id", "key") if column in frame.columns)
    advice = next(iter(forbidden.values()), "").rstrip(".")
    return frames, [
        *_found("layers that you may not read", list(forbidden), advice),
        *_found("layers that cannot be read", unreadable, _RUN),
    ]


def _layers(frames: Mapping[str, pl.DataFrame]) -> Iterator[Inconsistency]:
    for inner, outer in _WITHIN:
        if inner in frames and outer in frames:
            missing = sorted(_ids(frames[inner]) - _ids(frames[outer]))
            yield from _found(f"words in the {inner} layer that are missing from the {outer} layer", missing, _RUN)


def _orphans(frames: Mapping[str, pl.DataFrame], words: set[str]) -> Iterator[Inconsistency]:
    for name in _IN_LEDGER:
        if name in frames:
            yield from _found(
                f"words in the {name} layer that are missing from the ledger", sorted(_ids(frames[name]) - words), _RUN
            )


def _cache(folder: Path) -> Iterator[Inconsistency]:
    file = folder / "cache.db"
    if problem := permission_problem(folder) or permission_problem(file):
        yield Inconsistency("reply caches that you may not read", 1, (str(folder),), problem.rstrip("."))
        return
    if missing := missing_target(file):
        advice = "mount the disk, and run the same command again; if the replies are gone, delete the link"
        yield Inconsistency("reply caches that are not mounted", 1, (missing,), advice)
        return
    log = file.with_name(f"{file.name}-wal")
    if not file.exists() or not file.stat().st_size:
        found = [f"{file.name} is missing or empty, but {log.name} still contains replies"]
        yield from _found(f"problems in the reply cache {folder}", found if _has_content(log) else [], _REPAIR_CACHE)
        return
    try:
        with reading(file) as connection:
            found = [line for (line,) in connection.execute(f"PRAGMA integrity_check({_EXAMPLES})") if line != "ok"]
    except SQLITE_ERRORS as error:
        found = [str(error)]
    yield from _found(f"problems in the reply cache {folder}", found, _REPAIR_CACHE)


def _has_content(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def _backups(ledger: Path) -> Iterator[Inconsistency]:
    wrong = [f"{file.name}: {why}" for file in listing(ledger) if (why := backups.problem(file))]
    yield from _found(
        "corrupted backups", wrong, "delete the corrupted backups and create a new one with `kedro db backup`"
    )


def _ids(frame: pl.DataFrame) -> set[str]:
    return set(frame["item_id"].drop_nulls()) if "item_id" in frame.columns else set()


def _found(what: str, names: list[str], advice: str) -> Iterator[Inconsistency]:
    if names:
        yield Inconsistency(what, len(names), tuple(names[:_EXAMPLES]), advice)
