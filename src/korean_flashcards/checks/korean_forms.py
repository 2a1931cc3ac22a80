"""Check the form of Korean anywhere in records and on cards: in sentences, in quoted words, and in the keywords.

Words that the text shows as mistakes are accepted, as are forms of the requested word in
a misspelled list.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.korean_text import keywords_of, korean_of
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.checks.used_korean import is_rejected
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean import split_words
from korean_flashcards.korean.wrong_cases import may_have_wrong_cases, wrong_cases
from korean_flashcards.korean.wrong_inflections import pairs_of_rules, wrong_inflections
from korean_flashcards.korean.wrong_particles import may_have_wrong_particles, wrong_particles
from korean_flashcards.korean.wrong_spaces import may_be_split, pairs_without_space, wrong_spaces

WRONG_INFLECTION = Check(
    "wrong_inflection", Severity.ERROR, "A verb or an adjective is inflected wrongly.",
    "Finds stems and endings that cannot follow each other (춥어요, 살으면, 먹았다), unless the text calls them wrong.",
)  # fmt: skip
WRONG_PARTICLE = Check(
    "wrong_particle", Severity.WARNING, "A particle does not fit the sound before it.",
    "Finds nouns with the other form of the particle (음악를, 저희이, 학생예요), judging by the analyzer's dictionary.",
    needs_morphology=True,
)  # fmt: skip
WRONG_SPACES = Check(
    "wrong_spaces", Severity.WARNING, "A space is missing, or a word is written apart.",
    "Finds bound nouns, counters, and adverbs that are attached (할수 있다, 두마리), and words taken apart (선생 님).",
)  # fmt: skip
WRONG_CASE = Check(
    "wrong_case", Severity.WARNING, "The verb never takes this particle.",
    "Compares particles with the verb after them (의사를 되다, 커피를 뜨거워요, 학교에 공부해요), if only one is possible.",
)  # fmt: skip
CHECKS = (WRONG_INFLECTION, WRONG_PARTICLE, WRONG_SPACES, WRONG_CASE)

_Rule = Callable[[str], Iterable[tuple[str, str]]]


def inflections_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report impossible verb forms in the record."""
    if keys := pairs_of_rules() & analysis.pairs:
        yield from _found(analysis, analysis, WRONG_INFLECTION, wrong_inflections, keys)


def inflections_on_card(card: Card) -> Iterator[Finding]:
    """Report impossible verb forms on the card."""
    if keys := pairs_of_rules() & card.pairs:
        yield from _found(card, card.analysis, WRONG_INFLECTION, wrong_inflections, keys)


def particles_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report particles in the wrong form in the record."""
    if may_have_wrong_particles(analysis.hangul):
        yield from _found(analysis, analysis, WRONG_PARTICLE, wrong_particles)


def particles_on_card(card: Card) -> Iterator[Finding]:
    """Report particles in the wrong form on the card."""
    if may_have_wrong_particles(card.hangul):
        yield from _found(card, card.analysis, WRONG_PARTICLE, wrong_particles)


def spaces_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report missing and superfluous spaces in the record."""
    yield from _spaces(analysis)


def spaces_on_card(card: Card) -> Iterator[Finding]:
    """Report missing and superfluous spaces on the card."""
    yield from _spaces(card)


def cases_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report particles in the record that the verb does not take."""
    if may_have_wrong_cases(analysis.hangul):
        yield from _found(analysis, analysis, WRONG_CASE, wrong_cases)


def cases_on_card(card: Card) -> Iterator[Finding]:
    """Report particles on the card that the verb does not take."""
    if may_have_wrong_cases(card.hangul):
        yield from _found(card, card.analysis, WRONG_CASE, wrong_cases)


def _spaces(subject: Analysis | Card) -> Iterator[Finding]:
    pairs = pairs_without_space() & subject.pairs
    if pairs or may_be_split(subject.hangul):
        yield from _found(subject, subject.analysis, WRONG_SPACES, partial(wrong_spaces, pairs=sorted(pairs)))
    if split_words.may_be_split(subject.hangul):
        yield from _found(subject, subject.analysis, WRONG_SPACES, split_words.split_words)


def _found(
    subject: Analysis | Card, analysis: Analysis, check: Check, rule: _Rule, keys: frozenset[str] = frozenset()
) -> Iterator[Finding]:
    """Yield what a rule finds. ``keys``: the rule finds something only in text with one of these, if there are any."""
    for stretch in (*korean_of(subject), *keywords_of(subject)):
        if keys and not any(map(stretch.korean.__contains__, keys)):
            continue
        for wrong, right in rule(stretch.korean):
            if wrong not in analysis.word and not (
                stretch.is_mistake or is_rejected(stretch) or stretch.names_character
            ):
                correct = f"write {right}" if right else "not a possible form"
                yield check.at(stretch.field, f"{wrong} in “{stretch.korean}” is wrong: {correct}")
