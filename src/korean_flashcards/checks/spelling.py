"""Check the Korean in records and on cards for misspellings, words that do not exist, and wrong endings and particles."""

from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.korean_text import Stretch, keywords_of, korean_of
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.misspellings import KEYS, misspellings
from korean_flashcards.korean.respelling import respelled
from korean_flashcards.korean.slips import Slip, SlipKind, slips
from korean_flashcards.korean.wrong_inflections import wrong_inflections
from korean_flashcards.korean.wrong_particles import wrong_particles
from korean_flashcards.korean.wrong_spaces import wrong_spaces

MISSPELLED = Check(
    "misspelled", Severity.ERROR, "A Korean word is misspelled.",
    "Searches Korean text for frequent misspellings, such as 어제밤, 할께요, and 스킨쉽, unless it calls them wrong.",
)  # fmt: skip
UNKNOWN_WORD = Check(
    "unknown_word", Severity.WARNING, "An example contains a word that does not exist.",
    "Looks up the morphemes of Korean sentences in the analyzer's dictionary, ignoring the word itself and names.",
    needs_morphology=True,
)  # fmt: skip
WRONG_FORM = Check(
    "wrong_form", Severity.WARNING, "A word has the wrong ending or particle, or a space is wrong.",
    "Compares the words of Korean sentences with the standard spelling of their morphemes.",
    needs_morphology=True,
)  # fmt: skip
SPACING = Check(
    "spacing", Severity.NOTE, "Two words are written without a space.",
    "Finds dependent nouns and auxiliary verbs that are attached to the word before them: 갈거예요, 먹고있어요, 두시간.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (MISSPELLED, UNKNOWN_WORD, WRONG_FORM, SPACING)

# Words that begin sentences or are capitalized, but are not people's or brands' names.
_NOT_NAMES = """
I The A An My Our Your His Her Its Their This That These Those He She It We You They There Here One Two Korea
Korean Seoul Ah Oh Yes No Please Let What Who Where When Why How Which Is Are Was Were Do Does Did Have Has
Can Could Will Would Don In On At To For From With After Before If Because Since Today Yesterday Tomorrow Now
Last Next Every All Some Most Many Much Not Never Even Just Only Still Too So And But Or Thank Thanks Sorry
Excuse Come Go Look Wow Hey Mr Mrs Ms Mom Dad Grandmother Grandfather Mother Father Teacher Professor Doctor
As By Put Take Give Get Make Turn Try
"""
_NO_NAMES = frozenset(_NOT_NAMES.split())
_NAME = lazy_regex(r"\b[A-Z][a-z]+")


def misspellings_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report misspelled Korean in the record's sentences."""
    yield from _misspellings(analysis, analysis)


def misspellings_on_card(card: Card) -> Iterator[Finding]:
    """Report misspelled Korean on the card."""
    yield from _misspellings(card, card.analysis)


def slips_on_card(card: Card) -> Iterator[Finding]:
    """Report wrong words, endings, and particles in the card's Korean sentences."""
    for stretch in card.own_korean:
        if stretch.is_sentence and not stretch.names_character:
            for slip in slips(stretch.korean):
                if not stretch.on_purpose:
                    yield from _finding(slip, stretch, card.analysis)


def _misspellings(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    if not (keys := KEYS & subject.pairs):
        return
    for stretch in (*korean_of(subject), *keywords_of(subject)):
        for wrong, right in misspellings(stretch.korean) if any(map(stretch.korean.__contains__, keys)) else ():
            # A syllable alone is mentioned, not used: “therefore 왠, not 웬”.
            is_own = wrong in analysis.word or any(misspellings(analysis.word))
            if stretch.words != [wrong[:1]] and not is_own and not stretch.is_mistake:
                yield MISSPELLED.at(stretch.field, f"{wrong} is misspelled: write {right}")


def _finding(slip: Slip, stretch: Stretch, analysis: Analysis) -> Iterator[Finding]:
    field, word = stretch.field, slip.word
    # Findings of ``korean_forms`` and ``respelled_words`` are not repeated.
    if (
        word == analysis.spoken
        or any(wrong_inflections(word))
        or (slip.right and wrong_particles(word))
        or any(wrong_spaces(word))
        or any(word == one.word for one in respelled(stretch.korean))
    ):
        return
    if slip.kind in (SlipKind.UNKNOWN, SlipKind.NAME):
        if not _is_own(slip.right, analysis) and not analysis.is_nonstandard and not _may_be_name(slip, stretch):
            yield UNKNOWN_WORD.at(field, f"{slip.right} in “{stretch.korean}” is not a Korean word")
    elif slip.kind is SlipKind.SPACING:
        yield SPACING.at(field, f"write {word} in “{stretch.korean}” as two words")
    elif slip.kind is SlipKind.SPLIT:
        yield WRONG_FORM.at(field, f"write {word} in “{stretch.korean}” together with the word before it")
    elif slip.kind is SlipKind.JOINED:
        yield WRONG_FORM.at(field, f"write {word} in “{stretch.korean}” with spaces")
    else:
        wrong = f"wrong: write {slip.right}" if slip.right else "not a possible form"
        yield WRONG_FORM.at(field, f"{word} in “{stretch.korean}” is {wrong}")


def _is_own(unknown: str, analysis: Analysis) -> bool:
    """Return whether the analyzer does not know the requested word itself, or a word that is named with it."""
    own = (analysis.spoken, analysis.vs, *analysis.keywords)
    return any(unknown in word or (len(word) > 1 and word in unknown) for word in own if word)


def _may_be_name(slip: Slip, stretch: Stretch) -> bool:
    """Return whether an unknown word may be a name, judging by the translation or, without one, by the analyzer."""
    if not stretch.translation:
        return slip.kind is SlipKind.NAME
    return any(name not in _NO_NAMES for name in _NAME.findall(stretch.translation))
