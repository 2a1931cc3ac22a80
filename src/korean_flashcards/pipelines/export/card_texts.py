"""Define the nodes that finish the notes' texts: shorten the backs and add the extra cards."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import polars as pl

from korean_flashcards.domain.parameters import ExportParameters
from korean_flashcards.formats import anki_note
from korean_flashcards.formats.card_back import FIELDS_READ, without_repetitions
from korean_flashcards.formats.deck_note_types import shows
from korean_flashcards.formats.extra_notes import ExtraNotes, WordNotes, with_marks


def shorten_backs(card_notes: pl.DataFrame, templates: anki_note.NoteTemplates) -> pl.DataFrame:
    """Return the notes without those parts of their backs that the answer side shows in other fields."""
    meaning, example = shows(templates.back, "Meaning"), shows(templates.back, "Example")
    notes = card_notes.select(FIELDS_READ).iter_rows(named=True)
    both = meaning and example
    backs = [without_repetitions(note, meaning=meaning, example=example, may_be_empty=both) for note in notes]
    return card_notes.with_columns(Back=pl.Series(backs, dtype=pl.String))


def add_extra_cards(shortened_notes: pl.DataFrame, words: pl.DataFrame, export: ExportParameters) -> pl.DataFrame:
    """Return the notes, followed by the notes for the extra cards of their words (``export.extra_cards``).

    Anki shows new cards in this order, so a learner meets the generated cards first.

    Args:
        shortened_notes: One note per generated card.
        words: The words, with their examples in plain text.
        export: Which extra cards to add.
    """
    if not export.extra_cards:
        return shortened_notes
    by_word: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for note in shortened_notes.iter_rows(named=True):
        by_word[note["item_id"]].append(note)
    texts = _marked_examples(words, {item_id: notes[0]["PartOfSpeech"] for item_id, notes in by_word.items()})
    extra = ExtraNotes({item_id: WordNotes(notes, *texts[item_id]) for item_id, notes in by_word.items()})
    make = {"reverse": extra.reverse, "cloze": extra.cloze}
    made = [make[kind](item_id) for kind in make if kind in export.extra_cards for item_id in by_word]
    return pl.concat([shortened_notes, pl.DataFrame([*filter(None, made)], shortened_notes.schema)])


def _marked_examples(words: pl.DataFrame, parts_of_speech: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the term of each word, and its example as HTML with marked gaps, by the word's ID."""
    rows = [
        (item_id, term, with_marks(term, parts_of_speech[item_id], example or ""))
        for item_id, term, example in words.select("item_id", "term", "example").iter_rows()
        if item_id in parts_of_speech
    ]
    marked = pl.DataFrame(rows, {"item_id": pl.String, "term": pl.String, "example": pl.String}, orient="row")
    html = marked.with_columns(anki_note.as_html("example"))
    return {item_id: (term, example) for item_id, term, example in html.iter_rows()}
