"""Read the card templates and write the Anki package (.apkg)."""

import zipfile
from pathlib import Path
from typing import Any, NoReturn

import polars as pl
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError
from kedro_datasets._typing import TablePreview

from korean_flashcards.datasets.export_stage import StagedFile
from korean_flashcards.datasets.settings_file import read_settings
from korean_flashcards.exports.formats import apkg
from korean_flashcards.exports.formats.apkg import PackageContent
from korean_flashcards.exports.note_text import plain_front, plain_text
from korean_flashcards.files.file_problems import os_reason, shown_path
from korean_flashcards.formats.anki_note import CardSides, NoteTemplates
from korean_flashcards.formats.deck_note_types import EXTRA_NOTE_TYPES

# What a preview shows of a card.
_PREVIEWED = dict.fromkeys(("front", "back", "word", "card_type", "deck"), pl.String)


class AnkiTemplatesDataset(AbstractDataset[NoReturn, NoteTemplates]):
    """A dataset that reads the note types' templates in ``path``: ``front.html``, ``back.html``, and ``style.css``.

    The templates of the extra cards are beside them, such as ``cloze_front.html``. Older projects do not have those.
    """

    def __init__(self, *, path: str, metadata: dict[str, Any] | None = None) -> None:
        self._path = Path(path)
        self.metadata = metadata

    @property
    def path(self) -> Path:
        """Return the folder's path."""
        return self._path

    def load(self) -> NoteTemplates:
        """Return the templates.

        Raises:
            DatasetError: A file cannot be read or is not UTF-8 text.
        """
        front, back, css = (read_settings(self._path / name) for name in ("front.html", "back.html", "style.css"))
        return NoteTemplates(
            front, back, css, {kind: self._sides(kind) for kind in EXTRA_NOTE_TYPES if self._has(kind)}
        )

    def _has(self, kind: str) -> bool:
        return any(path.exists() for path in self._files(kind))

    def _sides(self, kind: str) -> CardSides:
        return CardSides(*map(read_settings, self._files(kind)))

    def _files(self, kind: str) -> list[Path]:
        return [self._path / f"{kind}_{side}.html" for side in ("front", "back")]

    def save(self, data: NoReturn) -> NoReturn:
        raise DatasetError("The card templates are read-only and cannot be saved by a node.")

    def _exists(self) -> bool:
        return self._path.is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"path": str(self._path)}


class AnkiPackageDataset(StagedFile, AbstractDataset[bytes, PackageContent]):
    """A dataset that stores an Anki package (.apkg) and can read its notes back."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    @property
    def exported(self) -> bool:
        """Return whether there is an exported deck. A folder, or a file of a different kind, is not a deck."""
        return self._filepath.is_file() and zipfile.is_zipfile(self._filepath)

    def load(self) -> PackageContent:
        """Return the file's bytes and its notes.

        Raises:
            DatasetError: The file is missing or is not an Anki package.
        """
        if not self._current.exists():
            raise DatasetError(f"{self._filepath.name} does not exist yet. Run `kedro run --pipeline=export`.")
        try:
            file = self._current.read_bytes()
            return PackageContent(file, apkg.read(file))
        except ValueError as error:
            raise DatasetError(
                f"{shown_path(self._filepath)} is damaged: {error}. Run `kedro run --pipeline=export` to recreate it."
            ) from error
        except OSError as error:
            raise DatasetError(
                f"{shown_path(self._filepath)} cannot be read: {os_reason(error)}. "
                "Correct the cause. Then run `kedro run --pipeline=export` to recreate it."
            ) from error

    def preview(self, nrows: int = 5) -> TablePreview:
        """Return the first ``nrows`` cards as plain text, for kedro-viz. Without a deck, there are no rows."""
        cards = pl.DataFrame(schema=_PREVIEWED)
        if self._exists():
            notes = self.load().notes.head(nrows)
            sides = {"front": plain_front("Front"), "back": plain_text("Back"), "word": plain_text("Term")}
            cards = notes.select(**sides, card_type="CardType", deck="deck")
        rows = [list(row) for row in cards.rows()]
        return TablePreview({"index": list(range(cards.height)), "columns": cards.columns, "data": rows})

    def save(self, data: bytes) -> None:
        """Replace the file with the package. If writing fails, the previous file stays intact."""
        with self._writing() as path:
            path.write_bytes(data)

    def _exists(self) -> bool:
        return self._filepath.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
