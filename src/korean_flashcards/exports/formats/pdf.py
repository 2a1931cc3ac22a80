"""Convert the content of an export to a PDF: a study sheet, or cards to print on both sides and cut out."""

from typing import NamedTuple

import polars as pl

from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.formats.pdf_parts.deck_sections import deck_heading, has_deck_sections
from korean_flashcards.exports.formats.pdf_parts.hangul_words import hangul_words
from korean_flashcards.exports.formats.pdf_parts.pdf_options import PdfOptions
from korean_flashcards.exports.formats.pdf_parts.shown_card import shown_cards, shown_title


class PrintedPdf(NamedTuple):
    """A PDF, and remarks about it: a sentence for each kind of text that is shown in a different form."""

    file: bytes
    remarks: list[str]


def write(content: ExportContent) -> bytes:
    """Return the PDF."""
    return printed(content).file


def printed(content: ExportContent) -> PrintedPdf:
    """Return the PDF and remarks about it."""
    # Imported here because the fonts and reportlab take time to import, and every export imports this module.
    from korean_flashcards.exports.formats.pdf_parts.document import print_document

    return PrintedPdf(*print_document(content))


def read(file: bytes) -> pl.DataFrame:
    """Return each Hangul word in the PDF once, sorted, in the column ``word``. Long words are in parts.

    Raises:
        ValueError: The file is damaged.
    """
    # Imported here because only reading needs pdfium, and every export imports this module.
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(file) as document:
            words: set[str] = set()
            for page in document:
                text = page.get_textpage()
                words |= hangul_words([text.get_text_range()])
                text.close()
                page.close()
    except pypdfium2.PdfiumError as error:
        raise ValueError("it is not a complete PDF") from error
    return _frame(words)


def expected(content: ExportContent) -> pl.DataFrame:
    """Return each Hangul word that the PDF must show once, sorted, in the column ``word``."""
    layout = PdfOptions.model_validate(dict(content.options)).layout
    words = hangul_words([shown_title(content.title)])
    for card in shown_cards(content):
        words |= hangul_words(card.texts_of_sheet() if layout == "sheet" else card.texts_of_card())
    decks = content.cards["deck"].fill_null("")
    if layout == "sheet" and has_deck_sections(decks):
        words |= hangul_words(map(deck_heading, decks.unique()))
    return _frame(words)


def _frame(words: set[str]) -> pl.DataFrame:
    return pl.DataFrame({"word": sorted(words)}, {"word": pl.String})
