"""Record each version of a prompt once, with the version that it comes from."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from korean_flashcards.domain.requests import Prompt
from korean_flashcards.ledger.db.prompt_tables import prompt_drafts, prompt_versions
from korean_flashcards.ledger.db.sqlite import now
from korean_flashcards.ledger.db.store import LedgerStore


@dataclass(frozen=True, slots=True)
class PromptVersion:
    """A version of a prompt in the ledger. The attributes are the columns of ``prompt_versions``."""

    stage: str
    version: str
    number: int
    text: str
    first_used: str
    name: str | None
    source: str | None
    note: str | None
    parent: str | None
    used_order: int


_COLUMNS = [prompt_versions.c[name] for name in PromptVersion.__slots__]


class LedgerPrompts:
    """The history of the prompts."""

    def __init__(self, store: LedgerStore) -> None:
        self._store = store

    def versions(self) -> list[PromptVersion]:
        """Return all versions, by stage and number. A ledger that does not exist yet is not created."""
        if not self._store.path.exists():
            return []
        query = select(*_COLUMNS).order_by(prompt_versions.c.stage, prompt_versions.c.number)
        with self._store.read() as connection:
            return [PromptVersion(*row) for row in connection.execute(query).tuples()]

    def source(self, stage: str, version: str) -> str | None:
        """Return the complete file of a version, or None if the ledger has only the text that was sent."""
        return next((each.source for each in self.versions() if (each.stage, each.version) == (stage, version)), None)

    def record(self, stage: str, prompt: Prompt, note: str | None = None) -> None:
        """Record a version that no run has used yet, and its note. A known version stays and gets the note, if any.

        Args:
            stage: nuance, flashcards, judge, or repair.
            prompt: The prompt as it is sent, without the sections for other card types.
            note: What is different about the version.
        """
        with self._store.write() as connection:
            _record(connection, stage, prompt, note)

    def set_default(self, stage: str, replaced: Prompt, prompt: Prompt, note: str | None) -> None:
        """Record a promotion: the replaced version and the new default, with its note if there is one."""
        with self._store.write() as connection:
            _record(connection, stage, replaced, None)
            use(connection, stage, prompt, note)

    def add_draft(self, stage: str, name: str, parent: str, note: str | None) -> None:
        """Record a new draft such as "nuance.short": the version that it was copied from, and its note."""
        number = func.coalesce(func.max(prompt_versions.c.number), 0)
        row: dict[str, Any] = {"stage": stage, "name": name, "parent": parent, "note": note, "created": now()}
        with self._store.write() as connection:
            row["after_number"] = connection.execute(
                select(number).where(prompt_versions.c.stage == stage)
            ).scalar_one()
            connection.execute(delete(prompt_drafts).where(prompt_drafts.c.name == name))
            connection.execute(insert(prompt_drafts).values(row))

    def notes_of_drafts(self) -> dict[str, str]:
        """Return the notes of the drafts that have one, by name."""
        if not self._store.path.exists():
            return {}
        columns = prompt_drafts.c
        with self._store.read() as connection:
            query = select(columns.name, columns.note).where(columns.note.is_not(None))
            return dict(connection.execute(query).tuples().all())


def in_use(connection: Connection, stage: str, prompt: Prompt) -> bool:
    """Return whether the ledger knows this version completely and as the current default."""
    versions = prompt_versions.c
    query = select(versions.version, versions.source).where(versions.stage == stage, versions.used_order > 0)
    last = connection.execute(query.order_by(versions.used_order.desc()).limit(1)).first()
    return last is not None and last.version == prompt.version and (last.source is not None or not prompt.source)


def use(connection: Connection, stage: str, prompt: Prompt, note: str | None = None) -> None:
    """Record the version if it is new, and that it is the default from now on."""
    _record(connection, stage, prompt, note)
    known = prompt_versions.c
    orders = dict(
        connection.execute(select(known.version, known.used_order).where(known.stage == stage)).tuples().all()
    )
    last = max(orders.values())
    if orders[prompt.version] == 0 or orders[prompt.version] != last:
        one = (known.stage == stage, known.version == prompt.version)
        connection.execute(update(prompt_versions).where(*one).values(used_order=last + 1))


def _record(connection: Connection, stage: str, prompt: Prompt, note: str | None) -> None:
    known = prompt_versions.c
    rows = connection.execute(select(*_COLUMNS).where(known.stage == stage)).tuples()
    versions = {row.version: row for row in (PromptVersion(*row) for row in rows)}
    there = versions.get(prompt.version)
    if there is None:
        row = _new_version(connection, stage, prompt, list(versions.values()))
        connection.execute(insert(prompt_versions).values(row | ({"note": note} if note else {})))
        return
    # Versions from before schema version 0016 have no source.
    changed = {"source": prompt.source} if there.source is None and prompt.source else {}
    if values := changed | ({"note": note} if note else {}):
        one = (known.stage == stage, known.version == prompt.version)
        connection.execute(update(prompt_versions).where(*one).values(values))


def _new_version(connection: Connection, stage: str, prompt: Prompt, versions: list[PromptVersion]) -> dict[str, Any]:
    """Return the row for a new version. Its parent is the draft's previous version, or the default until now."""
    last = max(versions, key=lambda each: each.used_order, default=None)
    parent = last.version if last and last.used_order else None
    columns = prompt_drafts.c
    query = select(columns.parent, columns.note, columns.after_number).where(columns.name == prompt.name)
    draft = connection.execute(query).first()
    # An earlier draft with the same name may have been deleted. Its versions do not count.
    first = draft.after_number + 1 if draft else 1
    own = [each for each in versions if each.name == prompt.name and each.number >= first]
    if own and prompt.name != stage:
        parent = max(own, key=lambda each: each.number).version
    elif draft is not None:
        parent = draft.parent
    return {
        "stage": stage, "version": prompt.version, "number": max((each.number for each in versions), default=0) + 1,
        "text": prompt.text, "first_used": now(), "name": prompt.name, "source": prompt.source or None,
        "note": draft and draft.note, "parent": parent, "used_order": 0,
    }  # fmt: skip
