"""Tabulate the features of all words, so that whole columns of pairs can be compared at once.

A word is identified by its index in the table, which is sorted by spelling.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import polars as pl

from korean_flashcards.confusables import classic, jamo, lemma, meaning
from korean_flashcards.confusables.pair_frames import numbered, shared
from korean_flashcards.confusables.word import ConfusableWord, bare_spelling

# Number of words whose features are in memory as Python objects at once.
_CHUNK = 1000
_FEATURES = {
    "hangul": pl.String, "slots": pl.String, "sound": pl.String, "merged_sound": pl.String, "usual": pl.String,
    "base": pl.String, "is_proper": pl.Boolean, "is_rude": pl.Boolean,
}  # fmt: skip
# Numbers for these features are faster to compare than their text.
_NUMBERED = ("bare", "hangul", "sound", "merged_sound", "usual", "base")


class WordTable(NamedTuple):
    """The features of all words. ``pair_frames`` explains the frames of keys.

    Attributes:
        words: One row per word: its columns in the vocabulary and its features (see ``ConfusableWord``).
        classic: The numbers of the classic pairs that the words belong to (see ``classic.keys``).
        letters: Copies of the words with blanks (see ``jamo.keys``).
        senses: The senses of the words (see ``meaning.keys``).
        stems: The possible stems of the words (see ``lemma.keys``).
    """

    words: pl.DataFrame
    classic: pl.DataFrame
    letters: pl.DataFrame
    senses: pl.DataFrame
    stems: pl.DataFrame


def word_table(vocabulary: pl.DataFrame) -> WordTable:
    """Return the features of all words in a vocabulary with the columns item_id, term, definition, and pos."""
    words = vocabulary.select("item_id", "term", pl.col("definition", "pos").fill_null(""))
    words = words.with_columns(
        pl.Series("bare", map(bare_spelling, words["term"]), pl.String),
        pl.Series("pos", (pos.strip().lower() for pos in words["pos"]), pl.String),
    ).sort("bare", "item_id")
    features, pairs, letters, senses, stems = (pl.concat(parts) for parts in zip(*_parts(words), strict=True))
    words = pl.concat([words, features], how="horizontal")
    senses = shared(senses)
    words = words.with_columns(
        pl.col("item_id").rank("ordinal").alias("id_order"),
        pl.coalesce("slots", "bare").alias("ends"),
        pl.col("slots").str.len_chars().alias("slot_count"),
        *(pl.col(name).rank("dense").alias(f"{name}_code") for name in _NUMBERED),
        meaning.is_word(words, senses).alias("is_word"), meaning.is_question(words).alias("is_question"),
    )  # fmt: skip
    weighed, measured = meaning.weighed(senses), lemma.measured(shared(stems))
    return WordTable(words, shared(pairs), numbered(shared(letters)), numbered(weighed), numbered(measured))


def _parts(words: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, ...]]:
    """Yield the features of the words, and their keys of each kind, a chunk of words at a time."""
    for first in range(0, max(words.height, 1), _CHUNK):
        chunk = words.slice(first, _CHUNK).select("bare", "definition", "pos")
        own = [ConfusableWord.of(*row) for row in chunk.iter_rows()]
        yield _features(own), *(kind.keys(first, own) for kind in (classic, jamo, meaning, lemma))


def _features(words: Sequence[ConfusableWord]) -> pl.DataFrame:
    columns: dict[str, Any] = {name: [getattr(word, name) for word in words] for name in _FEATURES}
    return pl.DataFrame(columns, _FEATURES).with_columns(
        pl.Series("word_class", map(meaning.word_class, words), pl.String),
        pl.Series("sense_count", (len(word.senses) for word in words), pl.UInt32),
    )
