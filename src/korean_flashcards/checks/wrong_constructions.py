"""Check that words and endings of Korean sentences fit together: negatives, tenses before endings, commands after them."""

from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.checks.used_korean import is_used
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.constructions import wrong_constructions

WRONG_CONSTRUCTION = Check(
    "wrong_construction", Severity.WARNING, "Two parts of a Korean sentence do not fit together.",
    "Finds 밖에 without a negative, 왔기 전에, 추워서 들어가자, and 안 before an object, unless the text calls them wrong.",
)  # fmt: skip
CHECKS = (WRONG_CONSTRUCTION,)


def constructions(subject: Analysis | Card) -> Iterator[Finding]:
    """Report parts that do not fit together in the Korean of a record or a card."""
    for stretch in subject.own_korean:
        for part, wrong in wrong_constructions(stretch.korean) if len(stretch.words) > 1 else ():
            if is_used(stretch):
                yield WRONG_CONSTRUCTION.at(stretch.field, f"{part} in “{stretch.korean}” is wrong: {wrong}")
