"""Create a ledger with many words directly in SQL: 100,000 words take a few seconds."""

from pathlib import Path

from sqlalchemy import insert

from korean_flashcards.ledger.db.tables import import_batches
from korean_flashcards.ledger.facade import Ledger
from support.ledger import fresh_ledger

_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {words})"
_ITEMS = """
INSERT INTO vocabulary_items (item_id, term, homograph, stem, term_number, definition, frequency, tags, batch, row)
{numbers} SELECT '낱말' || n || '#1', '낱말' || n, 1, '낱말' || n, n, 'meaning ' || n, n % 1000, '[]', 1, n FROM numbers
"""
_ROWS = """
INSERT INTO import_rows (batch, row, outcome, code, reason, text, item_id)
{numbers} SELECT {batch}, n, CASE WHEN n > {good} THEN 'rejected' ELSE '{outcome}' END,
  CASE WHEN n > {good} THEN 'no_hangul' END, CASE WHEN n > {good} THEN 'no Hangul in it' END,
  'text ' || n, CASE WHEN n <= {good} THEN '낱말' || n || '#1' END
FROM numbers
"""
_TASKS = """
INSERT INTO tasks (stage, item_id, state, priority, frequency, position, key, code, message)
{numbers}, settled AS (
  SELECT n, CASE WHEN n % 100 = 0 THEN 'dead' WHEN n % 50 = 1 THEN 'failed' WHEN n % 3 = 0 THEN 'done' ELSE 'pending' END
    AS state
  FROM numbers
)
SELECT stages.column1, '낱말' || n || '#1', state, 1 + n % 10, n % 1000, n, CASE WHEN state = 'done' THEN 'key' || n END,
  CASE WHEN state IN ('failed', 'dead') THEN 'malformed' END, CASE WHEN state IN ('failed', 'dead') THEN 'no JSON' END
FROM settled CROSS JOIN (VALUES ('nuance'), ('flashcards')) AS stages
"""


def ledger_of_many(folder: Path, words: int, batches: int = 1, rejected: int = 1) -> Ledger:
    """Return a ledger with the words 낱말1#1 … of batch1.

    Later batches repeat these words, but their last rows are rejected.

    The batches are dated October 1, 2, … 2026, and are tagged "odd" or "even". Both tasks of a word have the same
    state: dead if number % 100 = 0, failed if number % 50 = 1, done if number % 3 = 0, and otherwise pending. The
    priority is 1 + number % 10, and the frequency is number % 1000.
    """
    ledger = fresh_ledger(folder)
    numbers = _NUMBERS.format(words=words)
    with ledger.store.write() as connection:
        for batch in range(1, batches + 1):
            bad, outcome = (0, "imported") if batch == 1 else (rejected, "duplicate")
            connection.execute(insert(import_batches).values(_batch(batch, words, bad)))
            if batch == 1:
                connection.exec_driver_sql(_ITEMS.format(numbers=numbers))
            connection.exec_driver_sql(_ROWS.format(numbers=numbers, batch=batch, good=words - bad, outcome=outcome))
        connection.exec_driver_sql(_TASKS.format(numbers=numbers))
    return ledger


def _batch(number: int, words: int, rejected: int) -> dict[str, object]:
    day = f"2026-10-{number:02}"
    return {
        "number": number, "batch_id": f"batch{number}", "file": f"list{number}.csv", "source": f"lists/list{number}.csv",
        "sha256": f"sha{number}", "state": "partial" if rejected else "completed", "tag": ("even", "odd")[number % 2],
        "priority": 5, "on_duplicate": "skip", "created": f"{day}T09:00:00Z", "finished": f"{day}T09:00:01Z",
        "rows": words, "imported": words if number == 1 else 0, "duplicates": 0 if number == 1 else words - rejected,
        "rejected": rejected,
    }  # fmt: skip
