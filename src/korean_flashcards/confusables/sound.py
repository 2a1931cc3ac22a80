"""Compare words by their standard pronunciation: homographs and homophones."""

import polars as pl

_SAME_WORD, _SAME_SOUND, _MERGED = 90, 80, 65
# Numbers for the features to compare (see ``word_table``).
FEATURES = ("bare_code", "sound_code", "merged_sound_code")
IS_HOMOGRAPH, _SOUNDS_SAME, _SOUNDS_ALIKE = (pl.col(f"{name}_a") == pl.col(f"{name}_b") for name in FEATURES)


def points() -> pl.Expr:
    """Return the points of pairs with the FEATURES and ``is_proper`` of both words.

    Homographs get the most points, homophones get fewer, and near-homophones, which differ only in vowels that sound alike,
    the fewest. Words that sound different get 0.
    """
    is_name = pl.col("is_proper_a") | pl.col("is_proper_b")
    worth = pl.when(IS_HOMOGRAPH).then(_SAME_WORD).when(is_name).then(0).when(_SOUNDS_SAME).then(_SAME_SOUND)
    return worth.when(_SOUNDS_ALIKE).then(_MERGED).otherwise(0).cast(pl.Int16)


def why() -> pl.Expr:
    """Return the reason, including any pronunciation that both words share (columns: FEATURES, ``sound_a``)."""
    return (
        pl.when(IS_HOMOGRAPH).then(pl.lit("they are spelled the same but have different meanings"))
        .when(_SOUNDS_SAME).then(pl.format("both are pronounced [{}]", "sound_a"))
        .otherwise(pl.lit("they sound alike because many speakers no longer distinguish their vowels"))
    )  # fmt: skip
