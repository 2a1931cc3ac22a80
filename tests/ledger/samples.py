"""Create small word lists, import them, and return the content of the ledger."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from korean_flashcards.formats.word_list import ListFile
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import metadata, vocabulary_items
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.words.imports import ImportOptions, ImportResult
from korean_flashcards.ledger.words.rollback import RolledBack, rollback

HEADER = ("term", "definition", "hanja", "notes", "frequency", "tags")


def listed(rows: Iterable[Sequence[str]], name: str = "words.csv", header: Sequence[str] = HEADER) -> ListFile:
    """Return a list with these rows. Its source is its name."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    return ListFile(name, name, out.getvalue().encode())


def generated(count: int, first: int = 0, name: str = "words.csv") -> ListFile:
    """Return a list of ``count`` different words. The same ``first`` gives the same words."""
    return listed(((_word(number), f"meaning {number}") for number in range(first, first + count)), name)


def take(ledger: Ledger, *rows: Sequence[str], name: str = "words.csv", **options: Any) -> ImportResult:
    """Import one list with these rows."""
    (result,) = ledger.imports.take([listed(rows, name)], ImportOptions(**options))
    return result


def roll_back(ledger: Ledger, batch_id: str, confirmed: bool = True) -> RolledBack:
    """Roll back a batch without a backup."""
    return rollback(ledger.store, ledger.runs, batch_id, confirmed, lambda: Path("backup.db.gz"))


def words(ledger: Ledger) -> dict[str, str | None]:
    """Return the definitions of all words, keyed by item id, in import order."""
    return dict(ledger.vocabulary.items(None).select("item_id", "definition").iter_rows())


def items(store: LedgerStore) -> dict[str, dict[str, Any]]:
    """Return all columns of all words, keyed by item id."""
    with store.read() as connection:
        return {row["item_id"]: dict(row) for row in connection.execute(select(vocabulary_items)).mappings()}


def dump(store: LedgerStore) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows that imports write, keyed by table. Runs are left out, because every command adds one."""
    with store.read() as connection:
        return {
            name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for name, table in metadata.tables.items()
            if name not in ("runs", "run_records", "slow_queries")
        }


def _word(number: int) -> str:
    digits = []
    for _ in range(4):
        number, digit = divmod(number, 400)
        digits.append(chr(ord("가") + digit * 27))
    return "".join(digits)
