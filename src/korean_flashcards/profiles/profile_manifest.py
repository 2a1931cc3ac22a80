"""Describe an export: the manifest beside its files, and the details that some formats contain."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from korean_flashcards.domain.export_record import ExportResult, RecordedExport, RecordedFile
from korean_flashcards.profiles.profile_files import Profile


@dataclass(frozen=True)
class WrittenFile:
    """A new file of an export that was read back and is right.

    Attributes:
        format: The name of the format.
        rows: The number of rows that were read back.
    """

    name: str
    format: str
    bytes: int
    sha256: str
    rows: int


def details(
    profile: Profile, export: RecordedExport, cards: pl.DataFrame, project_id: str | None, version: str
) -> dict[str, Any]:
    """Return where the cards of an export come from (see ``ExportContent.details``), without the format."""
    return {
        "profile": profile.name,
        "created_at": export.started,
        "filters": profile.settings.filters.given(),
        "models": _values(cards, "model"),
        "prompts": _values(cards, "prompt_version"),
        "version": version,
        "project_id": project_id,
    }


def manifest(
    profile: Profile, export: RecordedExport, cards: pl.DataFrame, files: Sequence[WrittenFile],
    project_id: str | None, version: str, cost: tuple[float, int],
) -> bytes:  # fmt: skip
    """Return the content of ``manifest.json``.

    Args:
        profile: The profile, with the filters from the command line.
        export: The export's record.
        cards: The exported cards (``CARD_COLUMNS``).
        files: The new files.
        project_id: The project's ID.
        version: The version of the project.
        cost: What the words' replies cost in USD, and the number of calls whose price is unknown.
    """
    found = {
        "export": export.number,
        **details(profile, export, cards, project_id, version),
        "cards": cards.height,
        "card_types": counts(cards),
        "cost_usd": round(cost[0], 6),
        "calls_of_unknown_price": cost[1],
        "files": [asdict(file) for file in files],
        "settings": profile.text,
    }
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def counts(cards: pl.DataFrame) -> dict[str, int]:
    """Return the number of cards of each type, sorted by type."""
    return dict(cards["card_type"].value_counts().sort("card_type").iter_rows())


def result_of(manifest: dict[str, Any]) -> ExportResult:
    """Return what the export with this manifest wrote. Raises KeyError or TypeError if the manifest is not complete."""
    files = tuple(RecordedFile(file["name"], file["bytes"], file["sha256"]) for file in manifest["files"])
    return ExportResult(files, manifest["card_types"])


def _values(cards: pl.DataFrame, column: str) -> list[str]:
    return cards[column].drop_nulls().unique().sort().to_list()
