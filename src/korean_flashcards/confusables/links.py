"""Choose the confusable words to show on a card, limited to words in the deck."""

from collections.abc import Collection

import polars as pl

from korean_flashcards.confusables.rank import INFLECTION


def linked_words(confusables: pl.DataFrame, exported: Collection[str], most: int) -> pl.DataFrame:
    """Return one row per word with the columns item_id and ``confused_with``, a list of {term, meaning}.

    Other forms of the word itself are left out, and no combination of term and meaning is repeated.

    Args:
        confusables: All pairs of confusable words (CONFUSABLE_SCHEMA).
        exported: Item IDs of the words in the deck.
        most: Maximum number of confusable words per word.
    """
    likeliest = confusables.filter(
        pl.col("other_id").is_in(list(exported)) & ~pl.col("kinds").list.contains(INFLECTION)
    ).unique(["item_id", "other_term", "other_meaning"], keep="first", maintain_order=True)
    pair = pl.struct(term="other_term", meaning="other_meaning")
    return likeliest.group_by("item_id", maintain_order=True).agg(confused_with=pair.head(most))
