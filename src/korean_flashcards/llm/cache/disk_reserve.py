"""Reserve disk space for replies to calls in flight, so that they can be stored even if the disk fills up.

Commands that delete something use the same space on a full disk.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path

# Enough for hundreds of long replies and for the pages that SQLite rewrites with them.
RESERVE_BYTES = 16 * 2**20
# Bytes that must stay free beside a restored file. With less, the ledger and the cache could only be read.
_SPARE = 2 * 2**20
_BLOCK = 512  # bytes; the unit of st_blocks on every system


class DiskReserve:
    """A placeholder file that takes up space in ``folder``. All runs that use the folder share this file.

    ``make`` and ``free`` raise OSError if the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / "reserve"

    def make(self) -> None:
        """Create the file, unless it already exists and takes up enough space."""
        if self._allocated() >= RESERVE_BYTES:
            return
        try:
            with self.file.open("wb") as file:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)
                else:
                    # Some file systems compress zeros to almost nothing.
                    file.write(os.urandom(RESERVE_BYTES))
        except OSError:
            self.free()
            raise

    def free(self) -> None:
        """Delete the file, so that its space can be used."""
        self.file.unlink(missing_ok=True)

    def free_on(self, folder: Path) -> bool:
        """Delete the file if it is on the folder's disk. Return whether this has freed space."""
        with suppress(OSError):
            if self._allocated() and self.file.stat().st_dev == folder.stat().st_dev:
                self.free()
                return True
        return False

    def restore(self) -> None:
        """Create the file again, unless the disk would then be full. Do nothing if the folder cannot be used."""
        with suppress(OSError):
            if shutil.disk_usage(self.file.parent).free >= RESERVE_BYTES + _SPARE:
                self.make()

    def _allocated(self) -> int:
        """Return the number of bytes that the file takes up on disk.

        A copy of the file may be sparse and take up less space.
        """
        if not self.file.exists():
            return 0
        found = self.file.stat()
        return min(found.st_size, getattr(found, "st_blocks", found.st_size) * _BLOCK)
