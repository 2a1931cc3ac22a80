"""Determine the cue that a word's notes show if the deck has homographs of the word."""

from collections import defaultdict
from typing import Any

import polars as pl

from korean_flashcards.formats.homograph_cues import Homograph, cues, is_about

# These card types ask for the word's part of speech, or for its hanja.
_ASKS_FOR_POS, _ASKS_FOR_HANJA = "Grammar", "Hanja"
_SCHEMA = {"item_id": pl.String, "Cue": pl.String}


def cues_of(cards: pl.DataFrame, words: pl.DataFrame, nuance: pl.DataFrame) -> pl.DataFrame:
    """Return ``item_id`` and ``Cue`` for each word whose headword is also the headword of a different word in ``cards``."""
    types = cards.group_by("item_id").agg(card_types="tab_name")
    listed = words.join(types, on="item_id", maintain_order="left").filter(pl.len().over("term") > 1)
    own = listed.select(
        "item_id", "homograph", "definition", "card_types", listed_hanja="hanja", word="term", topics="tags"
    )
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in own.join(nuance, on="item_id", maintain_order="left").iter_rows(named=True):
        groups[row["word"]].append(row)
    found = [
        pair for rows in groups.values() for pair in zip([row["item_id"] for row in rows], _cues(rows), strict=True)
    ]
    return pl.DataFrame(found, _SCHEMA, orient="row")


def _cues(rows: list[dict[str, Any]]) -> list[str]:
    asked = {card_type for row in rows for card_type in row["card_types"]}
    shared = set.intersection(*(set(row["topics"] or ()) for row in rows))
    return cues([_homograph(row, asked, shared) for row in rows])


def _homograph(row: dict[str, Any], asked: set[str], shared: set[str]) -> Homograph:
    meanings = [text for text in (row["primary_meaning"], row["other_meanings"], row["definition"]) if text]
    return Homograph(
        number=row["homograph"],
        pos="" if _ASKS_FOR_POS in asked else row["pos"],
        hanja="" if _ASKS_FOR_HANJA in asked else row["listed_hanja"] or _own_hanja(row, meanings),
        location=row["suggested_location"],
        anchor=row["anchor_object"],
        # A tag such as unit3 or course::a names no topic.
        topic=next((tag for tag in row["topics"] or () if tag not in shared and tag.isalpha()), ""),
        meanings=meanings,
    )


def _own_hanja(row: dict[str, Any], meanings: list[str]) -> str:
    """Return the hanja in the analysis. Those of a native word are the hanja of its homonyms, and do not count."""
    for homonym in (row["homonyms"] or ())[:1]:
        if homonym["reading"] == row["word"] and is_about(homonym["meaning"], meanings):
            return str(homonym["hanja"])
    return ""
