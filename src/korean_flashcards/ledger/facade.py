"""The ledger as nodes and commands use it: one store, and one part for each thing that is kept in it."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from korean_flashcards.ledger.db.runs import Runs
from korean_flashcards.ledger.db.sqlite import read_only
from korean_flashcards.ledger.db.store import LedgerStore

if TYPE_CHECKING:
    from korean_flashcards.ledger.exports.exported_words import LedgerExports
    from korean_flashcards.ledger.reviews.reviews import LedgerReviews
    from korean_flashcards.ledger.spending.budgets import LedgerBudgets
    from korean_flashcards.ledger.spending.circuit_breakers import LedgerCircuitBreakers
    from korean_flashcards.ledger.spending.past_calls import LedgerCalls
    from korean_flashcards.ledger.spending.provider_batches import LedgerBatches
    from korean_flashcards.ledger.spending.rate_limits import LedgerRateLimits
    from korean_flashcards.ledger.tasks.queue import LedgerTaskQueue
    from korean_flashcards.ledger.words.imports import LedgerImports
    from korean_flashcards.ledger.words.rollback import RolledBack
    from korean_flashcards.ledger.words.vocabulary import LedgerVocabulary


class Ledger:
    """Constructing it touches no disk; the file is created, or upgraded after a backup, on first use.

    Each part is imported when it is first used: all of them take 0.3 s, and a command needs few.
    ``keep_backups``: how many backups stay when another is made.
    """

    def __init__(self, path: Path, pool_size: int, busy_timeout: float, keep_backups: int) -> None:
        self._options = (path, pool_size, busy_timeout, keep_backups)
        self.store = LedgerStore(path, pool_size, busy_timeout)
        self.keep_backups = keep_backups

    def __reduce__(self) -> tuple[type["Ledger"], tuple[Path, int, float, int]]:
        """Another process (ParallelRunner) opens the file anew: connections and locks do not travel."""
        return Ledger, self._options

    @cached_property
    def runs(self) -> Runs:
        """Processes at work, this one among them."""
        return Runs(self.store)

    @cached_property
    def imports(self) -> "LedgerImports":
        """Takes word lists in."""
        from korean_flashcards.ledger.words.imports import LedgerImports  # 0.3 s for all parts

        return LedgerImports(self.store, self.runs)

    @cached_property
    def vocabulary(self) -> "LedgerVocabulary":
        """The words and what became of the lists' rows, as frames."""
        from korean_flashcards.ledger.words.vocabulary import LedgerVocabulary  # 0.3 s for all parts

        return LedgerVocabulary(self.store)

    @cached_property
    def queue(self) -> "LedgerTaskQueue":
        """The tasks, one a word and stage."""
        from korean_flashcards.ledger.tasks.queue import LedgerTaskQueue  # 0.3 s for all parts

        return LedgerTaskQueue(self.store, self.runs)

    @cached_property
    def budgets(self) -> "LedgerBudgets":
        """Money: budgets, what is set aside, what was paid."""
        from korean_flashcards.ledger.spending.budgets import LedgerBudgets  # 0.3 s for all parts

        return LedgerBudgets(self.store, self.runs)

    @cached_property
    def calls(self) -> "LedgerCalls":
        """Every call of a model, as a frame."""
        from korean_flashcards.ledger.spending.past_calls import LedgerCalls  # 0.3 s for all parts

        return LedgerCalls(self.store)

    @cached_property
    def provider_batches(self) -> "LedgerBatches":
        """What is with the batch APIs of providers."""
        from korean_flashcards.ledger.spending.provider_batches import LedgerBatches  # 0.3 s for all parts

        return LedgerBatches(self.store, self.runs, self.budgets)

    @cached_property
    def rate_limits(self) -> "LedgerRateLimits":
        """Rate limits by model."""
        from korean_flashcards.ledger.spending.rate_limits import LedgerRateLimits  # 0.3 s for all parts

        return LedgerRateLimits(self.store)

    @cached_property
    def breakers(self) -> "LedgerCircuitBreakers":
        """Circuit breakers by model."""
        from korean_flashcards.ledger.spending.circuit_breakers import LedgerCircuitBreakers  # 0.3 s for all parts

        return LedgerCircuitBreakers(self.store)

    @cached_property
    def exports(self) -> "LedgerExports":
        """Which words have left for a deck."""
        from korean_flashcards.ledger.exports.exported_words import LedgerExports  # 0.3 s for all parts

        return LedgerExports(self.store)

    @cached_property
    def reviews(self) -> "LedgerReviews":
        """What people said of analyses and cards, and their edits."""
        from korean_flashcards.ledger.reviews.reviews import LedgerReviews  # 0.3 s for all parts

        return LedgerReviews(self.store)

    def backup(self) -> Path:
        """Copy the ledger while others go on using it; return the backup's file. Older ones than ``keep_backups`` go."""
        from korean_flashcards.ledger.db import backups  # 0.3 s for all parts

        return backups.make(self.store.path, self.keep_backups)

    @contextmanager
    def rehearsal(self) -> Iterator["Ledger"]:
        """A copy that is thrown away at the end: what is tried on it is the real thing, and changes nothing here."""
        path = self.store.path
        with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
            copy = Path(folder) / path.name
            if path.exists():
                with read_only(path) as source, closing(sqlite3.connect(copy)) as target:
                    source.backup(target)
            with Ledger(copy, *self._options[1:]) as ledger:
                yield ledger

    def rollback(self, batch_id: str, confirmed: bool = False) -> "RolledBack":
        """Take back what only this batch brought, after a backup; see ``ledger.rollback``."""
        from korean_flashcards.ledger.words.rollback import rollback  # 0.3 s for all parts

        return rollback(self.store, self.runs, batch_id, confirmed, self.backup)

    def close(self) -> None:
        """End this process's run, close all connections; the next use opens them again."""
        if "runs" in self.__dict__:
            self.runs.end()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
