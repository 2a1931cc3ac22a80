"""Which cards point to which: the words that a learner mixes a card's word up with, as far as the deck has them."""

from collections.abc import Collection

import polars as pl

from korean_flashcards.confusables.rank import INFLECTION


def linked_words(confusables: pl.DataFrame, exported: Collection[str], most: int) -> pl.DataFrame:
    """Return one row a word: item_id, ``confused_with`` (at most ``most`` × {term, meaning}), each other term once.

    ``exported``: the item ids in the deck. Forms of the word itself are left out.
    """
    likeliest = confusables.filter(
        pl.col("other_id").is_in(list(exported)) & ~pl.col("kinds").list.contains(INFLECTION)
    ).unique(["item_id", "other_term", "other_meaning"], keep="first", maintain_order=True)
    pair = pl.struct(term="other_term", meaning="other_meaning")
    return likeliest.group_by("item_id", maintain_order=True).agg(confused_with=pair.head(most))
