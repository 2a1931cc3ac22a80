"""Create ledgers with realistic rows in every table, written directly with SQL, for tests of backups and migrations."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from korean_flashcards.ledger.db import schema
from korean_flashcards.ledger.db.store import LedgerStore

_TABLES: dict[str, dict[str, tuple[tuple[object, ...], ...]]] = {
    "0001": {
        "runs (run_id, kind, fingerprint, host, pid, started, ended)": (
            ("r1", "import", "", "desk", 41, "2026-11-01T08:00:00Z", "2026-11-01T08:00:02Z"),
            ("r2", "run", "f00d", "desk", 42, "2026-11-01T08:01:00Z", None),
        ),
        "import_batches (number, batch_id, file, source, sha256, state, tag, priority, on_duplicate, created, finished, "
        "rows, imported, duplicates, rejected, message, run_id)": (
            (1, "unit1", "unit1.csv", "data/01_raw/unit1.csv", "aa", "partial", "TOPIK", 5, "skip",
             "2026-11-01T08:00:00Z", "2026-11-01T08:00:01Z", 4, 2, 1, 1, None, "r1"),
            (2, "동사", "동사.csv", "/else/동사.csv", "bb", "completed", None, 9, "update",
             "2026-11-01T08:00:01Z", "2026-11-01T08:00:02Z", 2, 1, 1, 0, None, "r1"),
            (3, "broken", "x.csv", "x.csv", "cc", "failed", None, 5, "skip",
             "2026-11-01T08:00:02Z", "2026-11-01T08:00:02Z", 0, 0, 0, 0, "x.csv has no term column", None),
        ),
        "vocabulary_items (item_id, term, homograph, stem, term_number, pos, definition, hanja, topik_level, example, "
        "example_translation, usage_hint, ipa, frequency, tags, batch, row)": (
            ("배#1", "배", 1, "배", 1, "noun", "ship", None, 2, "배를 타다", "to board",
             "'; DROP TABLE tasks; --", "[pɛ]", 90, "[]", 1, 2),
            ("배#2", "배", 2, "배", 2, "noun", "pear", None, None, None, None, None, None, None, '["과일"]', 1, 3),
            ("가다#1", "가다", 1, "가다", 3, "verb", "to go", None, 1, None, None, None, None, 500, "[]", 2, 2),
        ),
        "import_rows (batch, row, outcome, code, reason, text, item_id, updated, item)": (
            (1, 2, "imported", None, None, "배,ship", "배#1", 0, '{"term": "배"}'),
            (1, 3, "imported", None, None, "배,pear", "배#2", 0, '{"term": "배"}'),
            (1, 4, "duplicate", None, None, "배,ship", "배#1", 0, '{"term": "배"}'),
            (1, 5, "rejected", "no_hangul", "no Hangul in it", "ship,ship", None, 0, None),
            (2, 2, "imported", None, None, "가다,to go", "가다#1", 0, '{"term": "가다"}'),
            (2, 3, "duplicate", None, None, "배,ship", "배#1", 1, '{"term": "배"}'),
        ),
        "import_warnings (number, batch, row, code, reason)": ((1, 1, 3, "topik_level", "9 is not a level"),),
    },
    "0002": {
        "prompt_versions (stage, version, number, text, first_used)": (
            ("nuance", "abc", 1, "You are …", "2026-11-01T08:01:00Z"),
        ),
    },
    "0003": {
        "exported_items (item_id, term, homograph, definition, hanja, first_exported, last_exported)": (
            ("배#1", "배", 1, "ship", None, "2026-11-01T09:00:00Z", "2026-11-02T09:00:00Z"),
            ("가#1", "가", 1, "edge", None, "2026-11-01T09:00:00Z", "2026-11-01T09:00:00Z"),
        ),
        "slow_queries (statement, count, worst_seconds, last_seen)": (
            ("SELECT 1", 3, 0.75, "2026-11-01T09:00:00Z"),
        ),
    },
    "0004": {
        "llm_calls (number, at, run_id, stage, term, model, provider, prompt_version, key, kind, attempt, outcome, message, "
        "tokens_in, tokens_out, tokens_cached, tokens_reasoning, usd, latency_s, queue_s)": (
            (1, "2026-11-01T08:01:01Z", "r2", "nuance", "배", "m", "openai", "abc", "k1", "ask", 1, "ok", None,
             900, 400, 0, 0, 0.001, 1.5, 0.0),
            (2, "2026-11-01T08:01:02Z", "r2", "nuance", "배", "m", "openai", "abc", "k2", "repair", 1, "refused", "no",
             90, 4, 0, 0, None, 0.5, 0.1),
        ),
        "llm_spending (day, run_id, stage, model, calls, tokens, usd)": (
            ("2026-11-01", "r2", "nuance", "m", 2, 1394, 0.001),
        ),
        "llm_shared_runs (run_id, first_run_id)": (("r2", "r1"),),
        "llm_reservations (reservation, run_id, key, term, stage, model, prompt_version, usd, tokens, at)": (
            ("a1", "r2", "k3", "가다", "nuance", "m", "abc", 0.01, 5000, 1.8e9),
        ),
        "llm_breakers (model, provider, state, opened, probe_at, rest_s, reason)": (
            ("m", "openai", "open", 1.8e9, 1.8e9, 5.0, "503"),
        ),
        "llm_rates (model, rpm, tpm, source, changed, next_call)": (("m", 60.0, None, "refusals", 1.8e9, 1.8e9),),
    },
    "0005": {
        "llm_batches (batch_id, provider_id, stage, model, api_base, prompt_version, reply_format, file_id, state, total, "
        "done, failed, message, created, finished, run_id, held_by)": (
            ("b1", "batch_1", "nuance", "m", None, "abc", "json_schema", "file-1", "completed", 2, 2, 0, None,
             "2026-11-01T08:01:00Z", "2026-11-01T09:01:00Z", "r2", None),
            ("b2", None, "nuance", "m", "http://here/v1", "abc", "none", None, "submitting", 1, 0, 0, "503",
             "2026-11-01T09:01:00Z", None, "r2", "r2"),
        ),
        "llm_batch_requests (batch_id, key, term, reservation, outcome)": (
            ("b1", "k4", "배", "a2", "ok"),
            ("b1", "k5", "가다", "a3", "undone"),
            ("b2", "k5", "가다", "a4", None),
        ),
    },
    "0006": {
        "reviews (number, at, item_id, tab_name, action, fingerprint, reason, reviewer)": (
            (1, "2026-11-02T10:00:00Z", "배#1", "Scene", "edit", "f2", "front", "kim"),
            (2, "2026-11-02T10:01:00Z", "배#1", "", "approve", "f3", None, None),
            # Its word was rolled back.
            (3, "2026-11-02T10:02:00Z", "가#1", "Hanja", "reject", "f4", "다른 말", "kim"),
        ),
        "overrides (item_id, tab_name, field, base, value, review)": (
            ("배#1", "Scene", "front", '"What floats?"', '"What sails?"', 1),
        ),
        "card_versions (item_id, tab_name, number, fingerprint, content, made_by, model, prompt_version, key, usd, "
        "first_seen)": (
            ("배#1", "Scene", 1, "f1", '{"front":"What floats?"}', "model", "m", "abc", "k1", 0.001, "2026-11-02T09:00:00Z"),
            ("배#1", "Scene", 2, "f2", '{"front":"What sails?"}', "person", "m", "abc", "k1", None, "2026-11-02T10:00:00Z"),
        ),
        "reviewed_items (item_id, term, homograph, definition, hanja)": (
            ("배#1", "배", 1, "ship", None), ("가#1", "가", 1, "edge", None),
        ),
    },
    "0007": {},
    "0008": {},
    "0009": {},
    "0010": {},
    "0011": {},
    "0012": {
        "run_records (run_id, pipelines, environment, given, parameters, exit_code, error_code, message, words, cards, "
        "failures, cache_hits, cache_misses, tokens_in, tokens_out, usd, unpriced, stages)": (
            ("r1", "[]", "", '{"files": ["unit1.csv"]}', "{}", 2, None, None, 3, None, 1, None, None, None, None, None,
             None, "[]"),
            ("r2", '["nuance"]', "local", '{"limit": 3}', "{}", None, None, None, None, None, None, None, None, None, None,
             None, None, "[]"),
        ),
        "run_days (day, kind, runs, complete, incomplete, failed, seconds, words, cards, failures, cache_hits, "
        "cache_misses, tokens_in, tokens_out, usd, unpriced)": (
            ("2026-10-31", "run", 2, 1, 0, 1, 90.5, 240, 516, 3, 100, 20, 900, 400, 0.25, 0),
        ),
    },
    "0013": {
        "exported_notes (guid, item_id, card_type, content, created_at, changed_at, changes, removed_at)": (
            ("aa00", "배#1", "Scene", "2:00", 1790000000, 1790000001, "Back", 1790000002),
        ),
        "exported_note_types (note_type_id, content, changed_at)": ((1731700417, "00", 1790000000),),
    },
    "0014": {
        "export_history (number, profile, state, started, ended, format, cards, counts, files, filters, settings, "
        "message)": (
            (1, "quizlet", "complete", "2026-11-03T09:00:00Z", "2026-11-03T09:00:01Z", "quizlet", 2, '{"Scene": 2}',
             '[{"name": "cards.txt", "bytes": 90, "sha256": "aa"}]', '{"deck": "유닛"}', "format: quizlet", None),
            (2, "deck", "failed", "2026-11-03T09:01:00Z", "2026-11-03T09:01:01Z", "apkg", None, "{}", "[]", "{}", "",
             "the disk is full"),
        ),
    },
    "0015": {"undone_reviews (number, review, at, reviewer)": ((1, 3, "2026-11-02T10:03:00Z", "kim"),)},
    "0016": {
        "prompt_drafts (name, stage, parent, note, created, after_number)": (
            ("nuance.short", "nuance", "abc", "shorter", "2026-11-03T09:30:00Z", 1),
        ),
    },
    "0017": {
        "word_removals (number, item_id, removed_at, restored_at)": (
            (1, "배#2", "2026-11-03T10:00:00Z", "2026-11-03T10:01:00Z"),
            (2, "배#2", "2026-11-03T10:02:00Z", None),
        ),
    },
    "0018": {
        "preferences (number, experiment, item_id, rater, kind, first, choice, cards, at)": (
            (1, "nuance-vs-short-0a1b2c3d", "배#1", "kim", "person", "A", "B", "0a1b", "2026-11-03T11:00:00Z"),
            (2, "nuance-vs-short-0a1b2c3d", "배#1", "openai/gpt-4o", "judge", "B", "same", "0a1b", "2026-11-03T11:01:00Z"),
        ),
    },
}  # fmt: skip
_TASKS = {
    "0002": (
        "UPDATE tasks SET state = 'done', attempts = 1, key = 'k1', model = 'm', prompt_version = 'abc', "
        "settled = '2026-11-01T08:02:00Z' WHERE stage = 'nuance' AND item_id = '배#1'",
        "UPDATE tasks SET state = 'running', run_id = 'r2', leased_until = 1.5e9 "
        "WHERE stage = 'flashcards' AND item_id = '배#1'",
        "UPDATE tasks SET state = 'dead', attempts = 3, key = 'k2', code = 'refused', message = 'no' "
        "WHERE stage = 'nuance' AND item_id = '배#2'",
    ),
    "0003": (
        "UPDATE tasks SET stale = 'prompt v1→v2; model unchanged' WHERE stage = 'nuance' AND item_id = '배#1'",
        "UPDATE tasks SET pinned = 1 WHERE item_id = '가다#1'",
    ),
}


def fill(path: Path, version: str = schema.HEAD) -> None:
    """Create a ledger with schema ``version`` and rows in every table, as a copy of a template, which saves 0.3 s."""
    template = _template(version)
    path.parent.mkdir(parents=True, exist_ok=True)
    for file in template.parent.iterdir():
        shutil.copy(file, path.with_name(file.name.replace(template.name, path.name)))


@cache
def _template(version: str) -> Path:
    """Create the ledger that ``fill`` copies. Words are inserted before tasks."""
    path = Path(tempfile.mkdtemp(prefix="filled-ledger-")) / "ledger.db"
    for step in schema.VERSIONS[: schema.VERSIONS.index(version) + 1]:
        with schema.migration_lock(path):
            schema.migrate(path, step, 5, None)
        with closing(sqlite3.connect(path)) as connection, connection:
            for table, rows in _TABLES[step].items():
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
            for change in _TASKS.get(step, ()):
                connection.execute(change)
    return path


def grow(path: Path, words: int) -> None:
    """Create a ledger with one batch of ``words`` words and their tasks, large enough that copying it takes time."""
    with schema.prepared(path, 5):
        pass
    numbers = f"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {words})"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO import_batches (number, batch_id, file, source, sha256, state, priority, on_duplicate, created, "
            "rows, imported) VALUES (1, 'big', 'big.csv', 'big.csv', 'dd', 'completed', 5, 'skip', "
            f"'2026-11-01T08:00:00Z', {words}, {words})"
        )
        connection.execute(
            "INSERT INTO vocabulary_items (item_id, term, homograph, stem, term_number, definition, tags, batch, row) "
            f"{numbers} SELECT '말' || i || '#1', '말' || i, 1, '말' || i, i, hex(randomblob(40)), '[]', 1, i FROM n"
        )
        connection.execute(
            "INSERT INTO import_rows (batch, row, outcome, text, item_id, item) "
            f"{numbers} SELECT 1, i, 'imported', hex(randomblob(20)), '말' || i || '#1', '{{}}' FROM n"
        )
        connection.execute(
            "INSERT INTO tasks (stage, item_id, priority, frequency, position) SELECT stages.column1, item_id, 5, 0, "
            "term_number FROM vocabulary_items CROSS JOIN (VALUES ('nuance'), ('flashcards')) AS stages"
        )


def store(path: Path, busy_timeout: float = 5) -> LedgerStore:
    """Open the ledger the way a run does."""
    return LedgerStore(path, pool_size=2, busy_timeout=busy_timeout)


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the column names and sorted rows of every table except ``history`` and Alembic's table."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for name in sorted(set(names) - {"alembic_version", "history"}):
            cursor = connection.execute(f'SELECT * FROM "{name}"')
            found[name] = [tuple(column[0] for column in cursor.description), *sorted(cursor.fetchall(), key=repr)]
        return found


def damage_table(path: Path, table: str) -> None:
    """Overwrite the root page of a table or an index."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    data = bytearray(path.read_bytes())
    data[(page - 1) * size : page * size] = b"\xa5" * size
    path.write_bytes(data)
