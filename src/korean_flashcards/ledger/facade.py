"""Provide ``Ledger``, the object through which nodes and commands use the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from korean_flashcards.domain.calls import RunPayments
from korean_flashcards.files.read_only_sqlite import scratch_folder
from korean_flashcards.ledger.db import backups, schema
from korean_flashcards.ledger.db.runs import Runs
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.exports.export_history import LedgerExportHistory
from korean_flashcards.ledger.exports.exported_words import LedgerExports
from korean_flashcards.ledger.prompts.preferences import LedgerPreferences
from korean_flashcards.ledger.prompts.prompt_history import LedgerPrompts
from korean_flashcards.ledger.spending.budgets import LedgerBudgets
from korean_flashcards.ledger.spending.circuit_breakers import LedgerCircuitBreakers
from korean_flashcards.ledger.spending.provider_batches import LedgerBatches
from korean_flashcards.ledger.spending.rate_limits import LedgerRateLimits
from korean_flashcards.ledger.spending.run_payments import payments
from korean_flashcards.ledger.tasks.queue import LedgerTaskQueue
from korean_flashcards.ledger.words.imports import LedgerImports
from korean_flashcards.ledger.words.rollback import RolledBack, rollback

if TYPE_CHECKING:
    from korean_flashcards.ledger.reviews.reviews import LedgerReviews
    from korean_flashcards.ledger.spending.past_calls import LedgerCalls
    from korean_flashcards.ledger.words.vocabulary import LedgerVocabulary


class Ledger:
    """Access to the ledger file. Each attribute covers one topic: runs, imports, the queue, budgets, and so on.

    The file is opened on first use. A missing file is created, and an outdated file is backed up and upgraded.

    Args:
        path: The ledger file.
        pool_size: Number of connections to keep open.
        busy_timeout: Seconds to wait for the write lock.
        keep_backups: Number of backups to keep when a new one is made.
        original: If ``path`` is a temporary copy, the ledger that was copied. Error messages name it.
    """

    def __init__(
        self, path: Path, pool_size: int, busy_timeout: float, keep_backups: int, original: Path | None = None
    ) -> None:
        self._options = (path, pool_size, busy_timeout, keep_backups)
        self.store = LedgerStore(path, pool_size, busy_timeout, original)
        self.keep_backups = keep_backups

    def __reduce__(self) -> tuple[type["Ledger"], tuple[Path, int, float, int]]:
        """Pickle only the options, because connections and locks cannot be sent to other processes."""
        return Ledger, self._options

    @cached_property
    def runs(self) -> Runs:
        """Register this process and find active runs."""
        return Runs(self.store)

    @cached_property
    def imports(self) -> LedgerImports:
        """Import word lists."""
        return LedgerImports(self.store, self.runs)

    @cached_property
    def vocabulary(self) -> "LedgerVocabulary":
        """Read words and row outcomes as data frames."""
        # Imported here because loading polars takes 0.07 s.
        from korean_flashcards.ledger.words.vocabulary import LedgerVocabulary

        return LedgerVocabulary(self.store)

    @cached_property
    def queue(self) -> LedgerTaskQueue:
        """Select, claim, and settle tasks. There is one task per word and stage."""
        return LedgerTaskQueue(self.store, self.runs)

    @cached_property
    def budgets(self) -> LedgerBudgets:
        """Reserve budget for calls and record their cost."""
        return LedgerBudgets(self.store, self.runs)

    def payments(self) -> RunPayments | None:
        """Return the costs of this process's run and of concurrent runs that wrote the same layers.

        Return None if this process has not begun a run.
        """
        return payments(self.store, self.runs.current)

    @cached_property
    def calls(self) -> "LedgerCalls":
        """Read all model calls as a data frame."""
        # Imported here because loading polars takes 0.07 s.
        from korean_flashcards.ledger.spending.past_calls import LedgerCalls

        return LedgerCalls(self.store, self.runs)

    @cached_property
    def provider_batches(self) -> LedgerBatches:
        """Store the batches submitted to providers' batch APIs."""
        return LedgerBatches(self.store, self.runs, self.budgets)

    @cached_property
    def rate_limits(self) -> LedgerRateLimits:
        """Read and update each model's rate limits."""
        return LedgerRateLimits(self.store)

    @cached_property
    def breakers(self) -> LedgerCircuitBreakers:
        """Open and close each model's circuit breaker."""
        return LedgerCircuitBreakers(self.store)

    @cached_property
    def exports(self) -> LedgerExports:
        """Record the words whose cards were exported."""
        return LedgerExports(self.store)

    @cached_property
    def export_history(self) -> LedgerExportHistory:
        """Record each export, and find earlier ones."""
        return LedgerExportHistory(self.store)

    @cached_property
    def prompts(self) -> LedgerPrompts:
        """Record the versions of the prompts, and find earlier ones."""
        return LedgerPrompts(self.store)

    @cached_property
    def preferences(self) -> LedgerPreferences:
        """Record blind preferences between the variants of experiments."""
        return LedgerPreferences(self.store)

    @cached_property
    def reviews(self) -> "LedgerReviews":
        """Store reviews and edits of analyses and cards."""
        # Imported here because loading polars takes 0.07 s.
        from korean_flashcards.ledger.reviews.reviews import LedgerReviews

        return LedgerReviews(self.store)

    def backup(self) -> Path:
        """Back up the ledger, even while it is in use, and return the backup file.

        Only the newest ``keep_backups`` backups are kept.
        """
        return backups.make(self.store.path, self.keep_backups)

    @contextmanager
    def rehearsal(self) -> Iterator["Ledger"]:
        """Yield a temporary copy of the ledger for rehearsing a run, and delete the copy afterward."""
        path = self.store.path
        version = schema.installed_version(path)
        with scratch_folder(2 * path.stat().st_size if version else 0) as folder:
            copy = schema.upgraded_copy(path, folder, self._options[2]) if version else folder / path.name
            with Ledger(copy, *self._options[1:], original=path) as ledger:
                if self.budgets.log.path.exists():
                    ledger.budgets.record_lost(self.budgets.log)
                yield ledger

    def rollback(self, batch_id: str, confirmed: bool = False) -> RolledBack:
        """Back up the ledger, then remove everything that only this batch added. See ``words.rollback``."""
        return rollback(self.store, self.runs, batch_id, confirmed, self.backup)

    def close(self) -> None:
        """End this process's run and close all connections. The next use of the ledger opens new connections."""
        if "budgets" in self.__dict__:
            self.budgets.close()
        if "runs" in self.__dict__:
            self.runs.end()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
