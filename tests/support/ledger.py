"""Ledgers for tests: new ones in no time, as migrating each from nothing would take a quarter of a second."""

import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from korean_flashcards.formats.word_list import ListFile
from korean_flashcards.ledger.facade import Ledger


def fresh_ledger(folder: Path | None = None) -> Ledger:
    """A new, empty ledger of today's version in ``folder`` (a temporary one when none is given)."""
    path = Path(folder or tempfile.mkdtemp(prefix="ledger-")) / "ledger.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(_template(), path)
    return ledger_at(path)


def fill_ledger(ledger: Ledger, item_ids: Sequence[str]) -> None:
    """Import words by their ids ("배#2"; the homographs of a headword in order), each with a definition of its own."""
    rows = "".join(f"{item_id.split('#')[0]},meaning {number}\n" for number, item_id in enumerate(item_ids))
    (result,) = ledger.imports.take([ListFile("words.csv", "words.csv", f"term,definition\n{rows}".encode())])
    assert result.imported == len(item_ids)


def ledger_at(path: Path) -> Ledger:
    """The ledger in a file, with the options that tests use."""
    return Ledger(path, pool_size=2, busy_timeout=30, keep_backups=3)


@cache
def _template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="ledger-template-")) / "ledger.db"
    with ledger_at(path) as ledger, ledger.store.write():
        pass
    return path
