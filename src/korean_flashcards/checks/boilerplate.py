"""Find text repeated on many cards in a deck, such as a front or a memory image that would fit any word."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

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
    records, cards = _from_models(nuance), _from_models(flashcards)
    meanings = {
        item_id: content_words(meaning or "")
        for item_id, meaning in records.select("item_id", "primary_meaning").iter_rows()
    }
    analyses = records.select("item_id", pl.lit(None, pl.String).alias("tab_name"), "metaphor")
    yield from _repeated(analyses, "metaphor", METAPHOR, meanings)
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
    frame: pl.DataFrame, field: str, check: Check, meanings: Mapping[str, frozenset[str]]
) -> Iterator[Located]:
    """Yield a finding for each row whose text is shared by at least ``_MANY`` different words."""
    alike: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    for item_id, tab_name, text in frame.select("item_id", "tab_name", field).iter_rows():
        alike[_mould(text or "", meanings.get(item_id, frozenset()))].append((item_id, tab_name))
    for mould, group in alike.items():
        words = len({item_id for item_id, _ in group})
        if mould and words >= _MANY:
            for item_id, tab_name in group:
                message = (
                    f"{words} words have the same {field} except for the word itself: "
                    "write one that fits only this word"
                )
                yield item_id, tab_name, check.at(field, message)


def _mould(text: str, meaning: frozenset[str]) -> str:
    """Return a text's content words, excluding Korean, IPA, and words from the meaning.

    Return "" if too few words remain for a comparison.
    """
    words = re.findall(r"[a-z]+", re.sub(r"\[[^\]]*\]", "", text.lower()))
    kept = [word for word in words if (stems := content_words(word)) and not stems & meaning]
    return " ".join(kept) if len(kept) >= _TELLING else ""


def _from_models(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose text is not from the offline model."""
    return frame.filter(~pl.col("model").fill_null("").str.starts_with("offline/"))
