"""Define the columns of the card table, from which every export is made."""

import polars as pl

from korean_flashcards.domain.frame_builder import Schema

# One row per card in the deck, in the order of the deck. Texts are plain text, not HTML; a missing value is null.
#   guid: the GUID of the card's note in Anki.
#   item_id, word, homograph, term_number: the word, as in the layer ``words``.
#   card_type: the card type, such as Scene. Extra cards have Reverse or Cloze.
#   term: the word with its pronunciation, such as 남성[nam.sʌŋ].
#   sound: the pronunciation in Hangul.
#   hanja: the word's hanja, readings, and meanings, one per line.
#   confused_with: the easily confused words on the card's last line, such as 가리키다 “to point at”.
#   deck: the name of the Anki deck, with "::" before each subdeck.
#   list, list_tags: the file name of the word list that the word came from, and the word's own tags in it.
#   imported_on: the day when the word was imported (local time).
#   changed_on: the day when the content of the card's note last changed (local time).
#   score, verdict: the card's score from 0 to 100, and its verdict (publish, review, or reject). Extra cards have none.
#   review: approved, edited, changed (only an earlier version was reviewed), needed (the verdict is review), or none.
#   model, prompt_version: what wrote the card.
CARD_COLUMNS: Schema = {
    "guid": pl.String, "item_id": pl.String, "word": pl.String, "homograph": pl.Int64, "term_number": pl.Int64,
    "card_type": pl.String, "term": pl.String, "front": pl.String, "back": pl.String, "primer": pl.String,
    "tags": pl.List(pl.String), "honorific_level": pl.String, "part_of_speech": pl.String, "level": pl.Int64,
    "ipa": pl.String, "sound": pl.String, "meaning": pl.String, "hanja": pl.String, "example": pl.String,
    "example_translation": pl.String, "confused_with": pl.String, "frequency": pl.Int64, "deck": pl.String,
    "list": pl.String, "list_tags": pl.List(pl.String), "imported_on": pl.Date, "changed_on": pl.Date,
    "score": pl.Int64, "verdict": pl.String, "review": pl.String, "model": pl.String, "prompt_version": pl.String,
}  # fmt: skip
