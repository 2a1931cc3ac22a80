"""What the ledger knows of cache keys: which task uses which, and the numbers of the prompts."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from korean_flashcards.ledger.db.tables import prompt_versions, tasks
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.llm.cache.maintenance import CacheEntry


@dataclass(frozen=True)
class Use:
    """A task that names a key."""

    item_id: str
    stage: str
    state: str
    prompt_version: str | None

    @property
    def term(self) -> str:
        """The headword."""
        return self.item_id.partition("#")[0]


@dataclass(frozen=True)
class Uses:
    """``tasks``: by key. ``numbers``: of prompt versions, by stage and version."""

    tasks: dict[str, list[Use]]
    numbers: dict[tuple[str, str], int]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys that tasks name."""
        return frozenset(self.tasks)

    def prompt(self, stage: str, version: str | None) -> str:
        """A prompt's number and version as people say them: "v3 (0a1b2c…)"."""
        number = self.numbers.get((stage, version or ""))
        return f"v{number}" if number else version or "unknown"

    def version(self, one: CacheEntry) -> str | None:
        """The prompt version of an entry; earlier releases left it to the tasks."""
        known = one.newest.prompt_version if one.newest else None
        return known or next((use.prompt_version for use in self.tasks.get(one.key, ())), None)

    def term(self, one: CacheEntry) -> str | None:
        """The word of an entry, likewise."""
        known = one.newest.term if one.newest else None
        return known or next((use.term for use in self.tasks.get(one.key, ())), None)


def uses_of(ledger: Ledger) -> Uses:
    """What the ledger knows now. Raises LedgerError."""
    found: dict[str, list[Use]] = {}
    columns = tasks.c.key, tasks.c.item_id, tasks.c.stage, tasks.c.state, tasks.c.prompt_version
    versions = prompt_versions.c
    with ledger.store.read() as connection:
        for key, *rest in connection.execute(select(*columns).where(tasks.c.key.is_not(None))):
            found.setdefault(key, []).append(Use(*rest))
        numbers = {
            (stage, version): number
            for stage, version, number in connection.execute(select(versions.stage, versions.version, versions.number))
        }
    return Uses(found, numbers)
