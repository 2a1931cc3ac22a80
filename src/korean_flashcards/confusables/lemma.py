"""Detect forms of the same word, such as 갔어요 and 간다, or 문 and 문을.

Pairs of such forms are listed as inflections but never suggested for a comparison.
"""

from collections.abc import Iterator, Sequence

import polars as pl

from korean_flashcards.confusables.pair_frames import both, flagged, shared_keys
from korean_flashcards.confusables.word import ConfusableWord
from korean_flashcards.korean.hangul import VOWELS
from korean_flashcards.korean.inflection import letters

POINTS = 20
WHY = "Both are forms of the same word."
_NO_VERBS = ("noun", "pronoun", "numeral", "determiner", "adverb", "particle", "suffix")
_ENDING = letters("다")
_SCHEMA = {"word": pl.UInt32, "key": pl.String, "is_verb": pl.Boolean, "is_base": pl.Boolean}
_VOWEL = f"[{VOWELS}]"


def keys(first: int, words: Sequence[ConfusableWord]) -> pl.DataFrame:
    """Return the possible stems of each word. ``first`` is the index of the first word.

    The columns are ``is_verb`` (whether the word has this stem if it is a verb) and ``is_base`` (whether the word is the
    stem's dictionary form).
    """
    rows = [row for at, word in enumerate(words, first) for row in _stems(at, word)]
    return pl.DataFrame(rows, _SCHEMA, orient="row")


def measured(stems: pl.DataFrame) -> pl.DataFrame:
    """Return the stems with ``is_long``: whether a stem has at least two syllables."""
    return stems.with_columns(is_long=pl.col("key").str.count_matches(_VOWEL) > 1)


def same(pairs: pl.DataFrame, words: pl.DataFrame, stems: pl.DataFrame, senses: pl.DataFrame) -> pl.Series:
    """Return whether both words of each pair are forms of the same word, judging by their letters.

    The module ``inflection`` guesses many stems for each word. A shared stem counts only if the words also share a
    meaning, if one of them is the dictionary form, or if the stem has at least two syllables. Word lists label nominal
    forms such as 하기 as nouns.
    """
    spelled = both(pairs.select("a", "b"), words, "bare_code", "base_code", "usual_code", "pos").select(
        differ=pl.col("bare_code_a") != pl.col("bare_code_b"),
        same=((pl.col("base_code_a") == pl.col("base_code_b")) | (pl.col("usual_code_a") == pl.col("usual_code_b"))),
        is_no_verb=pl.col("pos_a").is_in(_NO_VERBS) | pl.col("pos_b").is_in(_NO_VERBS),
    )
    shared = shared_keys(pairs, stems)
    shared = shared.with_columns(spelled["is_no_verb"].gather(shared["pair"]))
    is_sure = pl.col("is_long") | pl.col("is_base") | pl.col("is_base_b")
    counts = is_sure & ~(pl.col("is_verb") & pl.col("is_no_verb"))
    by_pair = shared.group_by("pair").agg(counts.any().alias("counts"))
    certain, others = (by_pair.filter(pl.col("counts") == value)["pair"] for value in (True, False))
    alike = others.gather(shared_keys(pairs[others], senses)["pair"])
    by_stem = flagged(pairs, pl.concat([certain, alike]))
    return spelled.select(pl.col("differ") & (pl.col("same").fill_null(False) | by_stem)).to_series()


def _stems(at: int, word: ConfusableWord) -> Iterator[tuple[int, str, bool, bool]]:
    for stem in word.noun_stems:
        yield at, stem, False, stem == word.letters
    for stem in word.verb_stems:
        # The space distinguishes a verb's stem from a noun's.
        yield at, " " + stem, True, stem + _ENDING == word.letters
