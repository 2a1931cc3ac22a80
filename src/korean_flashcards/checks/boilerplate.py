"""Find text repeated on many cards in a deck, such as a front or a memory image that would fit any word."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from korean_flashcards.checks.check import Check
from korean_flashcards.domain.records import Finding, Severity, headword
from korean_flashcards.korean.glosses import content_words

FRONT = Check(
    "boilerplate_front", Severity.WARNING, "The same front appears on other words' cards.",
    "Compares all fronts, ignoring Korean and words from the meaning, and reports any shared by three or more words.",
)  # fmt: skip
BACK = Check(
    "boilerplate_back", Severity.WARNING, "The same back appears on other words' cards.",
    "Compares all backs, ignoring Korean and words from the meaning, and reports any shared by three or more words.",
)  # fmt: skip
METAPHOR = Check(
    "boilerplate_metaphor", Severity.WARNING, "The same memory image appears in other words' records.",
    "Compares all metaphors, ignoring Korean and words from the meaning, and reports any shared by three or more words.",
)  # fmt: skip
HOMOGRAPHS_ALIKE = Check(
    "homographs_alike", Severity.WARNING,
    "Two homographs have the same meaning, so one of the records describes the wrong word.",
    "Compares primary_meaning in all records with the same headword.",
)  # fmt: skip
CHECKS = (FRONT, BACK, METAPHOR, HOMOGRAPHS_ALIKE)

# Two words may share text by chance or for contrast.
_MANY = 3
# Text with fewer content words than this is often identical by chance.
_TELLING = 4
Located = tuple[str, str | None, Finding]


def check_deck(nuance: pl.DataFrame, flashcards: pl.DataFrame) -> Iterator[Located]:
    """Yield the findings of deck-wide checks, as (item_id, tab_name or None for the analysis, finding)."""
    yield from homographs_alike(nuance)
    yield from boilerplate(nuance, flashcards)


def boilerplate(nuance: pl.DataFrame, flashcards: pl.DataFrame) -> Iterator[Located]:
    """Yield (item_id, tab_name or None, finding) for each front, back, or metaphor shared by several words.

    Text from the offline model is skipped because that model uses the same layout for all words by design.
    """
    records = [record for record in nuance.iter_rows(named=True) if not _is_offline(record)]
    meanings = {record["item_id"]: content_words(record["primary_meaning"] or "") for record in records}
    yield from _repeated(records, "metaphor", METAPHOR, meanings)
    cards = [card for card in flashcards.iter_rows(named=True) if not _is_offline(card)]
    yield from _repeated(cards, "front", FRONT, meanings)
    yield from _repeated(cards, "back", BACK, meanings)


def homographs_alike(nuance: pl.DataFrame) -> Iterator[Located]:
    """Yield a finding for each record with the same meaning as another homograph's record.

    All records with the same meaning are reported because only the word list shows which one is correct.
    """
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item_id, term, meaning in nuance.select("item_id", "term", "primary_meaning").iter_rows():
        alike[headword(term or ""), " ".join((meaning or "").split())].append(item_id)
    for (word, meaning), items in alike.items():
        for item_id in items if meaning and len(items) > 1 else ():
            message = f"{len(items)} homographs of {word} have the meaning “{meaning}”, but only one can be correct"
            yield item_id, None, HOMOGRAPHS_ALIKE.at("primary_meaning", message)


def _repeated(
    rows: list[dict[str, Any]], field: str, check: Check, meanings: Mapping[str, frozenset[str]]
) -> Iterator[Located]:
    """Yield a finding for each row whose text is shared by at least ``_MANY`` different words."""
    alike: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        alike[_mould(row[field] or "", meanings.get(row["item_id"], frozenset()))].append(row)
    for mould, group in alike.items():
        words = len({row["item_id"] for row in group})
        if mould and words >= _MANY:
            for row in group:
                message = (
                    f"{words} words have the same {field} except for the word itself: "
                    "write one that fits only this word"
                )
                yield row["item_id"], row.get("tab_name"), check.at(field, message)


def _mould(text: str, meaning: frozenset[str]) -> str:
    """Return a text's content words, excluding Korean, IPA, and words from the meaning.

    Return "" if too few words remain for a comparison.
    """
    words = re.findall(r"[a-z]+", re.sub(r"\[[^\]]*\]", "", text.lower()))
    kept = [word for word in words if (stems := content_words(word)) and not stems & meaning]
    return " ".join(kept) if len(kept) >= _TELLING else ""


def _is_offline(row: Mapping[str, Any]) -> bool:
    return str(row.get("model") or "").startswith("offline/")
