"""The same text on many cards of a deck: a front or an image that would fit any word."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from korean_flashcards.checks.check import Check
from korean_flashcards.domain.records import Finding, Severity, headword
from korean_flashcards.korean.glosses import content_words

FRONT = Check(
    "boilerplate_front", Severity.WARNING, "the same front stands on cards of other words",
    "fronts of a deck with Korean and the words of the meaning left out: equal ones, three or more of them",
)  # fmt: skip
BACK = Check(
    "boilerplate_back", Severity.WARNING, "the same back stands on cards of other words",
    "backs of a deck with Korean and the words of the meaning left out: equal ones, three or more of them",
)  # fmt: skip
METAPHOR = Check(
    "boilerplate_metaphor", Severity.WARNING, "the same memory image serves other words",
    "metaphors of a deck with Korean and the words of the meaning left out: equal ones, three or more of them",
)  # fmt: skip
HOMOGRAPHS_ALIKE = Check(
    "homographs_alike", Severity.WARNING, "two homographs have the same meaning: one of the records is about the other",
    "primary_meaning of the records of one headword",
)  # fmt: skip
CHECKS = (FRONT, BACK, METAPHOR, HOMOGRAPHS_ALIKE)

# Two words may share a line by chance or for contrast.
_MANY = 3
# A text of fewer words than this may well be the same by chance.
_TELLING = 4
Located = tuple[str, str | None, Finding]


def boilerplate(nuance: pl.DataFrame, flashcards: pl.DataFrame) -> Iterator[Located]:
    """Yield (item_id, tab_name or None, finding). The offline model's cards are passed over: one stage, by design."""
    records = [record for record in nuance.iter_rows(named=True) if not _is_offline(record)]
    meanings = {record["item_id"]: content_words(record["primary_meaning"] or "") for record in records}
    yield from _repeated(records, "metaphor", METAPHOR, meanings)
    cards = [card for card in flashcards.iter_rows(named=True) if not _is_offline(card)]
    yield from _repeated(cards, "front", FRONT, meanings)
    yield from _repeated(cards, "back", BACK, meanings)


def homographs_alike(nuance: pl.DataFrame) -> Iterator[Located]:
    """Yield a finding for each of the records of one headword that say the same: which is right, only the list knows."""
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item_id, term, meaning in nuance.select("item_id", "term", "primary_meaning").iter_rows():
        alike[headword(term or ""), " ".join((meaning or "").split())].append(item_id)
    for (word, meaning), items in alike.items():
        for item_id in items if meaning and len(items) > 1 else ():
            message = f"{len(items)} homographs of {word} have the meaning “{meaning}”: only one of them can be right"
            yield item_id, None, HOMOGRAPHS_ALIKE.at("primary_meaning", message)


def _repeated(
    rows: list[dict[str, Any]], field: str, check: Check, meanings: Mapping[str, frozenset[str]]
) -> Iterator[Located]:
    """Rows of at least so many different words that say the same."""
    alike: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        alike[_mould(row[field] or "", meanings.get(row["item_id"], frozenset()))].append(row)
    for mould, group in alike.items():
        words = len({row["item_id"] for row in group})
        if mould and words >= _MANY:
            for row in group:
                message = (
                    f"{words} words of the deck have this {field} but for the word itself: write one for this word"
                )
                yield row["item_id"], row.get("tab_name"), check.at(field, message)


def _mould(text: str, meaning: frozenset[str]) -> str:
    """The telling words of a text without Korean, IPA and the meaning: what would be left for any word."""
    words = re.findall(r"[a-z]+", re.sub(r"\[[^\]]*\]", "", text.lower()))
    kept = [word for word in words if (stems := content_words(word)) and not stems & meaning]
    return " ".join(kept) if len(kept) >= _TELLING else ""


def _is_offline(row: Mapping[str, Any]) -> bool:
    return str(row.get("model") or "").startswith("offline/")
