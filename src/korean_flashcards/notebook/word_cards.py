"""Find the cards of words, and show them in notebooks as Anki shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from korean_flashcards.exports.nearest_names import unknown_name
from korean_flashcards.formats.note_media import referenced
from korean_flashcards.notebook.card_frames import card_frames
from korean_flashcards.notebook.plain_errors import NotebookError
from korean_flashcards.profiles.current_deck import current_notes

if TYPE_CHECKING:
    from kedro.io import DataCatalog

_MOST = 60  # cards in one output, so that the notebook stays fast
# Layers with words that have no cards in the deck, in the order of the pipeline, and why. ``{}``: a column of the layer.
_ABSENT = (
    ("nuance_failures", "message", "its analysis failed"),
    ("flashcard_failures", "message", "its cards failed"),
    ("held_flashcards", "held_as", "its cards are held back"),
)


@dataclass(frozen=True)
class WordCards:
    """Cards that a notebook shows as pages that turn over.

    Attributes:
        notes: One row per card, with the columns of ``anki_notes`` except those that identify a note in Anki.
        html: What a notebook shows.
    """

    notes: pl.DataFrame
    html: str

    def __len__(self) -> int:
        return self.notes.height

    def __repr__(self) -> str:
        return "\n".join(self.notes["Key"])

    def _repr_html_(self) -> str:
        return self.html


def word_cards(catalog: "DataCatalog", words: Sequence[str], night: Sequence[bool]) -> WordCards:
    """Return the cards that the deck would have now, with edits and reviews.

    Args:
        catalog: The catalog with the layers.
        words: Headwords or word IDs (배#2). A headword includes all its homographs.
        night: The colors to show each card in, side by side. True: night colors.

    Raises:
        NotebookError: A word is unknown, no word has a card, or there are too many cards.
        DatasetError: A layer is missing or damaged.
    """
    known = catalog.load("words").select("item_id", "term")
    chosen = _item_ids(known, words)
    notes = current_notes(catalog, catalog.load("ledger"), chosen)
    if notes.is_empty():
        raise NotebookError(" ".join(_reason(catalog, item_id) for item_id in chosen))
    if notes.height > _MOST:
        raise NotebookError(f"These words have {notes.height} cards. A notebook shows up to {_MOST}: name fewer words.")
    media = referenced(notes, catalog.load("media"))
    try:
        html = card_frames(notes.iter_rows(named=True), catalog.load("anki_templates"), media, night)
    except ValueError as error:
        raise NotebookError(f"A template in conf/base/anki is wrong. {error}") from error
    return WordCards(notes, html)


def _item_ids(known: pl.DataFrame, words: Sequence[str]) -> list[str]:
    """Return the IDs of the words, in list order."""
    named = [word.strip() for text in words for word in text.split(",") if word.strip()]
    if not named:
        raise NotebookError('Name at least one word, such as cards("남성").')
    names = {*known["item_id"], *known["term"]}
    if unknown := [word for word in dict.fromkeys(named) if word not in names]:
        said = [unknown_name("word", word, known["term"], listed=False) for word in unknown]
        raise NotebookError(" ".join(said))
    return known.filter(pl.any_horizontal(pl.col("item_id", "term").is_in(named)))["item_id"].to_list()


def _reason(catalog: "DataCatalog", item_id: str) -> str:
    """Return why a word has no card in the deck, as a sentence."""
    for layer, column, what in _ABSENT:
        rows: list[Any] = catalog.load(layer).filter(item_id=item_id)[column].unique().to_list()
        if rows:
            return f"{item_id} has no card in the deck: {what} ({', '.join(map(str, rows))})."
    return f'{item_id} has no cards yet. To generate them, use run(words="{item_id}").'
