"""Open an SQLite file for reading when its folder is read-only or its disk is full."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from korean_flashcards.files.disk import permitted

# SQLite creates small files beside a database that it opens for writing. Below this many free bytes, that may fail.
_LEAST_ROOM = 2**20

# SQLite's messages quote the table definitions in the file. If these are damaged, Python cannot decode the message.
SQLITE_ERRORS = (sqlite3.Error, UnicodeDecodeError)


def write_obstacle(path: Path) -> str | None:
    """Return why the file or its folder cannot be written: it is read-only, or its disk is full. Otherwise, None."""
    folder = path.parent
    if not folder.exists():
        return None
    if not permitted(folder, os.W_OK):
        return f"the folder {folder} is read-only"
    if path.exists() and not permitted(path, os.W_OK):
        return f"the file {path} is read-only"
    if (free := shutil.disk_usage(folder).free) < _LEAST_ROOM:
        return f"the disk is full ({free // 1024:,} KB free; at least {_LEAST_ROOM // 1024:,} KB are needed)"
    return None


@contextmanager
def read_only_address(path: Path) -> Iterator[str]:
    """Yield an SQLite URI that opens the file without writing anything beside it.

    If the file has a journal that SQLite cannot use in place, the URI names a temporary copy of both files. Raises
    OSError if the files cannot be copied.
    """
    address = f"{path.absolute().as_uri()}?mode=ro"
    journal = path.with_name(path.name + "-wal")
    if not journal.exists():
        # Without a journal, no process is writing to the file. "immutable" spares SQLite the shared-memory file.
        yield f"{address}&immutable=1"
    elif _opens(address):
        yield address
    else:
        with scratch_folder(path.stat().st_size + journal.stat().st_size) as folder:
            copy = Path(shutil.copyfile(path, folder / path.name))
            shutil.copyfile(journal, folder / journal.name)
            yield f"{copy.as_uri()}?mode=rw"


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection that only reads the file, also in a read-only folder or on a full disk."""
    with ExitStack() as stack:
        plain = f"{path.absolute().as_uri()}?mode=ro"
        address = plain if write_obstacle(path) is None else stack.enter_context(read_only_address(path))
        yield stack.enter_context(closing(sqlite3.connect(address, uri=True, timeout=60)))


@contextmanager
def scratch_folder(needed: int) -> Iterator[Path]:
    """Yield a temporary folder with at least ``needed`` free bytes, if possible, and delete the folder afterward.

    If the usual place is full, the folder is in memory, which Linux offers as /dev/shm.
    """
    with tempfile.TemporaryDirectory(prefix="korean-flashcards-", dir=_roomy(needed)) as folder:
        yield Path(folder)


def _roomy(needed: int) -> str | None:
    try:
        usual = tempfile.gettempdir()
    except FileNotFoundError:
        # Python tries to write a file to each possible place. All of them may be full.
        return "/dev/shm"
    memory = Path("/dev/shm")
    if _free(Path(usual)) < needed + _LEAST_ROOM and memory.is_dir() and _free(memory) > needed + _LEAST_ROOM:
        return str(memory)
    return None


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _opens(address: str) -> bool:
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        return False
    except sqlite3.DatabaseError:
        return True  # The file is damaged, which is not a matter of access.
    return True
