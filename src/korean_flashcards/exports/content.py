"""Define what one exported file shows. Each format writes this content and can read it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl
from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from korean_flashcards.domain.exported_notes import ExportedNoteType
    from korean_flashcards.formats.anki_note import NoteType


class FormatOptions(BaseModel):
    """The options of a format without options. A format with options derives a class from it, with a default for each."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class ExportContent:
    """The content of one exported file.

    Attributes:
        cards: The selected cards in the order of the file (``CARD_COLUMNS``). Formats with their own layout, such as HTML
            and PDF, show these.
        table: The same rows with the columns of the profile, under the names and in the order of the profile. Formats that
            are tables, such as CSV and XLSX, show these. Texts, numbers, and dates keep their types; lists are joined text.
        title: The title, such as the name of the profile, as people read it.
        front: The text on the front of each card, in the order of ``cards``; the profile's template has been applied.
        back: The text on the back of each card.
        notes: The cards' Anki notes, as in the layer ``anki_notes``, in the order of ``cards``.
        note_types: The notes' types, and when they last changed.
        details: Where the cards come from: the keys profile, format, created_at (ISO 8601, UTC), filters, models, prompts,
            version (of the project), project_id. Formats with room for it, such as JSON, include it.
        options: The profile's options for the format, which ``FormatDataset.options`` accepted.
        media: The files that the notes refer to, by name.
    """

    cards: pl.DataFrame
    table: pl.DataFrame
    title: str
    front: pl.Series
    back: pl.Series
    notes: pl.DataFrame
    note_types: "Sequence[tuple[NoteType, ExportedNoteType]]"
    details: Mapping[str, Any]
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    media: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))


class FileFormat(Protocol):
    """A file format: a module in ``exports.formats`` with these functions.

    ``write`` returns the bytes of the file. ``read`` returns what the bytes contain, as text columns, and raises ValueError
    if they are damaged. ``expected`` returns the frame that ``read`` must return for this content.
    """

    def write(self, content: ExportContent) -> bytes: ...

    def read(self, file: bytes) -> pl.DataFrame: ...

    def expected(self, content: ExportContent) -> pl.DataFrame: ...
