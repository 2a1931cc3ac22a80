"""Compare many pairs of words at once: look up the features of both words, and the keys that the words share.

A pair is a row with the indexes of two different words, ``a`` and ``b``. A word has a row in a frame of keys for each of its
keys, with the columns ``word``, ``key``, and those that describe the key.
"""

import polars as pl


def both(pairs: pl.DataFrame, words: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Return the pairs with these features of both words, such as ``pos_a`` and ``pos_b``."""
    return pairs.with_columns(
        words[name].gather(pairs[side]).alias(f"{name}_{side}") for name in names for side in ("a", "b")
    )


def shared(keys: pl.DataFrame) -> pl.DataFrame:
    """Return the keys that several words share."""
    return keys.filter(pl.len().over("key") > 1)


def numbered(keys: pl.DataFrame) -> pl.DataFrame:
    """Return the keys with numbers instead of text."""
    return keys.with_columns(pl.col("key").rank("dense").cast(pl.UInt32))


def shared_keys(pairs: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each key that the words of a pair share.

    The columns are ``pair`` (the index of the pair), ``key``, and those that describe the key, for the first word and, with
    the suffix ``_b``, for the second.
    """
    first_key = pl.col("key").cast(pl.UInt64) * pl.lit(2**32, pl.UInt64)
    own = pairs.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("pair"), "a", "b")
    first = own.join(keys, left_on="a", right_on="word").select(
        pl.exclude("a", "b"), (first_key + pl.col("b")).alias("word_key")
    )
    second = keys.select(pl.exclude("word", "key"), (first_key + pl.col("word")).alias("word_key"))
    return first.join(second, on="word_key", suffix="_b").drop("word_key")


def flagged(pairs: pl.DataFrame, indexes: pl.Series) -> pl.Series:
    """Return whether each pair is among the pairs with these indexes."""
    return pl.int_range(pairs.height, dtype=pl.UInt32, eager=True).is_in(indexes.implode())
