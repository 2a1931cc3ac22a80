"""Test that the ledger books at most what the server answered plus what was in flight when a run was killed."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.project import kill
from support.requests_to_send import NuanceRuns, words

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.ledger.spending.budgets import LedgerBudgets

WORKER = Path(__file__).parents[1] / "support" / "killed_worker.py"
# USD for a reply of 8,192 tokens, and for a reply of the server.
MOST, REPLY = 0.08192, 0.01
CONCURRENCY = 50


@pytest.mark.slow
@pytest.mark.parametrize("kills", [1, 3])
def test_killed_runs_book_what_was_answered_and_at_most_what_was_in_flight(tmp_path: Path, kills: int) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(200)))
    runs.ledger.close()
    in_flight = kills * CONCURRENCY
    with ModelServer(latency=0.3, tokens_out=1000) as server:
        for _ in range(kills):
            before = len(server.requests())
            process = subprocess.Popen([sys.executable, str(WORKER), str(tmp_path), server.url])
            while len(server.requests()) < before + 10 and process.poll() is None:
                time.sleep(0.01)
            time.sleep(random.uniform(0.0, 0.5))
            kill(process)
        runs.run(todo, server.url, price="known", max_tokens=8192, budget={"run": {"usd": 20.0}},
                 prices={"openai/test": {"input": 0.0, "output": 10.0}}, concurrency=CONCURRENCY)  # fmt: skip
        requests, replies = server.requests(), server.replies()
    ((usd, lost),) = runs.sql("SELECT total(usd), total(outcome = 'interrupted') FROM llm_calls")
    assert len(requests) * REPLY - 1e-6 <= usd <= len(replies) * REPLY + in_flight * MOST
    assert lost <= in_flight and len(requests) - 200 <= in_flight
    assert runs.sql("SELECT count(*) FROM llm_reservations") == [(0,)]


def test_a_call_is_noted_when_it_leaves_and_not_sent_if_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = NuanceRuns(tmp_path)
    todo = runs.take(*(f"{word}#1" for word in words(30)))
    notes: list[int] = []
    works = LedgerBudgets.sent

    def sent(self: LedgerBudgets, reservation: str) -> None:
        if len(notes) == 12:
            raise LedgerError("the note cannot be written")
        notes.append(len(server.requests()))
        works(self, reservation)

    monkeypatch.setattr(LedgerBudgets, "sent", sent)
    with ModelServer(tokens_out=1000) as server:
        with pytest.raises(LedgerError, match="the note cannot be written"):
            runs.run(todo, server.url, concurrency=4)
        assert len(server.requests()) == 12
    assert runs.sql("SELECT count(*) FROM llm_calls WHERE outcome = 'ok'") == [(12,)]
    assert runs.sql("SELECT count(*) FROM llm_reservations") == [(0,)]
    # No call is noted long before it leaves: at most the calls in flight are ahead of the server.
    assert all(noted - seen <= 4 for noted, seen in enumerate(notes))
