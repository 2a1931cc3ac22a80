"""Active runs: each is a row in the ledger and a lock file, which the operating system releases when its process dies."""

import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from sqlalchemy import Connection, insert, select, update

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.files.disk import explaining_disk
from korean_flashcards.ledger.db.in_lists import chunks
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import import_batches, runs, tasks

logger = logging.getLogger(__name__)

Kind = Literal["run", "import"]

_POLL = 0.5  # seconds between looks whether the others have ended
_INTERRUPTED = (
    "interrupted: the process that imported it ended before it was done, and nothing of it was kept; import it again"
)


class Runs:
    """Begin and end this process's run, find out which runs are active, clean up after runs that died.

    The lock file decides, not host and pid: pids are reused, and a container has a different host name each time.
    """

    def __init__(self, store: LedgerStore) -> None:
        self._store = store
        self._guard = threading.RLock()
        self._lock: FileLock | None = None
        self._run_id: str | None = None
        self._pid = 0

    @property
    def current(self) -> str | None:
        """The id of this object's run, None outside of one (a forked child has none either)."""
        return self._run_id if self._pid == os.getpid() else None

    def enter(self, kind: Kind, fingerprint: str = "") -> str:
        """Begin a run and return its id; inside a run, of whatever kind, return that one's."""
        with self._guard, self._entering() as run_id:
            if self.current is None:
                with self._store.write() as connection:
                    self._register(connection, run_id, kind, fingerprint)
            return run_id

    def wait_for_others(self, fingerprint: str) -> str:
        """Begin a run once no live run has another fingerprint; return its id. Ctrl-C ends the wait."""
        with self._guard, self._entering() as run_id:
            announced = False
            while self.current is None:
                if not self._others(fingerprint):
                    with self._store.write() as connection:
                        # Looked again where nobody else can register in between.
                        if not self._others(fingerprint, connection):
                            self._register(connection, run_id, "run", fingerprint)
                            break
                if not announced:
                    logger.info("Waiting for a run with different parameters to finish (Ctrl-C to stop waiting).")
                    announced = True
                time.sleep(_POLL)
            return run_id

    def alive(self, run_id: str) -> bool:
        """Whether the process of the run lives: it is this one, or its lock cannot be taken."""
        if run_id == self.current:
            return True
        lock = self._lock_of(run_id)
        if not Path(lock.lock_file).exists():
            return False
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        # It has ended, or died. To look made the file anew, where the run removed it at this very moment.
        self._remove_lock(lock)
        return False

    def sweep(self) -> int:
        """Clear up after runs whose process died; return how many there were.

        Their tasks under way wait again, no attempt counted; their unfinished batches are failed.
        """
        with self._store.read() as connection:
            open_runs = connection.execute(select(runs.c.run_id).where(runs.c.ended.is_(None))).scalars().all()
        dead = [run_id for run_id in open_runs if not self.alive(run_id)]
        if dead:
            with self._store.write() as connection:
                _close(connection, dead)
            for run_id in dead:
                self._remove_lock(self._lock_of(run_id))
        return len(dead)

    def end(self) -> None:
        """End this object's run, if there is one: what it had under way waits again, its lock is freed."""
        with self._guard:
            if self.current is None:
                return
            try:
                with self._store.write() as connection:
                    _close(connection, [self.current])
            finally:
                self._free()

    @contextlib.contextmanager
    def _entering(self) -> Iterator[str]:
        """The id of the run, its lock taken first: whoever sees the row can see that the process lives."""
        if self.current is not None:
            yield self.current
            return
        run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        self._lock = self._lock_of(run_id)
        failed = f"The lock file {self._lock.lock_file} cannot be written"
        with explaining_disk(LedgerError, failed, "Nothing was changed."):
            self._lock.acquire(timeout=0)
        try:
            yield run_id
        except BaseException:
            self._free()
            raise

    def _register(self, connection: Connection, run_id: str, kind: Kind, fingerprint: str) -> None:
        row = {"run_id": run_id, "kind": kind, "fingerprint": fingerprint, "host": socket.gethostname()}
        connection.execute(insert(runs).values(**row, pid=os.getpid(), started=now()))
        self._run_id, self._pid = run_id, os.getpid()

    def _others(self, fingerprint: str, connection: Connection | None = None) -> bool:
        """Whether a live run has another fingerprint."""
        if connection is None:
            with self._store.read() as reading:
                return self._others(fingerprint, reading)
        # Without a fingerprint: nodes called by hand, which write no layers.
        query = select(runs.c.run_id).where(
            runs.c.kind == "run", runs.c.ended.is_(None), runs.c.fingerprint.not_in(["", fingerprint])
        )
        return any(self.alive(run_id) for run_id in connection.execute(query).scalars().all())

    def _free(self) -> None:
        lock, self._lock, self._run_id = self._lock, None, None
        if lock is not None:
            lock.release(force=True)
            self._remove_lock(lock)

    def _lock_of(self, run_id: str) -> FileLock:
        # Shared by threads: whoever ends a run need not be the thread that began it.
        return FileLock(self._store.path.parent / ".runs" / f"{run_id}.lock", thread_local=False)

    @staticmethod
    def _remove_lock(lock: FileLock) -> None:
        with contextlib.suppress(OSError):  # Windows: somebody looks at it right now; an empty file is no harm
            Path(lock.lock_file).unlink()


def _close(connection: Connection, run_ids: Iterable[str]) -> None:
    at = now()
    for part in chunks(sorted(run_ids)):
        connection.execute(
            update(tasks)
            .where(tasks.c.run_id.in_(part), tasks.c.state == "running")
            .values(state="pending", run_id=None, leased_until=None)
        )
        connection.execute(
            update(import_batches)
            .where(import_batches.c.run_id.in_(part), import_batches.c.state.in_(["pending", "processing"]))
            .values(state="failed", message=_INTERRUPTED, finished=at)
        )
        connection.execute(update(runs).where(runs.c.run_id.in_(part), runs.c.ended.is_(None)).values(ended=at))
