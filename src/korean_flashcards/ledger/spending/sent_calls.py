"""Note which reserved calls a run has sent, so that a run that dies is charged only for calls in flight.

Budget is reserved in advance, but a note must be written at the moment when a call leaves, and writing it to the ledger
would delay every call. So each run has a file beside its lock file, to which it appends the reservation's ID.
"""

import contextlib
import os
import threading
from pathlib import Path

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.files.disk import explaining_disk
from korean_flashcards.ledger.db.store import LedgerStore


class SentCalls:
    """The files with the calls that each run has sent.

    A note survives the death of the process at once, and a power cut after the next ``sync``. ``run_id``: this process's
    run. ``unrecorded``: its calls that were sent and that the ledger has not recorded.
    """

    def __init__(self, store: LedgerStore) -> None:
        self._store = store
        self._guard = threading.Lock()
        self.run_id: str | None = None
        self._file = -1
        self.unrecorded: set[str] = set()
        self._unsynced = False

    def begin(self, run_id: str) -> None:
        """Create the run's file, before its first reservation. Without a file, each reservation counts as sent."""
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
        """Note that this call leaves now. Takes microseconds.

        Raises:
            LedgerError: The note cannot be written, so the call must not be sent.
        """
        if self.run_id is None:
            return
        line = f"{reservation}\n".encode()
        with self._explaining(self.run_id):
            if os.write(self._file, line) != len(line):
                raise OSError("the disk is full")
        self.unrecorded.add(reservation)
        self._unsynced = True

    def sync(self) -> None:
        """Make the notes so far survive a power cut."""
        with self._guard:
            if self._unsynced and self.run_id is not None:
                self._unsynced = False
                with self._explaining(self.run_id):
                    os.fsync(self._file)

    def recorded(self, reservations: list[str]) -> None:
        """Forget calls that the ledger has recorded."""
        self.unrecorded.difference_update(reservations)

    def of(self, run_id: str) -> set[str] | None:
        """Return the reservations whose calls a run has sent, or None if this is unknown."""
        try:
            lines = self._path(run_id).read_text(encoding="ascii", errors="replace").split("\n")
        except OSError:
            return None
        return set(lines[:-1])  # the process may have died within the last line, before its call left

    def others(self) -> list[str]:
        """Return the runs that have a file, except this process's run."""
        found = self._path("x").parent.glob("*.sent")
        return sorted(path.stem for path in found if path.stem != self.run_id)

    def forget(self, run_id: str) -> None:
        """Delete the file of a run whose reservations are settled. A leftover file is harmless."""
        with contextlib.suppress(OSError):
            self._path(run_id).unlink()

    def close(self) -> None:
        """Close this run's file, and delete it unless it names calls that the ledger has not recorded."""
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
        failed = f"The list of sent calls {self._path(run_id)} cannot be written"
        return explaining_disk(LedgerError, failed, "The call was not sent. The ledger and the cache are intact.")
