"""Use the ledger to look up the tasks that use each cache key and the number of each prompt version."""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from sqlalchemy import literal, select

from korean_flashcards.ledger.db.prompt_tables import prompt_versions
from korean_flashcards.ledger.db.tables import tasks
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.llm.cache.maintenance import CacheEntry


@dataclass(frozen=True)
class Use:
    """A task that uses a cache key."""

    item_id: str
    stage: str
    state: str
    prompt_version: str | None

    @property
    def term(self) -> str:
        """Return the task's headword."""
        return self.item_id.partition("#")[0]


@dataclass(frozen=True)
class Uses:
    """The tasks that use each cache key, and the number of each prompt version, keyed by stage and version."""

    tasks: dict[str, list[Use]]
    numbers: dict[tuple[str, str], int]

    @cached_property
    def keys(self) -> frozenset[str]:
        """Return the cache keys used by tasks."""
        return frozenset(self.tasks)

    def prompt(self, stage: str, version: str | None) -> str:
        """Return a prompt version's number, such as "v3", or its hash if the ledger does not list this version."""
        number = self.numbers.get((stage, version or ""))
        return f"v{number}" if number else version or "unknown"

    def version(self, one: CacheEntry) -> str | None:
        """Return an entry's prompt version, or its tasks' prompt version if the entry does not contain one."""
        known = one.newest.prompt_version if one.newest else None
        return known or next((use.prompt_version for use in self.tasks.get(one.key, ())), None)

    def term(self, one: CacheEntry) -> str | None:
        """Return an entry's headword, or its tasks' headword if the entry does not contain one."""
        known = one.newest.term if one.newest else None
        return known or next((use.term for use in self.tasks.get(one.key, ())), None)


def uses_of(ledger: Ledger) -> Uses:
    """Read the tasks and the prompt versions from the ledger. Raises LedgerError if the ledger cannot be read."""
    found: dict[str, list[Use]] = {}
    own = tasks.c
    columns = own.key, own.item_id, own.stage, own.state, own.prompt_version
    # The replies that stay in use while a newer request is pending or failed.
    kept = own.good_key, own.item_id, own.stage, literal("kept"), own.good_prompt_version
    versions = prompt_versions.c
    with ledger.store.read() as connection:
        rows = chain(
            connection.execute(select(*columns).where(own.key.is_not(None))),
            connection.execute(select(*kept).where(own.good_key.is_not(None), own.good_key.is_distinct_from(own.key))),
        )
        for key, *rest in rows:
            found.setdefault(key, []).append(Use(*rest))
        numbers = {
            (stage, version): number
            for stage, version, number in connection.execute(select(versions.stage, versions.version, versions.number))
        }
    return Uses(found, numbers)
