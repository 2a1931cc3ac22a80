"""Print the document that the options of an export ask for."""

import threading

from korean_flashcards.domain.plurals import counted
from korean_flashcards.exports.content import ExportContent
from korean_flashcards.exports.formats.pdf_parts.columns import Columns
from korean_flashcards.exports.formats.pdf_parts.cut_out_cards import CutOutCards
from korean_flashcards.exports.formats.pdf_parts.deck_bookmarks import DeckBookmarks
from korean_flashcards.exports.formats.pdf_parts.deck_sections import has_deck_sections
from korean_flashcards.exports.formats.pdf_parts.pdf_options import PdfOptions
from korean_flashcards.exports.formats.pdf_parts.printer import Printer
from korean_flashcards.exports.formats.pdf_parts.shown_card import shown_cards, shown_title
from korean_flashcards.exports.formats.pdf_parts.study_sheet import StudySheet

_fonts = threading.Lock()  # reportlab finds a document's font by its name, so documents are printed one after the other


def print_document(content: ExportContent) -> tuple[bytes, list[str]]:
    """Return the PDF, and remarks about characters and texts that are shown in a different form."""
    options = PdfOptions.model_validate(dict(content.options))
    with _fonts:
        printer = Printer(content.title, options.paper)
        incomplete = (_print_cards if options.layout == "cards" else _print_sheet)(printer, content, options)
        file = printer.finished()
    remarks = [_replaced(printer.text.replaced)] if printer.text.replaced else []
    return file, remarks + ([_incomplete(incomplete)] if incomplete else [])


def _print_sheet(printer: Printer, content: ExportContent, options: PdfOptions) -> int:
    columns = Columns(printer, shown_title(content.title), _subtitle(content))
    decks = DeckBookmarks(printer)
    sections = has_deck_sections(content.cards["deck"].fill_null(""))
    StudySheet(printer, columns, with_decks=sections).print_cards(shown_cards(content), decks)
    columns.end()
    return 0


def _print_cards(printer: Printer, content: ExportContent, options: PdfOptions) -> int:
    """Print cards to cut out, and return how many of them are incomplete. Their texts follow after all cards."""
    cut_out = CutOutCards(printer, options, shown_title(content.title))
    cut_out.print_cards(shown_cards(content), DeckBookmarks(printer))
    if cut_out.incomplete or printer.page == 1:
        columns = Columns(
            printer, shown_title(content.title), "The complete texts of the cards that are too long for their size"
        )
        StudySheet(printer, columns).print_cut_out_cards(cut_out.incomplete)
        columns.end()
    return len(cut_out.incomplete)


def _subtitle(content: ExportContent) -> str:
    words, cards = content.cards["item_id"].n_unique(), content.cards.height
    return f"{counted(words, 'word')} · {counted(cards, 'card')}"


def _replaced(number: int) -> str:
    characters = counted(number, "character")
    return f"{characters} that the fonts of the PDF do not have are shown as code points, such as [U+1F600]."


def _incomplete(number: int) -> str:
    cards = "1 card is" if number == 1 else f"{number:,} cards are"
    return f"{cards} too long for the size of the cards. The complete texts follow after the cards."
