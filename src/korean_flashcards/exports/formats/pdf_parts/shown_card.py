"""Take what a PDF shows of each card from the content of an export."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from korean_flashcards.exports.card_columns import EXTRA_CARD_TYPES
from korean_flashcards.exports.card_sides import (
    answers,
    asks_for_word,
    level_name,
    own_sides,
    sound_in_brackets,
    word_cue,
)
from korean_flashcards.exports.content import ExportContent

_LONGEST_TITLE = 80  # characters
_TEXTS = (
    "item_id", "card_type", "word", "cue", "word_cue", "sound", "ipa", "meaning", "part_of_speech", "hanja", "example",
    "example_translation", "confused_with", "deck",
)  # fmt: skip
_ABOUT_WORD = (
    "word", "cue", "word_cue", "sound", "ipa", "meaning", "part_of_speech", "hanja", "example", "example_translation",
    "confused_with", "level", "score",
)  # fmt: skip


class ShownCard(NamedTuple):
    """Hold the texts that a PDF shows of a card. Missing texts are empty.

    Attributes:
        number: The card's number in the file, from 1.
        item_id: The word that the card is about. It is not shown.
        cue: The text on the front that tells the card from cards with the same front.
        word_cue: The text that tells the word from words with the same spelling.
        front: The text on the front, which the profile's template made.
        back: The text on the back.
        level: The word's TOPIK level, such as ``TOPIK 1``.
        score: The card's score, with its verdict unless that is "publish".
        names_word: Whether the front shows the word above its text.
        explains_word: Whether the back shows the word's pronunciation, meaning, and example with its text.
    """

    number: int
    item_id: str
    card_type: str
    word: str
    cue: str
    word_cue: str
    sound: str
    ipa: str
    meaning: str
    part_of_speech: str
    hanja: str
    example: str
    example_translation: str
    confused_with: str
    deck: str
    front: str
    back: str
    level: str
    score: str
    names_word: bool
    explains_word: bool

    @property
    def named_word(self) -> str:
        """Return the word with its cue, such as 배 (food)."""
        return f"{self.word} ({self.word_cue})" if self.word and self.word_cue else self.word

    def texts_of_sheet(self) -> tuple[str, ...]:
        """Return the texts that a study sheet shows."""
        return (
            self.card_type, self.word, self.word_cue, self.sound, self.ipa, self.meaning, self.part_of_speech, self.hanja,
            self.example, self.example_translation, self.confused_with, self.front, self.back,
        )  # fmt: skip

    def texts_of_card(self) -> Iterator[str]:
        """Yield the texts that both sides of a card to cut out show."""
        yield from (self.card_type, self.front, self.back)
        yield self.cue
        if self.names_word or self.explains_word:
            yield self.word
        if self.explains_word:
            yield from self.texts_of_sheet()


def shown_title(title: str) -> str:
    """Return the title as it is printed."""
    return title if len(title) <= _LONGEST_TITLE else title[:_LONGEST_TITLE] + "..."


def shown_cards(content: ExportContent) -> Iterator[ShownCard]:
    """Yield what a PDF shows of each card.

    If the profile has its own template for a side, that side shows the text of the template and nothing else.
    """
    wordless = pl.col("card_type").is_in(EXTRA_CARD_TYPES).fill_null(False) | asks_for_word()
    own_front, own_back = own_sides(content)
    cue = pl.lit("") if own_front else pl.col("cue")
    frame = content.cards.with_columns(sound_in_brackets(), cue=cue, word_cue=word_cue()).select(
        pl.int_range(1, content.cards.height + 1).alias("number"),
        *(pl.col(name).fill_null("") for name in _TEXTS),
        content.front.alias("front").fill_null(""),
        answers(content).alias("back").fill_null(""),
        level_name().fill_null(""),
        _score(),
        (~wordless & (not own_front)).alias("names_word"),
        pl.lit(not own_back).alias("explains_word"),
    )
    hidden = [*(["card_type"] if own_front else []), *(_ABOUT_WORD if own_front and own_back else [])]
    return map(ShownCard._make, frame.with_columns(pl.lit("").alias(name) for name in hidden).iter_rows())


def _score() -> pl.Expr:
    verdict = pl.when(pl.col("verdict") != "publish").then(pl.format(" ({})", "verdict")).otherwise(pl.lit(""))
    return pl.format("Score {}{}", "score", verdict).fill_null("").alias("score")
