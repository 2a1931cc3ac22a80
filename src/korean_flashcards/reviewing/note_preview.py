"""Lay out one card as an Anki note, with the functions that lay out the deck, to preview it before the next export."""

from collections.abc import Collection, Sequence

import polars as pl

from korean_flashcards.domain.errors import LayersOutOfStepError
from korean_flashcards.formats.anki_note import FIELDS, NoteTemplates
from korean_flashcards.pipelines.export.card_texts import shorten_backs
from korean_flashcards.pipelines.export.nodes import lay_out_notes
from korean_flashcards.review.parts import ANALYSIS, Override, Part
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
        notes = self.notes([part.item_id], trial)
        if part not in notes:
            raise LayersOutOfStepError(f"{part} has no card to show. `kedro run` creates it.")
        return notes[part]

    def notes(self, item_ids: Collection[str], trial: Sequence[Override] = ()) -> dict[Part, dict[str, str]]:
        """Return the fields of the notes of all cards of these words, and for each analysis those of the first card."""
        words = self._session.layers.load("words")
        # All homographs of the words, because their notes show what tells them apart.
        terms = words.filter(pl.col("item_id").is_in(list(item_ids))).select("term")
        words = words.join(terms, on="term", how="semi")
        nuance, cards, _ = self._session.edited(words["item_id"].to_list(), trial)
        linked = cards.join(self._links(), on=["item_id", "tab_name"], how="left", maintain_order="left")
        laid_out = shorten_backs(lay_out_notes(linked, nuance, words, self._session.settings.export), self._templates)
        found: dict[Part, dict[str, str]] = {}
        for note in laid_out.select("item_id", *FIELDS).iter_rows(named=True):
            fields = {name: note[name] for name in FIELDS}
            found[Part(note["item_id"], note["CardType"])] = fields
            found.setdefault(Part(note["item_id"], ANALYSIS), fields)
        return found

    def _links(self) -> pl.DataFrame:
        """Return the easily confused words of the cards in the deck."""
        linked = self._session.layers.found("linked_flashcards")
        return linked.select(*_LINKS) if linked.width else pl.DataFrame(schema=_LINKS)
