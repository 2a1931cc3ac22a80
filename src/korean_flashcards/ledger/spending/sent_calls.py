"""Note which reserved calls a run has made, so that a run that dies is not charged for calls that it never made.

Budget is reserved in advance, but each call must be noted when it is made, and writing the note to the ledger would
delay every call. Instead, each run appends reservation IDs to a file next to the run's lock file.
"""

import contextlib
import os
import threading
from pathlib import Path

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.files.disk import explaining_disk
from korean_flashcards.ledger.db.store import LedgerStore


class SentCalls:
    """The files that list the calls made by each run.

    If the process dies, no notes are lost. If the power fails, the notes since the last ``sync`` may be lost.
    ``run_id`` is the ID of this process's run. ``unrecorded`` contains the reservations for calls that the ledger has
    not recorded yet.
    """

    def __init__(self, store: LedgerStore) -> None:
        self._store = store
        self._guard = threading.Lock()
        self.run_id: str | None = None
        self._file = -1
        self.unrecorded: set[str] = set()
        self._unsynced = False

    def begin(self, run_id: str) -> None:
        """Create the run's file before the run's first reservation.

        If a run has no file, all of its reserved calls count as made.
        """
        with self._guard:
            if self.run_id == run_id:
                return
            if self.run_id is not None:
                os.close(self._file)
            with self._explaining(run_id):
                self._path(run_id).parent.mkdir(parents=True, exist_ok=True)
                self._file = os.open(self._path(run_id), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            self.run_id, self.unrecorded = run_id, set()

    def note(self, reservation: str) -> None:
        """Note that this call is being made now. Writing the note takes only microseconds.

        Raises:
            LedgerError: The note cannot be written, so the call must not be made.
        """
        if self.run_id is None:
            return
        line = f"{reservation}\n".encode()
        try:
            if os.write(self._file, line) != len(line):
                raise OSError("the disk is full")
        except OSError:
            with self._explaining(self.run_id):
                raise
        self.unrecorded.add(reservation)
        self._unsynced = True

    def sync(self) -> None:
        """Flush all notes to disk, so that they survive a power failure."""
        with self._guard:
            if self._unsynced and self.run_id is not None:
                self._unsynced = False
                with self._explaining(self.run_id):
                    os.fsync(self._file)

    def recorded(self, reservations: list[str]) -> None:
        """Remove from ``unrecorded`` the calls that the ledger has recorded."""
        self.unrecorded.difference_update(reservations)

    def of(self, run_id: str) -> set[str] | None:
        """Return the reservations for the calls that a run has made, or None if the run's file cannot be read."""
        try:
            lines = self._path(run_id).read_text(encoding="ascii", errors="replace").split("\n")
        except OSError:
            return None
        return set(lines[:-1])  # the process may have died within the last line, before its call left

    def others(self) -> list[str]:
        """Return the IDs of the runs that have a file, except this process's run."""
        found = self._path("x").parent.glob("*.sent")
        return sorted(path.stem for path in found if path.stem != self.run_id)

    def forget(self, run_id: str) -> None:
        """Delete a run's file after its reservations are settled. A leftover file is harmless."""
        with contextlib.suppress(OSError):
            self._path(run_id).unlink()

    def close(self) -> None:
        """Close this run's file, and delete it unless it lists calls that the ledger has not recorded."""
        with self._guard:
            run_id, self.run_id = self.run_id, None
            if run_id is None:
                return
            os.close(self._file)
            if not self.unrecorded:
                self.forget(run_id)

    def _path(self, run_id: str) -> Path:
        return self._store.path.parent / ".runs" / f"{run_id}.sent"

    def _explaining(self, run_id: str) -> contextlib.AbstractContextManager[None]:
        failed = f"The list of calls {self._path(run_id)} cannot be written"
        return explaining_disk(LedgerError, failed, "The call was not made. The ledger and the cache are intact.")
