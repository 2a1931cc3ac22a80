"""Create a ledger with many calls directly in SQL: 100,000 calls take about a second."""

from pathlib import Path

from korean_flashcards.ledger.facade import Ledger
from support.ledger import fresh_ledger

_CALLS = """
INSERT INTO llm_calls (at, run_id, stage, term, model, provider, prompt_version, key, kind, attempt, outcome, message,
  tokens_in, tokens_out, tokens_cached, tokens_reasoning, usd, latency_s, queue_s, fixed)
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {calls})
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 1790000000 + n, 'unixepoch'), 'r1', 'nuance', '낱말' || (n % {words}),
  'openai/' || CASE n % 2 WHEN 0 THEN 'even' ELSE 'odd' END, 'openai', 'abc', printf('%064x', n % {words}),
  CASE WHEN n % 20 = 3 THEN 'repair' ELSE 'ask' END, 1,
  CASE WHEN n % 10 = 0 THEN 'malformed' WHEN n % 10 = 5 THEN 'timeout' ELSE 'ok' END,
  CASE WHEN n % 5 = 0 THEN 'message ' || n END, 900, 100, 0, 0, 0.001, 1.0, 0.0, n % 10 = 1
FROM numbers
"""


def ledger_of_calls(folder: Path, calls: int) -> Ledger:
    """Return a ledger with calls for the words 낱말0, 낱말1, …. Each word has ten calls, and calls are one second apart.

    The outcome depends on number % 10: 0 is malformed, 5 is a timeout, and 1 was repaired locally. Calls with
    number % 20 = 3 are successful repairs. Odd-numbered calls use openai/odd, and even-numbered calls use openai/even. Each
    call has 1,000 tokens and costs USD 0.001.
    """
    ledger = fresh_ledger(folder)
    with ledger.store.write() as connection:
        connection.exec_driver_sql(_CALLS.format(calls=calls, words=max(1, calls // 10)))
    return ledger
