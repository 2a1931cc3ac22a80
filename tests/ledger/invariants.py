"""Check the invariants of the ledger, which hold after every transaction."""

import json
from collections import Counter
from typing import Any

from sqlalchemy import Connection, select, text

from korean_flashcards.korean.near import stem
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import import_batches, import_rows, import_warnings, tasks, vocabulary_items

VALUES = (
    "pos",
    "definition",
    "hanja",
    "topik_level",
    "example",
    "example_translation",
    "usage_hint",
    "ipa",
    "frequency",
)
Row = dict[str, Any]


def check(store: LedgerStore) -> None:
    """Assert that the ledger is consistent: SQLite's checks, counts, owners, derived values, tasks and warnings."""
    with store.read() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        batches = {row["number"]: row for row in _all(connection, import_batches)}
        rows, items = _all(connection, import_rows), _all(connection, vocabulary_items)
        warnings, its_tasks = _all(connection, import_warnings), _all(connection, tasks)
    _check_counts(batches, rows)
    _check_items(batches, rows, items)
    _check_tasks(items, its_tasks)
    fine = {(row["batch"], row["row"]) for row in rows if row["outcome"] != "rejected"}
    assert {(warning["batch"], warning["row"]) for warning in warnings} <= fine


def _all(connection: Connection, table: Any) -> list[Row]:
    return [dict(row) for row in connection.execute(select(table)).mappings()]


def _check_counts(batches: dict[int, Row], rows: list[Row]) -> None:
    counted = Counter((row["batch"], row["outcome"]) for row in rows)
    for number, batch in batches.items():
        found = [counted[number, outcome] for outcome in ("imported", "duplicate", "rejected")]
        assert [batch["imported"], batch["duplicates"], batch["rejected"]] == found, batch
        assert batch["rows"] == sum(found), batch
        if batch["state"] in ("completed", "partial"):
            assert batch["rows"] and (batch["state"] == "partial") == bool(batch["rejected"]), batch
            assert batch["finished"] and batch["message"] is None, batch
        else:
            assert not batch["rows"], batch
            assert (batch["state"] == "failed") == bool(batch["message"]), batch
    settled = [batch for batch in batches.values() if batch["state"] in ("completed", "partial")]
    # The same bytes are in two batches only if an old version of a list was restored.
    assert len({(batch["sha256"], batch["source"]) for batch in settled}) == len({b["sha256"] for b in settled})


def _check_items(batches: dict[int, Row], rows: list[Row], items: list[Row]) -> None:
    by_item: dict[str, list[Row]] = {item["item_id"]: [] for item in items}
    for row in sorted(rows, key=lambda row: (row["batch"], row["row"])):
        if row["outcome"] == "rejected":
            assert row["item"] is None and row["code"] and row["reason"] and not row["updated"]
        else:
            by_item[row["item_id"]].append(row)
    for item in items:
        assert item["item_id"] == f"{item['term']}#{item['homograph']}" and item["stem"] == stem(item["term"])
        owner, *others = by_item[item["item_id"]]
        assert (owner["batch"], owner["row"], owner["outcome"], owner["updated"]) == (
            item["batch"],
            item["row"],
            "imported",
            0,
        )
        assert {row["outcome"] for row in others} <= {"duplicate"}
        for row in (owner, *others):
            meant = json.loads(row["item"])
            assert [meant[name] for name in ("term", "item_id", "homograph", "row")] == [
                item["term"], item["item_id"], item["homograph"], row["row"]
            ]  # fmt: skip
        corrections = [row for row in others if row["updated"]]
        assert {name: item[name] for name in (*VALUES, "tags")} == _expected(batches, owner, corrections)


def _expected(batches: dict[int, Row], owner: Row, corrections: list[Row]) -> Row:
    """Return the word's values from its rows in order, computed independently of the code under test."""
    values: Row = {}
    for row in (owner, *corrections):
        given, batch = json.loads(row["item"]), batches[row["batch"]]
        foreign = batch["source"] != batches[owner["batch"]]["source"] and batch["on_duplicate"] != "update"
        gives_meaning = given["definition"] or (given["hanja"] and not values.get("hanja"))
        only_fills = foreign and not values.get("definition") and gives_meaning
        for name in (*VALUES, "tags"):
            if given[name] not in (None, []) and not (only_fills and values.get(name)):
                values[name] = given[name]
    values = {name: values.get(name) for name in (*VALUES, "tags")}
    return {**values, "tags": json.dumps(values["tags"] or [], ensure_ascii=False)}


def _check_tasks(items: list[Row], its_tasks: list[Row]) -> None:
    known = {(task["stage"], task["item_id"]): task for task in its_tasks}
    assert known.keys() == {(stage, item["item_id"]) for item in items for stage in ("nuance", "flashcards")}
    for item in items:
        for stage in ("nuance", "flashcards"):
            task = known[stage, item["item_id"]]
            assert (task["frequency"], task["position"]) == (item["frequency"] or 0, item["term_number"])
