"""Which replies `kedro cache invalidate` means."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from korean_flashcards.commands.cache.uses import Uses
from korean_flashcards.commands.project import fail
from korean_flashcards.llm.cache.maintenance import CacheEntry


@dataclass(frozen=True)
class Choice:
    """Which entries are meant: those that fit everything given. ``versions``: by stage."""

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
        """Ends the command where no such prompt is known."""
        versions = None
        if prompt:
            named = {
                (where, version)
                for (where, version), number in uses.numbers.items()
                if prompt == f"v{number}" or (len(prompt) >= 4 and version.startswith(prompt))
            }
            if not named:
                fail(
                    f"There is no prompt {prompt}. Give its number (v3) or the first digits of its version, as "
                    "`kedro cache stats` and `kedro tasks show WORD` say them. Nothing was changed."
                )
            versions = frozenset(named)
        return cls(stage, model, versions, word, before)

    def fits(self, one: CacheEntry, uses: Uses) -> bool:
        """Whether the entry is meant; a damaged one never is, as nothing is known of it."""
        newest = one.newest
        return newest is not None and all((
            self.stage in (None, newest.stage),
            self.model in (None, newest.model),
            self.versions is None or (newest.stage, uses.version(one) or "") in self.versions,
            self.word in (None, uses.term(one)),
            self.before is None or _time(newest.created) < self.before,
        ))  # fmt: skip


def _time(created: str) -> datetime:
    """When it was stored; what cannot be read counts as new, so that it stays."""
    try:
        return datetime.fromisoformat(created).astimezone()
    except ValueError:
        return datetime.now().astimezone()
