"""Make room on a full disk for commands that delete something, with the reserve of the reply cache."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from korean_flashcards.commands.project import fail
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.llm.cache.disk_reserve import DiskReserve

# Bytes of free space with which the ledger can be changed: its write-ahead log, and SQLite's own small files.
_LEAST = 2 * 2**20


@contextmanager
def making_room(folder: Path, needed: int, what: str, cache: Path, wanted: int = 0) -> Iterator[None]:
    """Exit with a message if the folder's disk has less than ``needed`` bytes of free space for the step ``what``.

    If the disk has less than ``needed`` or ``wanted`` bytes, the reserve of the reply cache is freed, if it is on the same
    disk. At the end, the reserve is created again if there is space for it.
    """
    reserve = DiskReserve(cache)
    freed = shutil.disk_usage(folder).free < max(needed, wanted) and reserve.free_on(folder)
    try:
        _need_room(folder, needed, what)
        yield
    finally:
        if freed:
            reserve.restore()


@contextmanager
def changing_ledger(ledger: Ledger, what: str, cache: Path) -> Iterator[None]:
    """Make room for a step ``what`` that removes rows from the ledger. Backups are not part of the least that it needs."""
    path = ledger.store.path
    if not path.exists():
        yield
        return
    with making_room(path.parent, _LEAST, what, cache, wanted=3 * path.stat().st_size + _LEAST):
        yield


def _need_room(folder: Path, needed: int, what: str) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        fail(
            f"{what} needs {needed / 1e6:,.1f} MB of free disk space, but the disk is full ({free / 1e6:,.1f} MB free). "
            f"Nothing was changed. Free {(needed - free) / 1e6:,.1f} MB, for example by moving old backups or exported "
            f"replies from {folder} to a different disk. Then run the same command again."
        )
