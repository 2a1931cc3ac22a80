"""Track active runs.

Each run has a row in the ledger and holds a file lock, which is released when its process dies.
"""

import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from sqlalchemy import Connection, insert, select, update

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.failures import LIST_GAPS
from korean_flashcards.domain.run_record import RunResult, RunStart
from korean_flashcards.files.disk import explaining_disk
from korean_flashcards.ledger.db import run_records
from korean_flashcards.ledger.db.in_lists import chunks
from korean_flashcards.ledger.db.last_activity import last_activity
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import import_batches, runs, tasks

logger = logging.getLogger(__name__)

Kind = Literal["run", "import"]

_STARTING = 60.0  # seconds in which a run has locked the file that it created
_POLL = 0.5  # seconds between checks of whether the other runs have ended
_INTERRUPTED = (
    "interrupted: the process ended before the import was complete, so no rows were imported; import the list again"
)


class Runs:
    """A registry that begins and ends this process's run, finds active runs, and cleans up after dead runs.

    A run is active while its lock file is held. Host names and PIDs are not reliable: PIDs are reused, and a container
    gets a new host name each time it starts.
    """

    def __init__(self, store: LedgerStore) -> None:
        self._store = store
        self._guard = threading.RLock()
        self._lock: FileLock | None = None
        self._run_id: str | None = None
        self._result: RunResult | None = None
        self._pid = 0

    @property
    def current(self) -> str | None:
        """Return the ID of this object's run, or None if this process has not begun one.

        A forked child process does not inherit its parent's run.
        """
        return self._run_id if self._pid == os.getpid() else None

    def enter(self, kind: Kind, fingerprint: str = "", start: RunStart | None = None) -> str:
        """Begin a run and return its ID. If this process has already begun a run or an import, return the existing ID."""
        with self._guard, self._entering() as run_id:
            if self.current is None:
                with self._store.write() as connection:
                    self._register(connection, run_id, kind, fingerprint, start)
            return run_id

    def wait_for_others(self, fingerprint: str, start: RunStart | None = None) -> str:
        """Wait until no active run has a different fingerprint, then begin a run and return its ID.

        Runs with the same fingerprint write the same layers, so they can run at the same time. Ctrl-C interrupts the
        wait. ``start`` describes the run in its record.
        """
        with self._guard, self._entering() as run_id:
            waiting_since: str | None = None
            try:
                while self.current is None:
                    if not self._others(fingerprint):
                        with self._store.write() as connection:
                            # Check again inside the transaction, while no other run can register.
                            if not self._others(fingerprint, connection):
                                self._register(connection, run_id, "run", fingerprint, start)
                                break
                    if waiting_since is None:
                        logger.info("Waiting for a run with different parameters to finish (Ctrl-C to stop waiting).")
                        waiting_since = now()
                    time.sleep(_POLL)
            except KeyboardInterrupt:
                if waiting_since is not None and start is not None:
                    self._record_stopped(run_id, start, waiting_since)
                raise
            return run_id

    def alive(self, run_id: str) -> bool:
        """Return whether the run is active: either it is this process's run, or its lock is held."""
        if run_id == self.current:
            return True
        lock = self._lock_of(run_id)
        if not Path(lock.lock_file).exists():
            return False
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        except OSError:
            return False  # In a read-only folder, no process can hold the lock.
        lock.release()
        # The run has ended or died. Acquiring the lock may have recreated the lock file, so remove it.
        self._remove_lock(lock)
        return False

    def sweep(self) -> int:
        """Clean up after runs whose processes died, and return the number of those runs.

        Tasks that a dead run was processing become pending again, and the interrupted attempt is not counted. The same
        applies to words that failed because of the list, if no run has reported them yet.
        Unfinished batches are marked as failed. Lock files that no process holds are deleted. Nothing is cleaned up if
        the ledger can only be read.
        """
        if self._store.read_only:
            return 0
        for lock in (self._store.path.parent / ".runs").glob("*.lock"):
            # A new file may belong to a run that is about to lock it. Checking it would make that run fail.
            with contextlib.suppress(FileNotFoundError):
                if time.time() - lock.stat().st_mtime > _STARTING:
                    self.alive(lock.stem)
        with self._store.read() as connection:
            open_runs = connection.execute(select(runs.c.run_id).where(runs.c.ended.is_(None))).scalars().all()
        dead = [run_id for run_id in open_runs if not self.alive(run_id)]
        if dead:
            with self._store.write() as connection:
                run_records.mark_killed(connection, dead)
                _forget_unreported(connection, dead)
                _close(connection, _ends(connection, dead))
            for run_id in dead:
                self._remove_lock(self._lock_of(run_id))
        return len(dead)

    def conclude(self, result: RunResult) -> None:
        """Remember how this object's run ended. ``end`` stores the result in the run's record."""
        self._result = result

    def end(self) -> None:
        """End this object's run, if it has begun one, and store its result.

        The run's unfinished tasks become pending again, and its lock is released.
        """
        with self._guard:
            result, self._result = self._result, None
            if self.current is None:
                return
            try:
                with self._store.write() as connection:
                    if result is not None:
                        run_records.conclude(connection, self.current, result)
                        if result.exit_code == 1:
                            _forget_unreported(connection, [self.current])
                    _close(connection, {self.current: now()})
            finally:
                self._free()

    @contextlib.contextmanager
    def _entering(self) -> Iterator[str]:
        """Acquire the run's lock before yielding the run's ID, so that the run is active as soon as its row is visible."""
        if self.current is not None:
            yield self.current
            return
        # Before the lock, because the folder of the lock files is a sign that there was a ledger.
        self._store.ensure_writable()
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

    def _register(
        self, connection: Connection, run_id: str, kind: Kind, fingerprint: str, start: RunStart | None
    ) -> None:
        row = {"run_id": run_id, "kind": kind, "fingerprint": fingerprint, "host": socket.gethostname()}
        connection.execute(insert(runs).values(**row, pid=os.getpid(), started=now()))
        if start is not None:
            run_records.begin(connection, run_id, start)
        self._run_id, self._pid = run_id, os.getpid()

    def _record_stopped(self, run_id: str, start: RunStart, since: str) -> None:
        """Record a run that was stopped while it waited for another run. An unusable ledger does not hide the Ctrl-C."""
        row = {"run_id": run_id, "kind": "run", "host": socket.gethostname(), "pid": os.getpid(), "started": since}
        result = RunResult(1, "interrupted", "Stopped while the run waited for another run to finish.")
        with contextlib.suppress(LedgerError), self._store.write() as connection:
            # Without a fingerprint, the run does not count as the last run.
            connection.execute(insert(runs).values(**row, fingerprint="", ended=now()))
            run_records.begin(connection, run_id, start)
            run_records.conclude(connection, run_id, result)

    def _others(self, fingerprint: str, connection: Connection | None = None) -> bool:
        """Return whether an active run has a different fingerprint."""
        if connection is None:
            with self._store.read() as reading:
                return self._others(fingerprint, reading)
        # Runs without a fingerprint come from nodes called by hand, which write no layers.
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
        # The lock is not thread-local, because a run may end in a different thread from the one that began it.
        return FileLock(self._store.path.parent / ".runs" / f"{run_id}.lock", thread_local=False)

    @staticmethod
    def _remove_lock(lock: FileLock) -> None:
        # On Windows, another process may be checking the lock file. A leftover empty file is harmless.
        with contextlib.suppress(OSError):
            Path(lock.lock_file).unlink()


def _forget_unreported(connection: Connection, run_ids: Iterable[str]) -> None:
    """Make the words pending that failed because of the list (LIST_GAPS) for the first time in one of these runs.

    The runs printed no summary. Runs that fail with the same request again only mention these words in a note, so the
    next run must count as the first one.
    """
    first = tasks.c.code.in_(list(map(str, LIST_GAPS))), tasks.c.attempts == 1, tasks.c.state.in_(["failed", "dead"])
    for run_id in run_ids:
        started = select(runs.c.started).where(runs.c.run_id == run_id, runs.c.ended.is_(None)).scalar_subquery()
        connection.execute(
            update(tasks)
            .where(*first, tasks.c.settled >= started)
            .values(state="pending", attempts=0, code=None, message=None)
        )


def _ends(connection: Connection, dead: Iterable[str]) -> dict[str, str]:
    """Return the last activity of each dead run. The time at which it was killed is unknown."""
    started = select(runs.c.run_id, runs.c.started).where(runs.c.run_id.in_(dead), runs.c.ended.is_(None))
    known = connection.execute(started).tuples().all()
    return {run_id: last_activity(connection, run_id, began) for run_id, began in known}


def _close(connection: Connection, ends: Mapping[str, str]) -> None:
    """Release the tasks of these runs, mark their batches as failed, and store the times at which the runs ended."""
    for part in chunks(sorted(ends)):
        connection.execute(
            update(tasks)
            .where(tasks.c.run_id.in_(part), tasks.c.state == "running")
            .values(state="pending", run_id=None, leased_until=None)
        )
        connection.execute(
            update(import_batches)
            .where(import_batches.c.run_id.in_(part), import_batches.c.state.in_(["pending", "processing"]))
            .values(state="failed", message=_INTERRUPTED, finished=now())
        )
    for run_id, ended in ends.items():
        connection.execute(update(runs).where(runs.c.run_id == run_id, runs.c.ended.is_(None)).values(ended=ended))
