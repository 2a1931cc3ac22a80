"""Change a ledger in separate processes, and kill some of them. This module imports only the ledger, to start fast."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.context import BaseContext
from pathlib import Path
from types import FrameType
from typing import Any

import alembic.command  # noqa: F401 - imported here, so that the import does not count as work of the first migration
import pytest

from korean_flashcards.formats.word_list import ListFile
from korean_flashcards.ledger.db import backups, restore, schema
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.words import rollback
from korean_flashcards.ledger.words.imports import ImportOptions, ImportResult

# The folders of the package and of these modules, for a separate process.
PYTHONPATH = os.pathsep.join(
    str(Path(module).resolve().parents[depth]) for module, depth in ((schema.__file__, 3), (__file__, 1))
)


def start(code: str, *arguments: object) -> "subprocess.Popen[str]":
    """Start Python with ``code``, which can import the package."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": PYTHONPATH, "PYTHONUTF8": "1"}, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def kills(usual: int) -> int:
    """Return the number of times that a test kills a process: the environment variable KILLS, or ``usual``."""
    return int(os.environ.get("KILLS", usual))


def processes(monkeypatch: pytest.MonkeyPatch) -> BaseContext:
    """Return a context whose processes start with the ledger already imported, if the system supports it."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    monkeypatch.setenv("PYTHONPATH", PYTHONPATH)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["support.ledger_work"])
    # The first process waits for the imports, which must not count as work of a test.
    first = context.Process(target=os.getpid)
    first.start()
    first.join()
    return context


def take_in(path: Path, *lists: ListFile) -> list[ImportResult]:
    """Import lists."""
    with _ledger(path) as ledger:
        return ledger.imports.take(lists, ImportOptions())


def take_back(path: Path, batch_id: str) -> None:
    """Roll back a batch without making a backup."""
    with _ledger(path) as ledger:
        rollback.rollback(ledger.store, ledger.runs, batch_id, True, lambda: path.with_name("no-backup"))


def upgrade(path: Path) -> None:
    """Migrate the ledger as a run does: make a backup, then apply all migrations."""
    with schema.prepared(path, 5):
        pass


def back_up(path: Path) -> None:
    """Make backups forever, keeping the newest two."""
    while True:
        backups.make(path, keep=2)


def put_back(path: Path) -> None:
    """Restore the newest backup."""
    restore.restore(path, backups.listing(path)[0])


def back_up_once(path: Path) -> None:
    """Make one backup, keeping only that one."""
    backups.make(path, keep=1)


def dying(work: Callable[[Path], None], path: Path, step: int) -> None:
    """Do the work, but kill the process with SIGKILL before line ``step`` of the code that changes files."""
    left = step

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if Path(frame.f_code.co_filename).name not in _FILES or frame.f_code.co_name not in _STEPS:
            return None
        nonlocal left
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    work(path)


def _ledger(path: Path) -> Ledger:
    return Ledger(path, pool_size=2, busy_timeout=30, keep_backups=3)


_FILES = {"restore.py", "backups.py", "shutil.py"}
_STEPS = {"restore", "swap", "_close_journal", "_record", "_keep", "make", "_rotate", "copyfile", "_fastcopy_sendfile"}
