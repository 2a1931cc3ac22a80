"""Find Korean words in records and on cards that are probably misspelled, because a frequent word differs in one letter."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.korean_text import Stretch, keywords_of
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.checks.used_korean import is_rejected
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.misspellings import misspellings
from korean_flashcards.korean.near_words import is_better, is_unusual, respelled
from korean_flashcards.korean.romanisation import latin_start
from korean_flashcards.korean.wrong_inflections import wrong_inflections

UNLIKELY_WORD = Check(
    "unlikely_word", Severity.WARNING, "A Korean word is probably misspelled.",
    "Compares words that the analyzer does not know, or takes apart in an odd way, with words that differ in one letter.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (UNLIKELY_WORD,)

# 독립 sounds like 동닙
_SOUND = re.compile(r"\b(?:sound|pronounc|spoken|spell|heard|nickname)", re.I)
_NAME = re.compile(r"\b[A-Z][a-z]+")


def unlikely_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report words in the record, including its keywords, that are probably misspelled."""
    yield from _found(analysis, analysis)


def unlikely_on_card(card: Card) -> Iterator[Finding]:
    """Report words on the card that are probably misspelled."""
    yield from _found(card, card.analysis)


def _found(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    for stretch in (*subject.own_korean, *keywords_of(subject)):
        for word in filter(is_unusual, stretch.words):
            if _is_shown(word, stretch, analysis) or not (right := respelled(word)):
                continue
            is_reported = any(misspellings(word)) or any(wrong_inflections(word))
            if not is_reported and not _is_name(word, stretch) and is_better(stretch.korean, word, right):
                yield UNLIKELY_WORD.at(stretch.field, f"{word} in “{stretch.korean}” is misspelled: write {right}")


def _is_shown(word: str, stretch: Stretch, analysis: Analysis) -> bool:
    """Return whether the word is shown as it sounds or as a mistake, or is the requested word or an ending."""
    is_own = word in analysis.word or analysis.spoken in word
    if is_own or stretch.is_mistake or is_rejected(stretch) or stretch.names_character:
        return True
    is_part = any(f"{sign}{word}" in stretch.korean for sign in "[-~") or f"{word}-" in stretch.korean
    is_in_brackets = stretch.before.rfind("[") > stretch.before.rfind("]")
    return is_part or is_in_brackets or _SOUND.search(re.split("[.;] ", stretch.before)[-1]) is not None


def _is_name(word: str, stretch: Stretch) -> bool:
    """Return whether the translation has a name that begins with the same sounds."""
    return any(latin_start(name) == latin_start(word) for name in _NAME.findall(stretch.translation))
