"""Select the replies that `kedro cache invalidate` removes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from korean_flashcards.commands.cache.uses import Uses
from korean_flashcards.commands.project import fail
from korean_flashcards.domain.clean_text import clean
from korean_flashcards.llm.cache.maintenance import CacheEntry


@dataclass(frozen=True)
class Choice:
    """Conditions for selecting cache entries. An entry must meet all conditions; a condition of None accepts any value.

    ``versions`` contains (stage, prompt version) pairs. Only entries stored earlier than ``before`` match.
    """

    stage: str | None
    model: str | None
    versions: frozenset[tuple[str, str]] | None
    word: str | None
    before: datetime | None

    @classmethod
    def of(
        cls, uses: Uses, stage: str | None, model: str | None, prompt: str | None, word: str | None,
        before: datetime | None,
    ) -> Self:  # fmt: skip
        """Return the conditions that the options describe, or exit with a message if the prompt version is unknown."""
        versions = None
        if prompt:
            named = {
                (where, version)
                for (where, version), number in uses.numbers.items()
                if prompt == f"v{number}" or (len(prompt) >= 4 and version.startswith(prompt))
            }
            if not named:
                fail(
                    f"There is no prompt version {prompt}. Nothing was changed. Give a version's number, such as v3, or "
                    "at least the first four digits of its hash. `kedro cache stats` and `kedro word show WORD` show both."
                )
            versions = frozenset(named)
        return cls(stage, model, versions, clean(word).strip() if word else None, before)

    def fits(self, one: CacheEntry, uses: Uses) -> bool:
        """Return whether an entry meets all conditions.

        Corrupted entries never match, because their contents are unknown.
        """
        newest = one.newest
        return newest is not None and all((
            self.stage in (None, newest.stage),
            self.model in (None, newest.model),
            self.versions is None or (newest.stage, uses.version(one) or "") in self.versions,
            self.word in (None, uses.term(one)),
            self.before is None or _time(newest.created) < self.before,
        ))  # fmt: skip


def _time(created: str) -> datetime:
    """Return the time at which the reply was stored.

    An unreadable time is treated as the current time, so the reply is kept.
    """
    try:
        return datetime.fromisoformat(created).astimezone()
    except ValueError:
        return datetime.now().astimezone()
