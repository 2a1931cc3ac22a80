"""Provide small requests and fast settings for tests of the model client and the queue."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from korean_flashcards.confusables import CONFUSABLE_SCHEMA
from korean_flashcards.domain.parameters import LLMParameters, Stale, TaskParameters
from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.domain.requests import ChatTemplate, Prompt, Request
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.pipelines.nuance.nodes import KNOWN_COLUMNS, generate_nuance, plan_nuance
from korean_flashcards.stages.ports import Consent
from support.ledger import fill_ledger, fresh_ledger, ledger_at
from support.parameters import llm_parameters

PROMPT = Prompt("nuance", "Analyze the word.")
REPAIR = Prompt("repair", "You repair a record.")
TASKS = TaskParameters(max_attempts=3, lease=60)
TEMPLATE = ChatTemplate("nuance", "openai/test", "Analyze the word.", {"type": "object"}, None, None)


def settings(api_base: str | None, **changes: Any) -> LLMParameters:
    """Return settings with short waits: a backoff of 10 ms, five attempts, and 20 concurrent calls."""
    values = {
        "model": TEMPLATE.model, "api_base": api_base, "max_tokens": None, "concurrency": 20,
        "timeout": 20.0, "max_attempts": 5, "backoff": 0.01, "max_wait": 5.0, "price": "unknown_ok",
    }  # fmt: skip
    return llm_parameters(**values | changes)


def words(count: int) -> list[str]:
    """Return ``count`` different terms."""
    return [f"단어{number}" for number in range(count)]


def make_requests(terms: Sequence[str], accept: Callable[[str], object] | None = None) -> list[Request]:
    """Return one request for each term. By default, a reply is accepted if it is JSON about the term."""
    users = [json.dumps({"term": term}, ensure_ascii=False) for term in terms]
    return [Request(TEMPLATE.key(user), user, accept or about(term)) for term, user in zip(terms, users, strict=True)]


def about(term: str) -> Callable[[str], object]:
    """Return a check that the reply is a JSON object about ``term``."""

    def accept(text: str) -> object:
        try:
            record = json.loads(text)
        except ValueError as error:
            raise ReplyError(FailureCode.MALFORMED, f"not JSON: {error}") from error
        if not record["term"].startswith(term):
            raise ReplyError(FailureCode.WRONG_WORD, f"about {record['term']}, not {term}")
        return record

    return accept


@dataclass
class NuanceRuns:
    """Run stage 1 on a real ledger and cache in ``folder``. Each call of ``run`` is a separate run."""

    folder: Path
    prompt: Prompt = PROMPT
    repair_prompt: Prompt = REPAIR
    tasks: TaskParameters = TASKS

    def __post_init__(self) -> None:
        self.confusables = pl.DataFrame(schema=CONFUSABLE_SCHEMA)
        self.client = LLMClient(self.folder / "cache")
        self.ledger = ledger_at(self.folder / "ledger.db")

    def take(self, *item_ids: str) -> pl.DataFrame:
        """Import the words, and return their rows as input for the nodes."""
        if not self.ledger.store.path.exists():
            fresh_ledger(self.folder)
        fill_ledger(self.ledger, item_ids)
        return rows_of(item_ids)

    def plan(self, words: pl.DataFrame, url: str, stale: Stale = "redo", **changes: Any) -> pl.DataFrame:
        """Return a run's requests."""
        return plan_nuance(
            words, self.confusables, self.prompt, self.client, self.ledger, settings(url, **changes), stale
        )

    def run(
        self, words: pl.DataFrame, url: str, stale: Stale = "redo", consent: Consent | None = None, **changes: Any
    ) -> pl.DataFrame:
        """Plan and send the requests, and return the replies. ``consent`` is called before the first request is sent."""
        requests = self.plan(words, url, stale, **changes)
        self.ledger.runs.sweep()
        self.ledger.runs.wait_for_others("test")
        try:
            return generate_nuance(
                requests,
                self.prompt,
                self.client,
                self.ledger,
                settings(url, **changes),
                self.tasks,
                stale,
                self.repair_prompt,
                consent,
            )
        finally:
            self.ledger.close()

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Read or change the ledger directly in SQL."""
        with closing(sqlite3.connect(self.folder / "ledger.db")) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def task(self, item_id: str, columns: str = "state, attempts, code") -> tuple[Any, ...]:
        """Return columns from the word's task."""
        return self.sql(f"SELECT {columns} FROM tasks WHERE stage = 'nuance' AND item_id = ?", item_id)[0]


def rows_of(item_ids: Sequence[str]) -> pl.DataFrame:
    """Return words as vocabulary rows with the columns that stage 1 uses."""
    nothing = dict.fromkeys(KNOWN_COLUMNS)
    rows = [{"item_id": item_id, "term": item_id.split("#")[0], **nothing} for item_id in item_ids]
    return pl.DataFrame([row | {"definition": row["item_id"]} for row in rows])
