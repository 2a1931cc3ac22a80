"""Record every version of each analysis and card, numbered from 1."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection, insert, select

from korean_flashcards.ledger.db.in_lists import listed
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore
from korean_flashcards.ledger.db.tables import card_versions
from korean_flashcards.review.parts import Part, Version, fingerprint_of

_CHUNK = 2000  # versions held in memory and written in one transaction
# item_id, tab_name, fingerprint
Known = tuple[str, str, str]


def record(store: LedgerStore, versions: Iterable[Version]) -> int:
    """Record the versions that are not in the ledger yet, and return how many were added.

    Versions already in the ledger stay unchanged.
    """
    versions, columns, count = iter(versions), card_versions.c, 0
    with store.read() as connection:
        query = select(columns.item_id, columns.tab_name, columns.fingerprint)
        # As tuples, because SQLAlchemy's rows are compared slowly.
        known: set[Known] = set(map(tuple, connection.execute(query)))
    while part := list(islice(_new(versions, known), _CHUNK)):
        with store.write() as connection:
            count += add(connection, part)
    return count


def add(connection: Connection, versions: Collection[Version]) -> int:
    """Record a few new versions as ``record`` does, but within the caller's transaction."""
    columns = card_versions.c
    items = listed(sorted({version.part.item_id for version in versions}))
    query = select(columns.item_id, columns.tab_name, columns.fingerprint, columns.number)
    there = list(connection.execute(query.where(columns.item_id.in_(items))).tuples())
    known = {row[:3] for row in there}
    last: dict[Part, int] = {}
    for item_id, tab_name, _, number in there:
        part = Part(item_id, tab_name)
        last[part] = max(number, last.get(part, 0))
    at, rows = now(), []
    for version in _new(versions, known):
        last[version.part] = last.get(version.part, 0) + 1
        rows.append(
            {
                **version.part._asdict(), "number": last[version.part], "fingerprint": fingerprint_of(version.text),
                "content": version.text, "made_by": version.made_by, "model": version.model,
                "prompt_version": version.prompt_version, "key": version.key, "usd": version.usd, "first_seen": at,
            }
        )  # fmt: skip
    if rows:
        connection.execute(insert(card_versions), rows)
    return len(rows)


def _new(versions: Iterable[Version], known: set[Known]) -> Iterator[Version]:
    """Yield the versions that are not in ``known``, without duplicates."""
    for version in versions:
        name = (*version.part, fingerprint_of(version.text))
        if name not in known:
            known.add(name)
            yield version
