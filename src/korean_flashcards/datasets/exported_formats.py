"""Declare one dataset class per file format. The catalog names them."""

from korean_flashcards.datasets.format_file import FormatDataset
from korean_flashcards.exports.formats import anki_text, apkg


class ApkgDataset(FormatDataset):
    """A dataset that stores cards as an Anki package (.apkg), with their media files."""

    file_format = apkg


class AnkiTextDataset(FormatDataset):
    """A dataset that stores cards as a text file for Anki's File → Import."""

    file_format = anki_text
