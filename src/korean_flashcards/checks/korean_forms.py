"""Check the form of Korean anywhere in records and on cards: in sentences, in quoted words, and in the keywords.

These rules need no analyzer. Words that the text shows as mistakes are accepted, as are forms of the requested word in
a misspelled list.
"""

from collections.abc import Callable, Iterable, Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.korean_text import keywords_of, korean_of
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.wrong_inflections import pairs_of_rules, wrong_inflections

WRONG_INFLECTION = Check(
    "wrong_inflection", Severity.ERROR, "A verb or an adjective is inflected wrongly.",
    "Finds stems and endings that cannot follow each other (춥어요, 살으면, 먹았다), unless the text calls them wrong.",
)  # fmt: skip
CHECKS = (WRONG_INFLECTION,)

_Rule = Callable[[str], Iterable[tuple[str, str]]]


def inflections_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report impossible verb forms in the record."""
    yield from _found(analysis, analysis, WRONG_INFLECTION, wrong_inflections, pairs_of_rules())


def inflections_on_card(card: Card) -> Iterator[Finding]:
    """Report impossible verb forms on the card."""
    yield from _found(card, card.analysis, WRONG_INFLECTION, wrong_inflections, pairs_of_rules())


def _found(
    subject: Analysis | Card, analysis: Analysis, check: Check, rule: _Rule, pairs: frozenset[str]
) -> Iterator[Finding]:
    # Few texts contain anything that a rule may find. Their Korean is taken apart only then.
    if pairs.isdisjoint(subject.pairs):
        return
    for stretch in (*korean_of(subject), *keywords_of(subject)):
        for wrong, right in () if stretch.is_mistake else rule(stretch.korean):
            if wrong not in analysis.word:
                correct = f"write {right}" if right else "not a possible form"
                yield check.at(stretch.field, f"{wrong} in “{stretch.korean}” is wrong: {correct}")
