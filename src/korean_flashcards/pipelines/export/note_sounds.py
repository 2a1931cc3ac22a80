"""Determine the pronunciation in Hangul that a word's notes show."""

import polars as pl

from korean_flashcards.korean.spoken_form import spoken_form

_SCHEMA = {"item_id": pl.String, "Sound": pl.String}


def sounds_of(words: pl.DataFrame, nuance: pl.DataFrame) -> pl.DataFrame:
    """Return ``item_id`` and ``Sound`` for each analyzed word, such as ``[동닙]``, or "" if the rules cannot decide."""
    known = nuance.select(
        "item_id", "pos", "ipa", "primary_meaning", hanja=pl.col("homonyms").list.first().struct["hanja"]
    )
    rows = known.join(words.select("item_id", "term", "definition"), on="item_id").iter_rows(named=True)
    found = {
        row["item_id"]: spoken_form(
            row["term"],
            row["pos"],
            row["ipa"],
            definition=row["definition"] or row["primary_meaning"],
            hanja=row["hanja"] or "",
        )
        for row in rows
    }
    return pl.DataFrame({"item_id": list(found), "Sound": list(found.values())}, _SCHEMA)
