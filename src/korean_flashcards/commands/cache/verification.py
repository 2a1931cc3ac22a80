"""Find corrupted, mismatched, and missing replies for `kedro cache verify`."""

from dataclasses import dataclass, field
from typing import Self

from korean_flashcards.commands.cache.uses import Uses
from korean_flashcards.domain.cache_key import KeyHasher
from korean_flashcards.llm.cache.maintenance import entries, hasher_of
from korean_flashcards.llm.cache.reply_cache import ReplyCache


@dataclass
class Verified:
    """Problems found in the reply cache.

    Attributes:
        entries: Number of keys read.
        damages: Corruption of the file itself, as reported by SQLite.
        damaged: Corrupted entries, each with the reason.
        mismatched: Keys that do not match the key computed from the entry's parts.
        missing: Tasks that are done but have no reply in the cache.
        unused: Number of replies that no task uses (not a problem).
        unexplained: Number of replies that earlier releases stored without their key parts.
        partless: Number of replies whose key parts were lost, for example in a damaged cache.
    """

    entries: int = 0
    damages: list[str] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)
    mismatched: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unused: int = 0
    unexplained: int = 0
    partless: int = 0

    @classmethod
    def of(cls, cache: ReplyCache, uses: Uses) -> Self:
        """Check that every entry matches its key and that every finished task has a reply in the cache."""
        found, hashers, there = cls(), dict[str, KeyHasher | None](), set[str]()
        for one in entries(cache):
            found.entries += 1
            found.damaged |= one.problems
            if one.reply is None:
                continue
            there.add(one.key)
            name = one.reply.template
            if name and name not in hashers:
                template = cache.parts(name)
                hashers[name] = hasher_of(template) if template else None
            hasher = hashers.get(name or "")
            found.unexplained += name is None
            found.partless += name is not None and hasher is None
            found.unused += one.key not in uses.keys
            if hasher and one.reply.user is not None and hasher.key(one.reply.user) != one.key:
                found.mismatched.append(one.key)
        found.missing = [
            f"{use.item_id} {use.stage}"
            for key, users in uses.tasks.items()
            for use in users
            if use.state == "done" and key not in there
        ]
        return found

    @property
    def code(self) -> int:
        """Return the exit code: 1 for a corrupted file, 2 for other problems, or 0 if no problems were found."""
        return 1 if self.damages else 2 if self.damaged or self.mismatched or self.missing else 0
