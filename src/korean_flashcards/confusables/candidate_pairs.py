"""Find the pairs of words to compare: words that share a key, such as a sense or a stem. Not all pairs are compared."""

from collections.abc import Iterator

import polars as pl

from korean_flashcards.confusables.word_table import WordTable

# If more than twice this many words share a key, a word is compared only with this many on each side, alphabetically.
_WINDOW = 100
# Most pairs to return at once, to limit the memory that they need. The words of one chunk can have a few more.
_CHUNK = 100_000
_STEM = "stem"
_KINDS = pl.Enum(["classic", "sound", "letters", "senses", _STEM])


def candidate_pairs(table: WordTable, wanted: pl.Series) -> Iterator[pl.DataFrame]:
    """Yield the pairs to compare: ``a``, ``b``, and ``is_by_stem``, which marks words that share nothing but a stem.

    Each pair is returned once, with ``a`` less than ``b``. At least one of its words is wanted, as ``wanted`` tells.
    """
    keys = _shared_keys(table, wanted)
    sizes = keys.group_by("word").agg(pl.col("following").sum()).sort("word")
    chunks = sizes.select("word", chunk=pl.col("following").cum_sum() // _CHUNK)
    for words in chunks.partition_by("chunk", maintain_order=True):
        own = keys.filter(pl.col("word").is_between(words["word"][0], words["word"][-1]))
        yield _pairs(own, keys["word"], wanted)


def _shared_keys(table: WordTable, wanted: pl.Series) -> pl.DataFrame:
    """Return the keys of all kinds that wanted words have, sorted by kind, key, and word.

    The columns are ``word``, ``is_stem``, ``row``, and ``following``: the word is compared with those in the following rows.
    """
    sounds = table.words.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("word"), key="merged_sound_code")
    kinds = {
        "classic": table.classic,
        "sound": sounds,
        "letters": table.letters,
        "senses": table.senses,
        _STEM: table.stems,
    }
    keys = pl.concat(keys.select("word", "key", kind=pl.lit(kind, _KINDS)) for kind, keys in kinds.items())
    # Inside ``over``, polars would copy a series for each key.
    keys = keys.with_columns(is_wanted=pl.lit(wanted).gather(pl.col("word")))
    keys = keys.filter(pl.col("is_wanted").any().over("kind", "key")).sort("kind", "key", "word")
    size = pl.len().over("kind", "key")
    following = size - 1 - pl.int_range(pl.len()).over("kind", "key")
    near = pl.when(size > 2 * _WINDOW).then(pl.min_horizontal(following, _WINDOW)).otherwise(following)
    return keys.select("word", is_stem=pl.col("kind") == _STEM, following=near).with_row_index("row")


def _pairs(own: pl.DataFrame, words: pl.Series, wanted: pl.Series) -> pl.DataFrame:
    rows = pl.int_ranges(pl.col("row") + 1, pl.col("row") + 1 + pl.col("following"))
    pairs = own.filter(pl.col("following") > 0).select("is_stem", a="word", other=rows).explode("other")
    pairs = pairs.with_columns(b=pl.lit(words).gather(pl.col("other")))
    pairs = pairs.filter(pl.lit(wanted).gather(pl.col("a")) | pl.lit(wanted).gather(pl.col("b")))
    return pairs.group_by("a", "b").agg(is_by_stem=pl.col("is_stem").all())
