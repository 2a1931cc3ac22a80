"""``Ledger``: the ledger as nodes and commands use it, one object with a part for each thing that is kept in it."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from korean_flashcards.ledger.db import backups
from korean_flashcards.ledger.db.runs import Runs
from korean_flashcards.ledger.db.sqlite import read_only
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.exports.exported_words import LedgerExports
from korean_flashcards.ledger.spending.budgets import LedgerBudgets
from korean_flashcards.ledger.spending.circuit_breakers import LedgerCircuitBreakers
from korean_flashcards.ledger.spending.provider_batches import LedgerBatches
from korean_flashcards.ledger.spending.rate_limits import LedgerRateLimits
from korean_flashcards.ledger.tasks.queue import LedgerTaskQueue
from korean_flashcards.ledger.words.imports import LedgerImports
from korean_flashcards.ledger.words.rollback import RolledBack, rollback

if TYPE_CHECKING:
    from korean_flashcards.ledger.reviews.reviews import LedgerReviews
    from korean_flashcards.ledger.spending.past_calls import LedgerCalls
    from korean_flashcards.ledger.words.vocabulary import LedgerVocabulary


class Ledger:
    """The ledger file and its parts. Nothing is read until first use, which creates the file or upgrades it after a backup.

    ``keep_backups``: how many backups are kept when a new one is made.
    """

    def __init__(self, path: Path, pool_size: int, busy_timeout: float, keep_backups: int) -> None:
        self._options = (path, pool_size, busy_timeout, keep_backups)
        self.store = LedgerStore(path, pool_size, busy_timeout)
        self.keep_backups = keep_backups

    def __reduce__(self) -> tuple[type["Ledger"], tuple[Path, int, float, int]]:
        """Pickle for ParallelRunner: the other process opens the file itself, as connections and locks cannot be sent."""
        return Ledger, self._options

    @cached_property
    def runs(self) -> Runs:
        """Active processes, this one among them."""
        return Runs(self.store)

    @cached_property
    def imports(self) -> LedgerImports:
        """Import word lists."""
        return LedgerImports(self.store, self.runs)

    @cached_property
    def vocabulary(self) -> "LedgerVocabulary":
        """Read the words and the outcome of each row, as frames."""
        # Saves 0.07 s: it loads polars.
        from korean_flashcards.ledger.words.vocabulary import LedgerVocabulary

        return LedgerVocabulary(self.store)

    @cached_property
    def queue(self) -> LedgerTaskQueue:
        """Select, claim and settle tasks: one per word and stage."""
        return LedgerTaskQueue(self.store, self.runs)

    @cached_property
    def budgets(self) -> LedgerBudgets:
        """Reserve money for calls and record what they cost."""
        return LedgerBudgets(self.store, self.runs)

    @cached_property
    def calls(self) -> "LedgerCalls":
        """Read every model call, as a frame."""
        # Saves 0.07 s: it loads polars.
        from korean_flashcards.ledger.spending.past_calls import LedgerCalls

        return LedgerCalls(self.store)

    @cached_property
    def provider_batches(self) -> LedgerBatches:
        """Requests in the batch APIs of providers."""
        return LedgerBatches(self.store, self.runs, self.budgets)

    @cached_property
    def rate_limits(self) -> LedgerRateLimits:
        """Rate limits by model."""
        return LedgerRateLimits(self.store)

    @cached_property
    def breakers(self) -> LedgerCircuitBreakers:
        """Circuit breakers by model."""
        return LedgerCircuitBreakers(self.store)

    @cached_property
    def exports(self) -> LedgerExports:
        """Words whose cards were exported."""
        return LedgerExports(self.store)

    @cached_property
    def reviews(self) -> "LedgerReviews":
        """Reviews and edits of analyses and cards."""
        # Saves 0.07 s: it loads polars.
        from korean_flashcards.ledger.reviews.reviews import LedgerReviews

        return LedgerReviews(self.store)

    def backup(self) -> Path:
        """Back up the ledger while it is in use; return the backup's file. Only the newest ``keep_backups`` are kept."""
        return backups.make(self.store.path, self.keep_backups)

    @contextmanager
    def rehearsal(self) -> Iterator["Ledger"]:
        """Yield a temporary copy of the ledger to rehearse a run on; it is deleted at the end."""
        path = self.store.path
        with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
            copy = Path(folder) / path.name
            if path.exists():
                with read_only(path) as source, closing(sqlite3.connect(copy)) as target:
                    source.backup(target)
            with Ledger(copy, *self._options[1:]) as ledger:
                yield ledger

    def rollback(self, batch_id: str, confirmed: bool = False) -> RolledBack:
        """Remove what only this batch brought, after a backup; see ``words.rollback``."""
        return rollback(self.store, self.runs, batch_id, confirmed, self.backup)

    def close(self) -> None:
        """End this process's run and close all connections; the next use opens new ones."""
        if "runs" in self.__dict__:
            self.runs.end()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
