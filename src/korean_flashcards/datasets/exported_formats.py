"""Declare one dataset class per file format. The catalog names them."""

import logging
from pathlib import Path

from korean_flashcards.datasets.format_file import FormatDataset
from korean_flashcards.datasets.layer_file import read_bytes
from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.formats import (
    anki_text,
    apkg,
    csv_file,
    html_deck,
    json_file,
    jsonl_file,
    markdown_sheet,
    mochi,
    obsidian,
    parquet_file,
    pdf,
    quizlet_file,
    tsv_file,
    xlsx_file,
)
from korean_flashcards.exports.formats.pdf_parts.pdf_options import PdfOptions
from korean_flashcards.files.file_problems import shown_path

logger = logging.getLogger(__name__)


class ApkgDataset(FormatDataset):
    """A dataset that stores cards as an Anki package (.apkg), with their media files."""

    file_format = apkg


class AnkiTextDataset(FormatDataset):
    """A dataset that stores cards as a text file for Anki's File → Import."""

    file_format = anki_text


class HtmlDataset(FormatDataset):
    """A dataset that stores cards as one self-contained HTML page."""

    file_format = html_deck


class MarkdownDataset(FormatDataset):
    """A dataset that stores cards as a study sheet in Markdown."""

    file_format = markdown_sheet


class MochiDataset(FormatDataset):
    """A dataset that stores cards as a file for Mochi."""

    file_format = mochi


class ObsidianDataset(FormatDataset):
    """A dataset that stores cards as a note for Obsidian's plugin Spaced Repetition.

    The schedules in the previous note and in the note of the vault are kept.
    """

    file_format = obsidian
    options = obsidian.ObsidianOptions

    def save(self, data: ExportContent) -> None:
        """Replace the note, with the schedules of the previous note and of the option ``vault_note``."""
        in_vault = self.options.model_validate(dict(data.options)).vault_note
        places = [self._filepath, *([Path(in_vault).expanduser()] if in_vault else ())]
        if in_vault and not places[-1].is_file():
            logger.warning("There is no note %s, so no schedules were read from it.", shown_path(places[-1]))
        notes = [read_bytes(place, place.name) for place in places if place.is_file()]
        with self._writing() as path:
            path.write_bytes(obsidian.with_schedules(obsidian.write(data), notes))


class TsvDataset(FormatDataset):
    """A dataset that stores cards as tab-separated text."""

    file_format = tsv_file


class CsvDataset(FormatDataset):
    """A dataset that stores cards as CSV for spreadsheets."""

    file_format = csv_file
    options = csv_file.CsvOptions


class XlsxDataset(FormatDataset):
    """A dataset that stores cards as an Excel workbook."""

    file_format = xlsx_file
    options = xlsx_file.XlsxOptions


class JsonDataset(FormatDataset):
    """A dataset that stores cards as a JSON document."""

    file_format = json_file


class JsonLinesDataset(FormatDataset):
    """A dataset that stores cards as one JSON object per line."""

    file_format = jsonl_file


class ParquetDataset(FormatDataset):
    """A dataset that stores cards as a Parquet file."""

    file_format = parquet_file


class QuizletDataset(FormatDataset):
    """A dataset that stores cards as text for Quizlet's import dialog."""

    file_format = quizlet_file
    options = quizlet_file.QuizletOptions


class PdfDataset(FormatDataset):
    """A dataset that stores cards as a PDF: a study sheet, or cards to cut out."""

    file_format = pdf
    options = PdfOptions

    def save(self, data: ExportContent) -> None:
        """Replace the file, and warn about texts that are printed in a different form."""
        printed = pdf.printed(data)
        with self._writing() as path:
            path.write_bytes(printed.file)
        for remark in printed.remarks:
            logger.warning("%s: %s", shown_path(self._filepath), remark)
