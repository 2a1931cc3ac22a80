"""Check that an example's translation exists, is in English, and does not contradict the Korean."""

import re
from collections.abc import Iterator
from itertools import pairwise

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.korean_text import Stretch, examples_of
from korean_flashcards.checks.subject import Card
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.contrasts import contradiction
from korean_flashcards.korean.morphology import raw_morphemes

TRANSLATION_CONTRADICTS = Check(
    "translation_contradicts", Severity.WARNING, "A translation contradicts its Korean sentence.",
    "Compares numbers, days, people, places, and other facts that the Korean names with the English words.",
)  # fmt: skip
TRANSLATION_LANGUAGE = Check(
    "translation_language", Severity.WARNING, "An example's translation is probably not in English.",
    "Looks for German, French, Spanish, Italian, and Portuguese function words in translations without English ones.",
)  # fmt: skip
TENSE = Check(
    "tense", Severity.NOTE, "The translation's tense may not be that of the Korean sentence.",
    "Compares -았/었- and -(으)ㄹ 거예요 at the end of the sentence with English verb forms.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (TRANSLATION_CONTRADICTS, TRANSLATION_LANGUAGE, TENSE)

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
_WORD = re.compile("[a-zà-ÿ']+")
_FUTURE = re.compile(r"\b(?:will|won't|shall|going to|gonna)\b|'ll\b", re.I)
_PAST_FORMS = """
was were did didn't had has have been would could came went saw said told got gave took made met ate left felt found bought
thought knew became began wrote ran sat slept lost won heard kept paid read put let used
"""
_PAST = re.compile(rf"\b(?:{'|'.join(_PAST_FORMS.split())}|\w+ed)\b|'(?:ve|d)\b|'s been", re.I)


def translations_agree(card: Card) -> Iterator[Finding]:
    """Report translations that contradict the Korean or are in another language. Only English ones can be compared."""
    if card.analysis.language.code != "en":
        return
    for stretch in examples_of(card):
        if found := contradiction(stretch.korean, stretch.translation):
            named, instead = found
            message = f"“{stretch.translation}” has “{instead}”, but “{stretch.korean}” has {named}"
            yield TRANSLATION_CONTRADICTS.at(stretch.field, message)
        elif _is_foreign(stretch.translation):
            yield TRANSLATION_LANGUAGE.at(stretch.field, f"“{stretch.translation}” must be in English")


def tenses_agree(card: Card) -> Iterator[Finding]:
    """Report English future tense for a Korean past form, and the other way around."""
    for stretch in examples_of(card) if card.analysis.language.code == "en" else ():
        if stretch.is_sentence and (wrong := _wrong_tense(stretch)):
            yield TENSE.at(stretch.field, f"“{stretch.korean}” is {wrong}, but “{stretch.translation}” is not")


def _is_foreign(translation: str) -> bool:
    lower = translation.lower()
    if not _ENGLISH.isdisjoint(lower.split()):
        return False
    words = _WORD.findall(lower)
    return len(words) > 3 and _ENGLISH.isdisjoint(words) and sum(word in _FOREIGN for word in words) > 1


def _wrong_tense(stretch: Stretch) -> str:
    parts = [part for part in raw_morphemes(stretch.korean) if part.tag[0] not in "SJ"]
    last = parts[-4:]
    past = any(part.form in ("었", "았", "였") and part.tag == "EP" for part in last[-2:])
    pairs = pairwise(last)
    future = any(one.form in ("ᆯ", "을") and one.tag == "ETM" and other.form == "거" for one, other in pairs)
    if not (past or future):
        return ""
    has_past, has_future = _PAST.search(stretch.translation), _FUTURE.search(stretch.translation)
    if past and has_future and not has_past:
        return "past"
    return "future" if future and has_past and not has_future else ""
