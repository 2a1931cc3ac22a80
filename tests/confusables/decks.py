"""Build small vocabularies for tests."""

import polars as pl

from korean_flashcards.confusables import find_among
from korean_flashcards.domain.parameters import ConfusableParameters

SETTINGS = ConfusableParameters(per_word=6, candidates=2, linked=3)
Entry = tuple[str, str, str]  # term, definition, part of speech


def deck(*entries: Entry) -> pl.DataFrame:
    """Return a vocabulary with homograph numbers in the given order."""
    rows, seen = [], dict[str, int]()
    for term, definition, pos in entries:
        seen[term] = seen.get(term, 0) + 1
        rows.append({"item_id": f"{term}#{seen[term]}", "term": term, "definition": definition, "pos": pos})
    return pl.DataFrame(rows, schema=dict.fromkeys(("item_id", "term", "definition", "pos"), pl.String))


def found(words: pl.DataFrame, settings: ConfusableParameters = SETTINGS) -> dict[tuple[str, str], dict[str, object]]:
    """Return the confusions, keyed by (item_id, other_id)."""
    return {(row["item_id"], row["other_id"]): row for row in find_among(words, settings).iter_rows(named=True)}
