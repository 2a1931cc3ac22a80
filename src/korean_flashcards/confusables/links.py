"""Choose the confusable words to show on a card, limited to words in the deck."""

from collections.abc import Collection

import polars as pl

from korean_flashcards.confusables.rank import CLASSIC, INFLECTION, LIKELY

_KINDS = pl.col("kinds").list


def linked_words(confusables: pl.DataFrame, exported: Collection[str], most: int) -> pl.DataFrame:
    """Return one row per word with the confusable words to show on its cards.

    The columns are item_id, ``confused_with`` (a list of {term, meaning}), and ``advice`` (one line for each classic pair
    among them on how to choose, or null). Pairs with too few points and other forms of the word itself are left out. No
    combination of term and meaning and no advice is repeated.

    Args:
        confusables: All pairs of confusable words (CONFUSABLE_SCHEMA).
        exported: Item IDs of the words in the deck.
        most: Maximum number of confusable words per word.
    """
    likeliest = confusables.filter(
        pl.col("other_id").is_in(list(exported)) & (pl.col("score") >= LIKELY) & ~_KINDS.contains(INFLECTION)
    ).with_columns(advice=pl.when(_KINDS.contains(CLASSIC)).then("why"))
    own_advice = pl.coalesce("advice", "other_id")
    distinct = likeliest.unique(["item_id", "other_term", "other_meaning"], keep="first", maintain_order=True)
    distinct = distinct.with_columns(said=own_advice).unique(["item_id", "said"], keep="first", maintain_order=True)
    pair = pl.struct(term="other_term", meaning="other_meaning")
    advice = pl.col("advice").head(most).drop_nulls().str.join("\n")
    return distinct.group_by("item_id", maintain_order=True).agg(
        confused_with=pair.head(most), advice=pl.when(advice != "").then(advice)
    )
