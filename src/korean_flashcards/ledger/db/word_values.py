"""Recognize values of words that damage has changed, by comparing the ledger's three copies of each value.

A word's values are stored with the word, with the row that added it, and within that row's text.
"""

import json
import sqlite3
from typing import Any

_VALUES = (
    "pos", "definition", "hanja", "example", "example_translation", "usage_hint", "ipa", "topik_level", "frequency",
)  # fmt: skip
# Words whose values later rows have changed have only one copy of them.
_QUERY = (
    "SELECT i.item_id, r.batch, r.row, r.text, r.item, {values} FROM vocabulary_items AS i JOIN import_rows AS r "
    "ON r.batch = i.batch AND r.row = i.row WHERE r.text IS NOT NULL AND r.item IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM import_rows AS u WHERE u.item_id = i.item_id AND u.updated = 1)"
)


def restore_values(ledger: sqlite3.Connection) -> int:
    """Replace each value that differs from its copies, and return the number of replaced values.

    A value counts as damaged if only the other copy appears in the row's text.
    """
    there = {row[1] for row in ledger.execute("PRAGMA table_info(vocabulary_items)")}
    names = [name for name in _VALUES if name in there]
    restored = 0
    for item_id, batch, row, text, item, *values in ledger.execute(
        _QUERY.format(values=", ".join(f"i.{name}" for name in names))
    ).fetchall():
        copies = _object(item)
        for name, value in zip(names, values, strict=True):
            copy = copies.get(name, value)
            if value == copy or (_within(value, text) == _within(copy, text)):
                continue
            restored += 1
            if _within(copy, text):
                ledger.execute(f"UPDATE vocabulary_items SET {name} = ? WHERE item_id = ?", (copy, item_id))
            else:
                changed = json.dumps({**copies, name: value}, ensure_ascii=False)
                ledger.execute("UPDATE import_rows SET item = ? WHERE batch = ? AND row = ?", (changed, batch, row))
    return restored


def _object(text: str) -> dict[str, Any]:
    """Return a JSON object, or nothing if damage has changed the text into something different."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _within(value: object, text: str) -> bool:
    return value is not None and str(value) in text
