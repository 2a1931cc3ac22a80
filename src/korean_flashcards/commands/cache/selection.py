"""Select the replies that `kedro cache invalidate` removes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from korean_flashcards.commands.cache.uses import Uses
from korean_flashcards.commands.project import fail
from korean_flashcards.llm.cache.maintenance import CacheEntry


@dataclass(frozen=True)
class Choice:
    """Match cache entries that meet all given conditions. None means any.

    ``versions`` are pairs of stage and prompt version. ``before`` is a time: only entries stored earlier match.
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
        """Return the choice that these options describe, or end the command if the prompt is unknown."""
        versions = None
        if prompt:
            named = {
                (where, version)
                for (where, version), number in uses.numbers.items()
                if prompt == f"v{number}" or (len(prompt) >= 4 and version.startswith(prompt))
            }
            if not named:
                fail(
                    f"There is no prompt {prompt}. Nothing was changed. Give its number (v3) or at least the first four "
                    "digits of its version. `kedro cache stats` and `kedro word show WORD` show both."
                )
            versions = frozenset(named)
        return cls(stage, model, versions, word, before)

    def fits(self, one: CacheEntry, uses: Uses) -> bool:
        """Return whether the entry meets all conditions. A damaged entry never does, because its contents are unknown."""
        newest = one.newest
        return newest is not None and all((
            self.stage in (None, newest.stage),
            self.model in (None, newest.model),
            self.versions is None or (newest.stage, uses.version(one) or "") in self.versions,
            self.word in (None, uses.term(one)),
            self.before is None or _time(newest.created) < self.before,
        ))  # fmt: skip


def _time(created: str) -> datetime:
    """Return when the reply was stored. An unreadable time counts as now, so that the reply is kept."""
    try:
        return datetime.fromisoformat(created).astimezone()
    except ValueError:
        return datetime.now().astimezone()
