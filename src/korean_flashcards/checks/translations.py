"""Check that an example's translation exists, is in English, and does not contradict the Korean."""

from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.exchanged_words import exchanged
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.checks.used_korean import is_rejected, translated_korean
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.contrasts import contradiction
from korean_flashcards.korean.sentence_contrasts import opposite

TRANSLATION_CONTRADICTS = Check(
    "translation_contradicts", Severity.WARNING, "A translation contradicts its Korean sentence.",
    "Compares numbers, days, people, places, and other facts that the Korean names with the English words.",
)  # fmt: skip
TRANSLATION_LANGUAGE = Check(
    "translation_language", Severity.WARNING, "An example's translation is probably not in English.",
    "Looks for German, French, Spanish, Italian, and Portuguese function words in translations without English ones.",
)  # fmt: skip
CHECKS = (TRANSLATION_CONTRADICTS, TRANSLATION_LANGUAGE)

_ENGLISH = frozenset(
    (
        "the",
        "is",
        "i",
        "to",
        "and",
        "of",
        "in",
        "it",
        "you",
        "my",
        "was",
        "he",
        "she",
        "we",
        "they",
        "this",
        "that",
        "for",
        "at",
    )
)
_FOREIGN_WORDS = """
der die das und ist hat ich nicht ein eine auf mit zu sich dem den le la les des est je il elle une un du et dans pas
el los las es esta está mi de que por con muy ya lo sono del della che per non ho di em uma não eu na os
"""
_FOREIGN = frozenset(_FOREIGN_WORDS.split())
_WORD = lazy_regex("[a-zà-ÿ']+")


def translations_agree_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report translations in the record that contradict the Korean."""
    yield from _disagree(analysis, analysis)


def translations_agree(card: Card) -> Iterator[Finding]:
    """Report translations that contradict the Korean or are in another language. Only English ones can be compared."""
    yield from _disagree(card, card.analysis)
    for stretch in card.own_korean if card.analysis.language.code == "en" else ():
        if stretch.field == "back" and _is_foreign(stretch.translation) and not stretch.on_purpose:
            yield TRANSLATION_LANGUAGE.at(stretch.field, f"“{stretch.translation}” must be in English")


def _disagree(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    for stretch in translated_korean(subject) if analysis.language.code == "en" else ():
        korean, english = stretch.korean, stretch.translation
        if found := contradiction(korean, english):
            message = f"“{english}” has “{found[1]}”, but “{korean}” has {found[0]}"
        elif found := opposite(korean, english):
            message = f"“{english}” does not translate “{korean}”: {found[0]}, but {found[1]}"
        elif len(stretch.words) > 1 and (found := exchanged(korean, english, analysis)):
            message = f"“{english}” has “{found[1]}”, but nothing for {found[0]} in “{korean}”"
        if found and not is_rejected(stretch):
            yield TRANSLATION_CONTRADICTS.at(stretch.field, message)


def _is_foreign(translation: str) -> bool:
    lower = translation.lower()
    if not _ENGLISH.isdisjoint(lower.split()):
        return False
    words = _WORD.findall(lower)
    return len(words) > 3 and _ENGLISH.isdisjoint(words) and sum(word in _FOREIGN for word in words) > 1
