"""Define the options of a profile for the PDF format."""

from typing import Literal

from korean_flashcards.exports.content import FormatOptions


class PdfOptions(FormatOptions):
    """Set the layout, the paper, and the printing of a PDF.

    Attributes:
        layout: A study sheet, or cards to cut out.
        paper: The size of the paper.
        grid: How many cards to cut out are side by side and one below the other on a page.
        flip: The edge of the paper over which the printer turns it to print the backs of cards.
    """

    layout: Literal["sheet", "cards"] = "sheet"
    paper: Literal["a4", "letter"] = "a4"
    grid: Literal["1x2", "2x3", "2x4", "2x5", "3x4"] = "2x4"
    flip: Literal["long", "short"] = "long"
