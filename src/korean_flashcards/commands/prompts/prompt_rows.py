"""Define the rows of `kedro prompts list`: the prompt files, and the earlier versions in the ledger."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from korean_flashcards.domain.local_time import local_time
from korean_flashcards.files.file_problems import shown_path
from korean_flashcards.ledger.prompts.prompt_history import PromptVersion
from korean_flashcards.prompts.prompt_figures import Version, VersionFigures
from korean_flashcards.prompts.prompt_lookup import STAGES, FoundPrompt

_DAY = len("2026-11-30")
_NO_FIGURES = VersionFigures()


@dataclass(frozen=True)
class PromptRow:
    """A prompt file, or a version of a prompt that is only in the ledger.

    Attributes:
        reference: The stage for the default, a draft such as nuance.short, or a version.
        default: Whether runs use this file.
        file: The path of the file, or None for an earlier version.
        recorded: When the version was recorded (UTC, ISO 8601), or None if it has not been used yet.
        parent: The version that it comes from.
    """

    stage: str
    reference: str
    version: str
    number: int | None
    default: bool
    file: str | None
    recorded: str | None
    note: str | None
    parent: str | None
    figures: VersionFigures

    def values(self) -> dict[str, Any]:
        """Return the row as JSON-compatible values."""
        return {name: value for name, value in asdict(self).items() if name != "figures"} | asdict(self.figures)

    def cells(self) -> tuple[Any, ...]:
        """Return the row's cells for a terminal. "–" stands for an unknown value."""
        name = f"{self.reference} *" if self.default else self.reference if self.file else f"{self.stage} (earlier)"
        number = f"v{self.number} " if self.number else ""
        score = "–" if self.figures.score is None else f"{self.figures.score:.1f}"
        per_word = "–" if self.figures.usd_per_word is None else f"{self.figures.usd_per_word:.6f}"
        since = local_time(self.recorded)[:_DAY] if self.recorded else "–"
        return name, f"{number}{self.version}", since, self.figures.words, score, per_word


HEADERS = ("Prompt", "Version", "Recorded", "Words", "Score", "USD per word")


def prompt_row(
    found: FoundPrompt,
    versions: list[PromptVersion],
    figures: Mapping[Version, VersionFigures],
    notes: Mapping[str, str],
) -> PromptRow:
    """Return the row for one prompt. A draft whose version is not recorded has the note in ``notes``."""
    known = next((each for each in versions if (each.stage, each.version) == (found.stage, found.version)), None)
    number, recorded, note, parent = (
        (known.number, known.first_used, known.note, known.parent) if known else (None, None, None, None)
    )
    return PromptRow(
        found.stage, found.reference, found.version, number, found.reference == found.stage,
        shown_path(found.prompt.file) if found.prompt.file else None, recorded, note or notes.get(found.reference), parent,
        figures.get((found.stage, found.version), _NO_FIGURES),
    )  # fmt: skip


def prompt_rows(
    usable: list[FoundPrompt], versions: list[PromptVersion], figures: Mapping[Version, VersionFigures],
    notes: Mapping[str, str], recorded: Callable[[PromptVersion], FoundPrompt],
) -> Iterator[PromptRow]:  # fmt: skip
    """Yield the rows by stage: the default, the drafts, and the earlier versions, newest first.

    Args:
        usable: The prompts in files.
        versions: The versions in the ledger.
        figures: What each version has made.
        notes: The notes of drafts whose versions have not been used yet.
        recorded: Returns the prompt of a version.
    """
    in_files = {(each.stage, each.version) for each in usable}
    for stage in STAGES:
        for found in (each for each in usable if each.stage == stage):
            yield prompt_row(found, versions, figures, notes)
        earlier = [each for each in versions if each.stage == stage and (stage, each.version) not in in_files]
        for version in reversed(earlier):
            yield prompt_row(recorded(version), versions, figures, {})
