"""Define the record of an export, as the ledger's history of exports stores it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

# The name under which exports of the main deck (korean.apkg and the files beside it) are recorded. No profile has it.
MAIN_DECK = "deck"
# The same for exports with ``export.filters`` or ``export.only_selected`` (korean_selected.apkg and the files beside it).
SELECTED_DECK = "deck_selected"
DECKS = (MAIN_DECK, SELECTED_DECK)

ExportState = Literal["running", "complete", "failed", "killed"]


@dataclass(frozen=True)
class RecordedFile:
    """A file that an export wrote: its name in the export's folder, its size, and its SHA-256 in hex."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class ExportStart:
    """An export that begins.

    Attributes:
        profile: The name of the profile, MAIN_DECK, or SELECTED_DECK.
        format: The name of the file format.
        filters: The filters from the command line, which narrow those of the profile.
        settings: The text of the profile's file, or "" for the main deck.
    """

    profile: str
    format: str
    filters: Mapping[str, Any]
    settings: str


@dataclass(frozen=True)
class ExportResult:
    """The result of a complete export: its files, and the number of cards by card type."""

    files: tuple[RecordedFile, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True)
class RecordedExport:
    """An export in the history. Times are in UTC (ISO 8601).

    Attributes:
        number: The export's number, by which commands find it.
        ended: The end, or None while the export is running.
        cards: The number of cards, or None unless the export is complete.
        message: The error that ended a failed export.
    """

    number: int
    profile: str
    state: ExportState
    started: str
    ended: str | None
    format: str
    cards: int | None
    counts: Mapping[str, int]
    files: tuple[RecordedFile, ...]
    filters: Mapping[str, Any]
    settings: str
    message: str | None

    @property
    def snapshot(self) -> str:
        """Return the name of the file with the export's cards. A ledger that starts over does not reuse the name."""
        return f"{self.number}-{self.started.replace(':', '').replace('-', '')}.parquet"
