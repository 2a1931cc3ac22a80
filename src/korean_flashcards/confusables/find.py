"""Find the words that each word in a deck is most likely to be confused with, without comparing all pairs of words."""

from collections.abc import Collection, Iterator

import polars as pl

from korean_flashcards.confusables import rank
from korean_flashcards.confusables.candidate_pairs import candidate_pairs
from korean_flashcards.confusables.choice import chosen
from korean_flashcards.confusables.common_ends import CommonEnds
from korean_flashcards.confusables.reasons import with_reasons
from korean_flashcards.confusables.word_table import WordTable, word_table
from korean_flashcards.domain.frame_builder import Schema
from korean_flashcards.domain.parameters import ConfusableParameters
from korean_flashcards.korean.glosses import cut

# ``candidate``: position (from 1) among the words that the analysis request suggests for the comparison, or null.
CONFUSABLE_SCHEMA: Schema = {
    "item_id": pl.String, "term": pl.String, "other_id": pl.String, "other_term": pl.String, "other_meaning": pl.String,
    "kinds": pl.List(pl.String), "score": pl.Int64, "rank": pl.Int64, "candidate": pl.Int64, "why": pl.String,
}  # fmt: skip
_SHORT_MEANING = 60  # characters
# Number of pairs to choose from at once, to limit the memory that they need.
_CHUNK = 500_000


def find_among(
    vocabulary: pl.DataFrame, settings: ConfusableParameters, of: Collection[str] | None = None
) -> pl.DataFrame:
    """Return the words that each word may be confused with, most likely first (CONFUSABLE_SCHEMA).

    A new word changes only the rows for words that share a key with it.

    Args:
        vocabulary: All words to compare, with the columns item_id, term, pos, and definition.
        settings: The maximum numbers of confusable words and candidates per word.
        of: Item IDs of the words for which to return rows. None means all words.
    """
    table = word_table(vocabulary)
    words = table.words
    wanted = words["item_id"].is_in(list(of)) if of is not None else pl.repeat(True, words.height, eager=True)
    ends = CommonEnds(words["ends"].to_list())
    parts = [rank.scored(pairs, table, ends) for pairs in candidate_pairs(table, wanted)]
    if not parts:
        return pl.DataFrame(schema=CONFUSABLE_SCHEMA)
    pairs = rank.without_misspelled(pl.concat(parts), words)
    rows = with_reasons(pl.concat(_chosen(pairs, table, wanted, settings)), table)
    return _in_order(rows, words, vocabulary)


def candidates_of(confusables: pl.DataFrame) -> dict[str, list[str]]:
    """Return the words that each word should be compared with, such as "갑자기 (suddenly)", keyed by item ID.

    Words without candidates are left out.
    """
    chosen = confusables.filter(pl.col("candidate").is_not_null()).sort("item_id", "candidate")
    named = chosen.select(
        "item_id", pl.format("{} ({})", "other_term", "other_meaning").fill_null(pl.col("other_term"))
    )
    found: dict[str, list[str]] = {}
    for item_id, text in named.iter_rows():
        found.setdefault(item_id, []).append(text)
    return found


def _chosen(
    pairs: pl.DataFrame, table: WordTable, wanted: pl.Series, settings: ConfusableParameters
) -> Iterator[pl.DataFrame]:
    """Yield the words to list for each word, some words at a time.

    Forms of the same word rank last, so words that share only a stem are listed only if fewer than ``per_word`` others are
    found.
    """
    size = -(-table.words.height * _CHUNK // max(2 * pairs.height, _CHUNK))
    for first in range(0, table.words.height, size):
        is_own = [pl.col(side).is_between(first, first + size - 1) for side in ("a", "b")]
        found = pl.concat(
            pairs.filter(own).select(pl.col(word).alias("word"), pl.col(other).alias("other"), pl.exclude("a", "b"))
            for own, word, other in zip(is_own, ("a", "b"), ("b", "a"), strict=True)
        )
        found = found.filter(pl.lit(wanted).gather(pl.col("word")))
        by_key = (~pl.col("is_by_stem") & ~pl.col("is_inflection")).sum().over("word")
        found = found.filter(~pl.col("is_by_stem") | (by_key < settings.per_word)).with_columns(
            id_order=pl.lit(table.words["id_order"]).gather(pl.col("other")),
            is_homograph=pl.lit(table.words["bare_code"]).gather(pl.col("word"))
            == pl.lit(table.words["bare_code"]).gather(pl.col("other")),
        )
        yield chosen(found.sort("word", -pl.col("score"), "id_order"), table, settings)


def _in_order(rows: pl.DataFrame, words: pl.DataFrame, vocabulary: pl.DataFrame) -> pl.DataFrame:
    """Return the layer's columns, with the words in the order of the vocabulary."""
    meanings = pl.Series(
        [cut(definition, _SHORT_MEANING) or None for definition in words["definition"]], dtype=pl.String
    )
    order = pl.int_range(vocabulary.height, dtype=pl.UInt32, eager=True)
    placed = words.select("item_id").join(
        vocabulary.select("item_id", order=order), on="item_id", how="left", maintain_order="left"
    )
    word, other = pl.col("word"), pl.col("other")
    return rows.sort(pl.lit(placed["order"]).gather(word), "rank").select(
        item_id=pl.lit(words["item_id"]).gather(word), term=pl.lit(words["term"]).gather(word),
        other_id=pl.lit(words["item_id"]).gather(other), other_term=pl.lit(words["term"]).gather(other),
        other_meaning=pl.lit(meanings).gather(other), kinds="kinds", score=pl.col("score").cast(pl.Int64), rank="rank",
        candidate="candidate", why="why",
    )  # fmt: skip
