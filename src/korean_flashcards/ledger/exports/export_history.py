"""Record each export of the main deck and of the profiles: when it ran, how it ended, and what it wrote."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.export_record import (
    SELECTED_DECK,
    ExportResult,
    ExportStart,
    RecordedExport,
    RecordedFile,
)
from korean_flashcards.ledger.db.export_tables import export_history
from korean_flashcards.ledger.db.sqlite import now, storable, storable_json
from korean_flashcards.ledger.db.store import LedgerStore

_COLUMNS = export_history.c


class LedgerExportHistory:
    """The ledger's history of exports."""

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    def begin(self, start: ExportStart) -> RecordedExport:
        """Record that an export begins, and return its record."""
        with self._store.write() as connection:
            return _found(connection, _begin(connection, start))

    def complete(self, number: int, result: ExportResult) -> None:
        """Record that the files of an export have replaced the previous ones."""
        with self._store.write() as connection:
            _complete(connection, number, result)

    def fail(self, number: int, message: str) -> None:
        """Record that an export ended with an error."""
        with self._store.write() as connection:
            _end(connection, [number], state="failed", message=storable(message))

    def record(self, start: ExportStart, result: ExportResult) -> RecordedExport:
        """Record a complete export, such as one of the main deck, and return its record."""
        with self._store.write() as connection:
            number = _begin(connection, start)
            _complete(connection, number, result)
            return _found(connection, number)

    def end_killed(self, profile: str) -> None:
        """Record that the profile's exports that never ended were killed. The caller must know that none is running."""
        with self._store.write() as connection:
            running = select(_COLUMNS.number).where(_COLUMNS.profile == profile, _COLUMNS.state == "running")
            _end(connection, connection.execute(running).scalars().all(), state="killed")

    def listing(self, profile: str | None = None, limit: int | None = None) -> tuple[list[RecordedExport], int]:
        """Return the exports of a profile or of all profiles, newest first, and the number of all that match."""
        query = _newest_first() if profile is None else _newest_first().where(_COLUMNS.profile == profile)
        with self._store.read() as connection:
            total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
            return [_record(row) for row in connection.execute(query.limit(limit)).mappings()], total

    def last_complete(self, profile: str | None = None) -> RecordedExport | None:
        """Return the last complete export of a profile, or of the main deck and all profiles, or None."""
        query = _newest_first().where(_COLUMNS.state == "complete")
        # The cards of decks of selected cards are not kept, so `kedro export diff` cannot compare them.
        own = _COLUMNS.profile != SELECTED_DECK if profile is None else _COLUMNS.profile == profile
        query = query.where(own)
        with self._store.read() as connection:
            row = connection.execute(query.limit(1)).mappings().first()
            return None if row is None else _record(row)

    def find(self, number: int) -> RecordedExport:
        """Return the export with this number.

        Raises:
            LedgerError: There is none.
        """
        with self._store.read() as connection:
            found = connection.execute(select(export_history).where(_COLUMNS.number == number)).mappings().first()
        if found is None:
            raise LedgerError(
                f"There is no export {number}. `kedro export history` lists the exports. A ledger that was rebuilt from "
                "the word lists does not have the exports from before."
            )
        return _record(found)


def _newest_first() -> Select[Any]:
    return select(export_history).order_by(_COLUMNS.number.desc())


def _begin(connection: Connection, start: ExportStart) -> int:
    values = {
        "profile": start.profile, "format": start.format, "settings": storable(start.settings),
        "filters": storable_json(dict(start.filters)), "counts": "{}", "files": "[]", "state": "running", "started": now(),
    }  # fmt: skip
    (number,) = connection.execute(insert(export_history).values(values)).inserted_primary_key or (0,)
    return int(number)


def _complete(connection: Connection, number: int, result: ExportResult) -> None:
    files, cards = [asdict(file) for file in result.files], sum(result.counts.values())
    _end(
        connection,
        [number],
        state="complete",
        files=storable_json(files),
        counts=storable_json(dict(result.counts)),
        cards=cards,
    )


def _end(connection: Connection, numbers: Sequence[int], **values: Any) -> None:
    connection.execute(update(export_history).where(_COLUMNS.number.in_(numbers)).values(ended=now(), **values))


def _found(connection: Connection, number: int) -> RecordedExport:
    return _record(connection.execute(select(export_history).where(_COLUMNS.number == number)).mappings().one())


def _record(row: Mapping[Any, Any]) -> RecordedExport:
    files = tuple(RecordedFile(**file) for file in json.loads(row["files"]))
    parsed = {name: json.loads(row[name]) for name in ("counts", "filters")}
    return RecordedExport(**{**row, **parsed, "files": files})
