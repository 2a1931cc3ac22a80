"""Define the columns of the card table, from which every export is made."""

from typing import get_args

import polars as pl

from korean_flashcards.domain.frame_builder import Schema
from korean_flashcards.domain.parameters import ExtraCard

# Card types of cards that no model wrote.
EXTRA_CARD_TYPES = tuple(kind.title() for kind in get_args(ExtraCard))

# One row per card in the deck, in the order of the deck. Texts are plain text, not HTML; a missing value is null.
CARD_COLUMNS: Schema = {
    "guid": pl.String, "item_id": pl.String, "word": pl.String, "homograph": pl.Int64, "cue": pl.String,
    "term_number": pl.Int64, "card_type": pl.String, "term": pl.String, "front": pl.String, "back": pl.String,
    "primer": pl.String,
    "tags": pl.List(pl.String), "honorific_level": pl.String, "part_of_speech": pl.String, "level": pl.Int64,
    "ipa": pl.String, "sound": pl.String, "meaning": pl.String, "hanja": pl.String, "example": pl.String,
    "example_translation": pl.String, "confused_with": pl.String, "frequency": pl.Int64, "deck": pl.String,
    "list": pl.String, "lists": pl.List(pl.String), "list_tags": pl.List(pl.String), "imported_on": pl.Date,
    "changed_on": pl.Date, "score": pl.Int64, "verdict": pl.String, "review": pl.String, "model": pl.String,
    "prompt_version": pl.String,
}  # fmt: skip

# For the reference page. Extra cards are those of the parameter export.extra_cards.
COLUMN_DESCRIPTIONS: dict[str, str] = {
    "guid": "GUID of the card's note in Anki.",
    "item_id": "ID of the word: the headword, #, and the homograph number, for example 배#2.",
    "word": "The word in Hangul.",
    "homograph": "The word's number among words with the same spelling, starting at 1.",
    "cue": "Text beside the word on the front, such as food, that tells words with the same spelling apart. On Reverse "
    "cards, the first letters of the word, if several words fit the meaning.",
    "term_number": "The word's number in the project.",
    "card_type": "Card type, such as Scene. Extra cards have Reverse or Cloze.",
    "term": "The word with its pronunciation, such as 남성[nam.sʌŋ].",
    "front": "The question.",
    "back": "The answer.",
    "primer": "Introduction that leads into the memory room. Extra cards have none.",
    "tags": "Tags, such as pos:noun and level:TOPIK1.",
    "honorific_level": "Speech level, such as polite.",
    "part_of_speech": "Part of speech, such as noun.",
    "level": "TOPIK level from 1 to 6.",
    "ipa": "Pronunciation in IPA.",
    "sound": "Pronunciation in Hangul, such as [동닙].",
    "meaning": "The meaning to learn.",
    "hanja": "The word's hanja, readings, and meanings, one per line.",
    "example": "Example sentence from the word list.",
    "example_translation": "Translation of the example sentence.",
    "confused_with": "The easily confused words at the end of the card, such as 가리키다 “to point at”, and how to choose.",
    "frequency": "Frequency of the word. More frequent words have a higher number.",
    "deck": "Name of the Anki deck, with :: before each subdeck.",
    "list": "File name of the word list that the word first came from.",
    "lists": "File names of all word lists that contain the word.",
    "list_tags": "The word's own tags in its list.",
    "imported_on": "Day when the word was imported (local time).",
    "changed_on": "Day when the content of the card's note last changed (local time).",
    "score": "The card's score from 0 to 100. Extra cards have none.",
    "verdict": "Verdict based on the score: publish, review, or reject. Extra cards have none.",
    "review": "Review state: approved, edited, changed (only an earlier version was reviewed), needed (nobody has reviewed "
    "the card, and its verdict is review), or none.",
    "model": "Model that wrote the card. Extra cards have none.",
    "prompt_version": "Version of the prompt that the card was written with. Extra cards have none.",
}
