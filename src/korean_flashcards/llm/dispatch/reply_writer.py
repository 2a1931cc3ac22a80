"""Write replies to the cache and sync them to disk in groups. Replies that cannot be written stay in memory.

A power failure can destroy data that was written but not synced. A reply counts as stored only after its group is
synced.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from korean_flashcards.domain.errors import CacheError, lost_replies
from korean_flashcards.domain.requests import Request
from korean_flashcards.llm.cache.entry_store import may_pass
from korean_flashcards.llm.cache.replies import ArchivedReply, StoredReply
from korean_flashcards.llm.cache.reply_cache import ReplyCache

logger = logging.getLogger(__name__)

# Seconds between syncs. A power failure can destroy the replies that arrived during this time or during the sync
# itself.
SYNC_EVERY = 0.25
# Number of seconds to keep retrying to store replies after the last call has ended.
PATIENCE = 60.0
# Seconds before the first retry of storing replies, and the maximum before any later retry.
FIRST_WAIT, LONGEST_WAIT = 0.25, 5.0


@dataclass(frozen=True, slots=True)
class _Write:
    """A reply to a request, with the function that writes it to the cache."""

    request: Request
    write: Callable[[], object]


class ReplyWriter:
    """The reply writer for one dispatch.

    Except for ``open``, its methods never raise CacheError; ``error`` returns the first such error.

    ``problem``: the first error, if any. ``on_failure``: called in the event loop after each error to stop the
    dispatch.
    """

    def __init__(self, cache: ReplyCache, on_failure: Callable[[], None]) -> None:
        self._cache, self._on_failure = cache, on_failure
        self._lists, self._syncing = threading.Lock(), threading.Lock()
        self._group: list[_Write] = []
        self._unwritten: list[_Write] = []
        self._unsynced: list[_Write] = []
        self._closing = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._wait, self._retry_at = FIRST_WAIT, 0.0
        self._hopeless = self._troubled = False
        self._paid = True
        self.problem: CacheError | None = None

    def open(self, paid: bool) -> None:
        """Start syncing replies in the running loop. Reserve disk space if calls are ``paid``. Raises CacheError.

        Replies that are not paid for are first written when they are synced, many in one transaction.
        """
        self._paid = paid
        if paid:
            self._cache.store.check_room()
            self._cache.store.reserve()
        self._loop = asyncio.create_task(self._keep_syncing())

    def put(self, request: Request, key: str, reply: StoredReply) -> None:
        """Write an accepted reply."""
        self._add(_Write(request, partial(self._cache.put, key, reply)))

    def archive(self, request: Request, key: str, reply: ArchivedReply) -> None:
        """Write a rejected or repaired reply to the archive."""
        self._add(_Write(request, partial(self._cache.archive, key, reply)))

    def sync(self) -> set[str]:
        """Write the group, retry the writes that failed, and sync everything to disk.

        Return the keys of the requests whose replies have not been stored yet. May be called from any thread.
        """
        with self._syncing:
            self._write_group()
            if time.monotonic() >= self._retry_at:
                self._retry()
            with self._lists:
                group, self._unsynced = self._unsynced, []
            if group:
                self._sync(group)
            self._plan_retry()
            with self._lists:
                return {one.request.key for one in self._pending()}

    async def finish(self) -> None:
        """Store the remaining replies. If this fails but may succeed later, retry for up to ``PATIENCE`` seconds."""
        self._closing.set()
        if self._loop is not None:
            await self._loop
        self._retry_at = 0.0
        ends_at = time.monotonic() + PATIENCE
        while await asyncio.to_thread(self.sync) and not self._hopeless and time.monotonic() < ends_at:
            await asyncio.sleep(min(self._wait, max(ends_at - time.monotonic(), 0)))
            self._retry_at = 0.0

    def unstored(self) -> list[str]:
        """Return the distinct terms whose paid replies have not been stored."""
        return list(dict.fromkeys(one.request.term for one in self._pending()))

    def error(self) -> CacheError:
        """Return the first error. Its message also gives the number of lost paid replies and their words."""
        if not (terms := self.unstored()):
            return CacheError(f"{self.problem} All paid replies from this run are stored.")
        return CacheError(f"{lost_replies(terms)} {self.problem}")

    async def _keep_syncing(self) -> None:
        """Sync until the writer is closed. This task is never canceled, because a sync in progress could be lost."""
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), SYNC_EVERY)
            if self._pending():
                await asyncio.to_thread(self.sync)
            if self.problem is not None:
                self._on_failure()

    def _add(self, one: _Write) -> None:
        if not self._paid:
            with self._lists:
                self._group.append(one)
        elif not self._written(one):
            with self._lists:
                self._unwritten.append(one)
            self._on_failure()

    def _pending(self) -> list[_Write]:
        return [*self._group, *self._unwritten, *self._unsynced]

    def _write_group(self) -> None:
        """Write the replies that are not paid for in one transaction. If it fails, each of them is written alone."""
        with self._lists:
            group, self._group = self._group, []
        if not group:
            return
        try:
            with self._cache.store.unit():
                for one in group:
                    one.write()
            written = True
        except CacheError as error:
            self._failed(error)
            written = False
        with self._lists:
            if written:
                self._unsynced += group
            else:
                self._unwritten += group

    def _retry(self) -> None:
        with self._lists:
            waiting, self._unwritten = self._unwritten, []
        if failed := [one for one in waiting if not self._written(one)]:
            with self._lists:
                self._unwritten = failed + self._unwritten

    def _plan_retry(self) -> None:
        if self._unwritten:
            self._retry_at = time.monotonic() + self._wait
            self._wait = min(2 * self._wait, LONGEST_WAIT)
        elif self._troubled:
            self._troubled, self._wait = False, FIRST_WAIT
            logger.info("All paid replies so far have now been stored.")

    def _written(self, one: _Write) -> bool:
        try:
            one.write()
        except CacheError as error:
            self._failed(error)
            return False
        with self._lists:
            self._unsynced.append(one)
        return True

    def _sync(self, group: list[_Write]) -> None:
        try:
            self._cache.store.sync()
        except CacheError as error:
            # After a failed sync, the operating system may have dropped what was written, so it must be written again.
            with self._lists:
                self._unwritten = group + self._unwritten
            self._failed(error)

    def _failed(self, error: CacheError) -> None:
        # SQLite may leave a transaction open, which would lock out every later attempt.
        self._cache.store.disconnect()
        self._hopeless, self._troubled = not may_pass(error), True
        if self.problem is None:
            self.problem = error
            self._cache.store.free_reserve()
            logger.warning(
                "A paid reply cannot be stored, so no more requests will be sent. Replies to calls in flight are kept in "
                "memory until they can be stored. If the disk is full, free up space now."
            )  # fmt: skip
