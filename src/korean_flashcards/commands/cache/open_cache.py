"""Open the reply cache and the ledger for the ``kedro cache`` commands."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from korean_flashcards.commands.project_files import ProjectFiles, project_files
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.llm.cache import maintenance
from korean_flashcards.llm.cache.maintenance import Bill
from korean_flashcards.llm.cache.reply_cache import ReplyCache
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.planning.missing_ledger import refuse_missing_ledger


@dataclass(frozen=True)
class OpenCache:
    """The open cache, the open ledger, and the project's files."""

    files: ProjectFiles
    ledger: Ledger
    cache: ReplyCache

    def bill(self) -> Bill:
        """Return an empty bill that uses the prices from the project's parameters."""
        return Bill(prices=self.files.prices)

    def entries(self, keys: Sequence[str]) -> Iterator[maintenance.CacheEntry]:
        """Read the current entries for these keys from the cache."""
        return (maintenance.entry(self.cache, key) for key in keys)


@contextmanager
def opened_cache(env: str | None) -> Iterator[OpenCache]:
    """Yield the open cache and ledger of an environment, and close both afterward.

    Raises LedgerMissingError if the ledger is missing, although the project once had one.
    """
    files = project_files(env)
    refuse_missing_ledger(files.ledger.store.path, files.exists, lambda: LLMClient(files.cache))
    replies = ReplyCache(files.cache)
    with files.ledger as ledger:
        try:
            yield OpenCache(files, ledger, replies)
        finally:
            replies.close()
