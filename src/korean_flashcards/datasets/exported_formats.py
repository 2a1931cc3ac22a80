"""Declare one dataset class per file format. The catalog names them."""

from korean_flashcards.datasets.format_file import FormatDataset
from korean_flashcards.datasets.layer_file import read_bytes
from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.formats import anki_text, apkg, markdown_sheet, mochi, obsidian


class ApkgDataset(FormatDataset):
    """A dataset that stores cards as an Anki package (.apkg), with their media files."""

    file_format = apkg


class AnkiTextDataset(FormatDataset):
    """A dataset that stores cards as a text file for Anki's File → Import."""

    file_format = anki_text


class MarkdownDataset(FormatDataset):
    """A study sheet in Markdown."""

    file_format = markdown_sheet


class MochiDataset(FormatDataset):
    """A file for Mochi."""

    file_format = mochi


class ObsidianDataset(FormatDataset):
    """A note for Obsidian's plugin Spaced Repetition. The schedules in the previous note are kept."""

    file_format = obsidian

    def save(self, data: ExportContent) -> None:
        """Replace the note, with the schedules of the previous note."""
        note = obsidian.write(data)
        if self._filepath.is_file():
            note = obsidian.with_schedules(note, read_bytes(self._filepath, self._filepath.name))
        with self._writing() as path:
            path.write_bytes(note)
