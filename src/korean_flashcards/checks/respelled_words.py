"""Check the Korean in records and on cards for words that are probably misspelled, judging by the words around them."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.korean_text import Stretch, keywords_of
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.checks.used_korean import is_rejected
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.everyday_meanings import everyday_meanings
from korean_flashcards.korean.near import stem
from korean_flashcards.korean.respelling import PUNCTUATION, Respelled, may_be_misspelled, respelled
from korean_flashcards.korean.romanisation import latin_start

LIKELY_MISSPELLED = Check(
    "likely_misspelled", Severity.WARNING, "A Korean word is probably misspelled.",
    "Changes one sound of words that the analyzer does not know or reads in an odd way: 저녘마다, 소문데로. A word is "
    "misspelled if the text then becomes far more likely.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (LIKELY_MISSPELLED,)

# Syllables. A single one is often an ending or a part of a word, and a word of two that stands alone is often new: 쿡방.
_SHORTEST_ALONE = 3
_SOUND = lazy_regex(r"\b(?:sound|pronounc|spoken|spell|heard|nickname)", re.I)
_NAME = lazy_regex(r"\b[A-Z][a-z]+")


def respelled_words(subject: Analysis | Card) -> Iterator[Finding]:
    """Report words that are probably misspelled."""
    analysis = subject.analysis
    for stretch in (*subject.own_korean, *keywords_of(subject)):
        # The exceptions that need no analysis of the text come first, because an analysis takes long.
        if _is_meant_alone(stretch, analysis) or not _is_suspicious(stretch, analysis):
            continue
        if stretch.names_character or analysis.is_nonstandard or _is_shown(stretch):
            continue
        for found in respelled(stretch.korean):
            if not (_is_meant(found, stretch, analysis) or _is_name(found.word, stretch)):
                yield LIKELY_MISSPELLED.at(
                    stretch.field, f"{found.word} in “{stretch.korean}” is probably misspelled: write {found.right}"
                )


def _is_suspicious(stretch: Stretch, analysis: Analysis) -> bool:
    """Return whether a word of the stretch may be misspelled. Sentences on cards are analyzed by other checks, too.

    In other texts, each word is analyzed alone, because words recur.
    """
    if stretch.field == "back" and stretch.is_sentence:
        return may_be_misspelled(stretch.korean)
    words = (word.strip(PUNCTUATION) for word in stretch.korean.split(" "))
    unknown = (word for word in words if len(word) > 1 and stem(word) not in everyday_meanings())
    return any(not _is_own(word, stretch, analysis) and may_be_misspelled(word) for word in unknown)


def _is_meant_alone(stretch: Stretch, analysis: Analysis) -> bool:
    """Return whether a stretch is a single word that is written so on purpose or too short to be judged."""
    word = stretch.korean.strip(PUNCTUATION)
    if " " in word or len(stretch.words) > 1:
        return False
    is_ending = word.startswith(("-", "~", "았", "었", "였"))
    return is_ending or len(word) < _SHORTEST_ALONE or _is_own(word, stretch, analysis)


def _is_meant(found: Respelled, stretch: Stretch, analysis: Analysis) -> bool:
    """Return whether a word of the stretch is written so on purpose: a word that the record is about."""
    is_alone = len(stretch.words) <= 1 and found.right == analysis.word
    if len(analysis.spoken) > 1 and analysis.spoken in found.word and analysis.spoken not in found.right:
        return True  # a verb made from a word that the analyzer does not know: 떼창하다
    return is_alone or _is_own(found.word, stretch, analysis)


def _is_own(word: str, stretch: Stretch, analysis: Analysis) -> bool:
    keywords = () if stretch.field == "korean_keywords" else analysis.keywords
    return any(word in one for one in (analysis.word, analysis.spoken, analysis.vs, *keywords) if one)


def _is_shown(stretch: Stretch) -> bool:
    """Return whether the text is shown as a mistake or as it sounds: [병워네], “독립 sounds like 동닙”."""
    if stretch.on_purpose or stretch.is_mistake or is_rejected(stretch):
        return True
    is_in_brackets = "[" in stretch.korean or stretch.before.rfind("[") > stretch.before.rfind("]")
    return is_in_brackets or _SOUND.search(re.split("[.;] ", stretch.before)[-1]) is not None


def _is_name(word: str, stretch: Stretch) -> bool:
    """Return whether the translation has a name that begins with the same sounds."""
    return any(latin_start(name) == latin_start(word) for name in _NAME.findall(stretch.translation))
