"""Lay out one card as an Anki note, with the functions that lay out the deck, to preview it before the next export."""

from collections.abc import Sequence

import polars as pl

from korean_flashcards.domain.errors import LayersOutOfStepError
from korean_flashcards.formats.anki_note import FIELDS, NoteTemplates
from korean_flashcards.pipelines.export.card_texts import shorten_backs
from korean_flashcards.pipelines.export.nodes import lay_out_notes
from korean_flashcards.review.parts import Override, Part
from korean_flashcards.reviewing.review_session import ReviewSession

_LINKS: dict[str, pl.DataType | type[pl.DataType]] = {
    "item_id": pl.String,
    "tab_name": pl.String,
    "confused_with": pl.List(pl.Struct({"term": pl.String, "meaning": pl.String})),
    "advice": pl.String,
}


class NotePreview:
    """The notes that the cards of a session would have in the deck. Recordings and pictures are left out."""

    def __init__(self, session: ReviewSession, templates: NoteTemplates) -> None:
        self._session, self._templates = session, templates

    def fields(self, part: Part, trial: Sequence[Override] = ()) -> dict[str, str]:
        """Return the fields of a card's note (``anki_note.FIELDS``), in escaped HTML.

        Args:
            part: The card, or the analysis of a word, for which the word's first card is laid out.
            trial: Edits that are not in the ledger.

        Raises:
            LayersOutOfStepError: The word has no card, or the last run did not include the word.
        """
        words = self._session.layers.load("words")
        # All homographs of the word, because their notes show what tells them apart.
        term = words.filter(pl.col("item_id") == part.item_id).select("term")
        words = words.join(term, on="term", how="semi")
        nuance, cards, _ = self._session.edited(words["item_id"].to_list(), trial)
        linked = cards.join(self._links(), on=["item_id", "tab_name"], how="left", maintain_order="left")
        notes = lay_out_notes(linked, nuance, words, self._session.settings.export)
        own = notes.filter(pl.col("item_id") == part.item_id)
        if part.tab_name:
            own = own.filter(pl.col("CardType") == part.tab_name)
        if own.is_empty():
            raise LayersOutOfStepError(f"{part} has no card to show. `kedro run` creates it.")
        (note,) = shorten_backs(own.head(1), self._templates).select(FIELDS).iter_rows(named=True)
        return dict(note)

    def _links(self) -> pl.DataFrame:
        """Return the easily confused words of the cards in the deck."""
        linked = self._session.layers.found("linked_flashcards")
        return linked.select(*_LINKS) if linked.width else pl.DataFrame(schema=_LINKS)
