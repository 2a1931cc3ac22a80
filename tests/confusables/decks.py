"""Build small vocabularies for tests."""

import random

import polars as pl

from korean_flashcards.confusables import find_among
from korean_flashcards.domain.parameters import ConfusableParameters

SETTINGS = ConfusableParameters(per_word=6, candidates=2, linked=3)
Entry = tuple[str, str, str]  # term, definition, part of speech
_TERMS = "가다 가요 갔다 가치 같이 낫다 낳다 났다 배 베 문 문을 사람 사랑 사람들 나가다 나가요 가르치다 15분 20분 분"
_MEANINGS = ("to go", "to go; to leave", "door", "door, gate", "gate; to go", "suddenly", "love", "man", "because", "")


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


def mixed(count: int, seed: int) -> list[Entry]:
    """Return random entries, many of which share keys."""
    chosen = random.Random(seed)
    kinds = ("noun", "verb", "adverb", "particle", "")
    return [(chosen.choice(_TERMS.split()), chosen.choice(_MEANINGS), chosen.choice(kinds)) for _ in range(count)]
