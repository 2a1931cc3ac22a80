"""Score how likely a learner is to confuse two words.

The score depends only on the two words, not on how often a gloss occurs in the lists. A pair therefore has the same score
in every deck, and a new word never changes the order of existing pairs.
"""

import polars as pl

from korean_flashcards.confusables import classic, jamo, lemma, meaning, sound
from korean_flashcards.confusables.common_ends import CommonEnds
from korean_flashcards.confusables.pair_frames import both
from korean_flashcards.confusables.word_table import WordTable
from korean_flashcards.korean.misspellings import misspellings

# Minimum score for a pair to be listed. Forms of the same word have fewer points but are always listed, after all others.
LISTED = 40
# Minimum score for a word to be suggested for the comparison in the analysis request, and to be shown on cards.
LIKELY = 60
CLASSIC, SOUND, LETTERS, MEANING = "classic", "sound", "letters", "meaning"
INFLECTION, HOMOGRAPH = "inflection", "homograph"
# The kinds of similarity that earn points. Each has a column of points, which are 0 for words that are not similar.
KINDS = (CLASSIC, SOUND, LETTERS, MEANING)
_MOST, _SECOND_KIND, _SAME_CLASS, _CLOSENESS = 100, 10, 5, 9


def scored(pairs: pl.DataFrame, table: WordTable, ends: CommonEnds) -> pl.DataFrame:
    """Return the pairs that a learner may confuse, with their ``score`` and their points for each of the KINDS.

    ``is_inflection`` marks forms of one word, which have no such points. ``pair`` is the number of the classic pair, or
    null. Pairs with a misspelled word are still included (see ``without_misspelled``).
    """
    pairs = _comparable(pairs, table.words)
    pairs = pairs.with_columns(classic.listed(pairs, table.classic).alias("pair"))
    same = lemma.same(pairs, table.words, table.stems, table.senses) & pairs["pair"].is_null()
    forms = pairs.filter(same).with_columns(
        *(pl.lit(0, pl.Int16).alias(kind) for kind in KINDS), score=pl.lit(lemma.POINTS, pl.Int16), is_inflection=True
    )
    others = _with_points(pairs.filter(~same), table).with_columns(is_inflection=False)
    found = pl.concat([forms, others.select(forms.columns)])
    found = found.with_columns(pl.col("score") + ends.shares(found, _CLOSENESS).cast(pl.Int16))
    listed = found.filter(pl.col("is_inflection") | (pl.col("score") >= LISTED))
    return listed.with_columns(pl.col("score").clip(upper_bound=_MOST))


def without_misspelled(pairs: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """Return the scored pairs without likely ones that contain a misspelled word, except for classic pairs.

    Only the classic pairs say which spelling is right.
    """
    doubtful = (pl.col("score") >= LIKELY) & pl.col("pair").is_null()
    asked = pairs.filter(doubtful)
    indexes = pl.concat([asked["a"], asked["b"]]).unique()
    spellings = zip(indexes, words["bare"].gather(indexes), strict=True)
    wrong = [at for at, spelling in spellings if _is_misspelled(spelling)]
    return pairs.filter(~doubtful | ~(pl.col("a").is_in(wrong) | pl.col("b").is_in(wrong)))


def _comparable(pairs: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs without vulgar words, which a card must not teach, and without words that differ in a number only.

    분, 15분 and 20분 are the same word with different numbers.
    """
    values = both(pairs, words, "hangul_code", "slot_count", "is_rude")
    has_number = pl.col("slot_count_a").is_null() | pl.col("slot_count_b").is_null()
    differ_in_number = has_number & (pl.col("hangul_code_a") == pl.col("hangul_code_b"))
    return values.filter(~differ_in_number, ~pl.col("is_rude_a"), ~pl.col("is_rude_b")).select(pairs.columns)


def _with_points(pairs: pl.DataFrame, table: WordTable) -> pl.DataFrame:
    """Return the pairs with their points for each kind, and with the score, without those that can have no listed score."""
    values = both(pairs, table.words, *sound.FEATURES, "is_proper", "pos")
    one, other = pl.col("pos_a"), pl.col("pos_b")
    is_same_class = (one == other) | (one == "") | (other == "")
    points = values.select(
        *pairs.columns, is_same_class.alias("is_same_class"),
        pl.when(pl.col("pair").is_null()).then(0).otherwise(classic.POINTS).cast(pl.Int16).alias(CLASSIC),
        sound.points().alias(SOUND), jamo.points(pairs, table.words, table.letters).alias(LETTERS),
        meaning.points(pairs, table.words, table.senses).alias(MEANING),
    )  # fmt: skip
    more_kinds = pl.sum_horizontal(pl.col(kind) != 0 for kind in KINDS).cast(pl.Int16) - 1
    same_class = pl.col("is_same_class").cast(pl.Int16) * _SAME_CLASS
    score = pl.max_horizontal(KINDS) + _SECOND_KIND * more_kinds + same_class
    return points.with_columns(score=score.cast(pl.Int16)).filter(pl.col("score") + _CLOSENESS >= LISTED)


def _is_misspelled(word: str) -> bool:
    return any(misspellings(word)) or word.endswith("이예요")  # 일이예요 for 일이에요
