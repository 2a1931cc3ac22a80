"""Export the cards of the deck with a profile: write all files, verify them, and replace the previous ones together."""

import hashlib
import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from korean_flashcards.datasets.export_snapshots import SNAPSHOTS, ExportSnapshots
from korean_flashcards.datasets.export_stage import unwritable
from korean_flashcards.datasets.format_file import FormatDataset
from korean_flashcards.datasets.profile_stage import ProfileStage, interrupted, profile_lock, read_manifest
from korean_flashcards.domain.errors import ExportError, LedgerError
from korean_flashcards.domain.export_record import ExportStart, RecordedExport
from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.file_comparison import first_difference
from korean_flashcards.exports.lay_out import contents, remark_about_scores
from korean_flashcards.exports.shown_columns import shown_cards
from korean_flashcards.files.file_problems import os_reason
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.spending.totals import cost_of_replies
from korean_flashcards.pipelines.export.note_media_nodes import media_of
from korean_flashcards.profiles.deck_cards import DeckCards
from korean_flashcards.profiles.file_formats import KnownFormat, formats_of, known_formats
from korean_flashcards.profiles.profile_files import Profile
from korean_flashcards.profiles.profile_manifest import WrittenFile, details, manifest, result_of

if TYPE_CHECKING:
    from kedro.io import DataCatalog

logger = logging.getLogger(__name__)

_WITH_MEDIA = ("apkg",)  # the formats that contain the files that notes refer to
_LISTED = 500  # exports of a profile among which old ones are cleaned up
_UNCHANGED = "The files of the previous export are unchanged, and the history records that this export failed."


@dataclass(frozen=True)
class Exported:
    """A complete export: its record, its folder, its files, and the number of cards, or of words if ``unit`` is "word".

    ``remark`` is a sentence about the selected cards, if there is something to say.
    """

    export: RecordedExport
    folder: Path
    files: Sequence[WrittenFile]
    cards: int
    unit: str
    remark: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the export for JSON."""
        files = [asdict(file) | {"path": str(self.folder / file.name)} for file in self.files]
        return {"export": self.export.number, "profile": self.export.profile, "cards": self.cards,
                "card_types": dict(self.export.counts), "files": files}  # fmt: skip


@dataclass(frozen=True)
class ContentOfFile:
    """The content of one file of an export, its name, and its format."""

    name: str
    format: KnownFormat
    content: ExportContent


class ProfileExporter:
    """Exports profiles from the same deck.

    Args:
        catalog: The catalog, whose patterns are the formats.
        ledger: The ledger, which records the exports.
        deck: The cards of the deck.
        version: The version of the project.
    """

    def __init__(self, catalog: "DataCatalog", ledger: Ledger, deck: DeckCards, version: str) -> None:
        self._catalog, self._ledger, self._deck, self._version = catalog, ledger, deck, version
        self._snapshots: ExportSnapshots = catalog.load(SNAPSHOTS)

    @cached_property
    def _media(self) -> dict[str, bytes | None]:
        media: dict[str, bytes | None] = self._catalog.load("media")
        return media

    @property
    def deck_size(self) -> int:
        """Return the number of cards in the deck."""
        return self._deck.cards.height

    @property
    def later_reviews(self) -> int:
        """Return the number of reviews and edits that the deck does not contain yet."""
        return self._deck.later_reviews

    def folder(self, name: str) -> Path:
        """Return the folder of a profile's files."""
        return self._snapshots.folder.parent / name

    def files(self, profile: Profile, about: dict[str, Any] | None = None) -> list[ContentOfFile]:
        """Return the content of each file that an export of the profile writes. ``about``: details for all of them.

        Raises:
            ExportError: No card meets the filters.
            SettingsError: A format or a value of a filter does not exist.
        """
        formats = formats_of(profile.settings, known_formats(self._catalog), profile.shown)
        deck, settings = self._deck, profile.settings
        parts = contents(deck.cards, deck.notes, deck.note_types, settings, profile.name)
        return [
            ContentOfFile(
                f"{stem}.{each.ending}",
                each,
                replace(
                    content,
                    details={**content.details, **(about or {}), "format": each.name},
                    options=options,
                    media=media_of(content.notes, self._media) if each.name in _WITH_MEDIA else {},
                ),
            )
            for each, options in formats.items()
            for stem, content in parts
        ]

    def in_file(self, file: ContentOfFile) -> pl.DataFrame:
        """Return what a file with this content contains, without writing it. The format checks its options."""
        file_format = self._dataset("preview", file.name).file_format
        found: pl.DataFrame = file_format.read(file_format.write(file.content))
        return found

    def snapshot(self, profile: Profile) -> pl.DataFrame:
        """Return what an export of the profile would show of each card now. Raises the same errors as ``files``."""
        return _snapshot(profile, self.files(profile))

    def export(self, profile: Profile, filters: dict[str, Any]) -> Exported:
        """Write the files of the profile, and record the export.

        Args:
            profile: The profile, whose settings include the filters from the command line.
            filters: The filters from the command line, for the history.

        Raises:
            FlashcardsError: Nothing was replaced. The message says why.
        """
        folder, command = self.folder(profile.name), f"kedro export run {profile.name}"
        with profile_lock(folder, wait=False) as free:
            if free:
                return self._export(profile, filters, folder, command)
        logger.info("Waiting for a different export of %s to finish (Ctrl-C to stop waiting).", profile.name)
        with profile_lock(folder):
            return self._export(profile, filters, folder, command)

    def _export(self, profile: Profile, filters: dict[str, Any], folder: Path, command: str) -> Exported:
        history = self._ledger.export_history
        finish_interrupted(self._ledger, folder, profile.name, command)
        start = ExportStart(profile.name, ", ".join(profile.settings.format), filters, profile.text)
        export = history.begin(start)
        stage = None
        try:
            about = details(profile, export, self._deck.cards, self._deck.project_id, self._version)
            found = self.files(profile, about)
            stage = ProfileStage(export.number, folder, [file.name for file in found], command)
            files = [self._written(stage, file) for file in found]
            cards = exported_cards(found)
            self._keep_cards(stage, export, profile, found)
            written = manifest(profile, export, cards, files, self._deck.project_id, self._version, self._cost(cards))
            stage.finish(written, profile.settings.keep)
            history.complete(export.number, result_of(json.loads(written)))
            stage.discard()
        except BaseException as error:
            if stage is not None and not stage.released:
                stage.discard()
            with suppress(LedgerError):
                history.fail(export.number, str(error) or "It was stopped.")
            raise
        self._snapshots.prune(history.listing(profile.name, _LISTED)[0], profile.settings.keep + 1)
        return Exported(history.find(export.number), folder, files, cards.height, profile.settings.rows,
                        remark_about_scores(self._deck.cards, profile.settings))  # fmt: skip

    def _written(self, stage: ProfileStage, file: ContentOfFile) -> WrittenFile:
        """Write a new file, and read it back. Raises ExportError if it does not have exactly the expected content."""
        dataset = self._dataset(stage.folder.name, file.name)
        dataset.stage = stage
        dataset.save(file.content)
        found = dataset.load()
        if difference := first_difference(found, dataset.expected(file.content)):
            raise ExportError(
                f"The new {file.name} was read back and is wrong: {difference}. {_UNCHANGED} Check the disk. Then run "
                f"`{stage.command}`."
            )
        data = stage.staged(dataset.path).read_bytes()
        return WrittenFile(file.name, file.format.name, len(data), hashlib.sha256(data).hexdigest(), found.height)

    def _dataset(self, profile: str, file: str) -> FormatDataset:
        """Return the dataset of a file, which one of the catalog's patterns describes."""
        return cast(FormatDataset, self._catalog[f"{profile}/{file}"])

    def _keep_cards(
        self, stage: ProfileStage, export: RecordedExport, profile: Profile, found: Sequence[ContentOfFile]
    ) -> None:
        try:
            self._snapshots.save(export, _snapshot(profile, found))
        except OSError as error:
            raise unwritable(stage, self._snapshots.folder / export.snapshot, os_reason(error)) from error

    def _cost(self, cards: pl.DataFrame) -> tuple[float, int]:
        keys = self._deck.keys.filter(pl.col("item_id").is_in(cards["item_id"].unique().to_list()))["key"]
        return cost_of_replies(self._ledger.store, keys.unique().drop_nulls().to_list())


def exported_cards(files: Sequence[ContentOfFile]) -> pl.DataFrame:
    """Return each card in the files once (CARD_COLUMNS). A word of several lists can be in several files."""
    parts = [file.content.cards for file in files if file.format == files[0].format]
    return pl.concat(parts).unique("guid", keep="first", maintain_order=True)


def finish_interrupted(ledger: Ledger, folder: Path, profile: str, command: str) -> None:
    """Finish the exports that killed processes left half done. The caller must hold the profile's lock."""
    history = ledger.export_history
    for stage in interrupted(folder, command):
        if stage.released:
            try:
                stage.release()
            except OSError as error:
                raise stage.unreplaceable(error) from error
            with suppress(KeyError, TypeError, LedgerError):
                if (begun := history.find(stage.number)).profile == profile and begun.state == "running":
                    history.complete(stage.number, result_of(read_manifest(folder)))
            logger.info("Finished an export of %s that had been interrupted. Its files are complete.", profile)
        stage.discard()
    history.end_killed(profile)


def still_running(folder: Path) -> bool:
    """Return whether a process is exporting the profile with this folder."""
    if not folder.is_dir():
        return False
    try:
        with profile_lock(folder, wait=False) as free:
            return not free
    except ExportError:
        return False  # In a read-only folder, no process can export.


def _snapshot(profile: Profile, files: Sequence[ContentOfFile]) -> pl.DataFrame:
    """Return what the first format's files show of each card."""
    first = files[0].format
    fields = profile.settings.fields
    return pl.concat([shown_cards(first.name, file.content, fields) for file in files if file.format == first])
