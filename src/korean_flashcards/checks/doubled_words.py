"""Find words and sentences that are written twice by mistake: “made in in Korea”, 오늘은 오늘은."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.records import Finding, Severity

DOUBLED = Check(
    "written_twice", Severity.WARNING, "A word or a sentence is written twice.",
    "Finds articles, prepositions, names, and Korean nouns with a particle that follow themselves, and a sentence that is "
    "in two fields.",
)  # fmt: skip
CHECKS = (DOUBLED,)

# Not "that that", "had had", "is is", and "her her", which can be right: "What it is is a promise."
_NEVER_TWICE = """
the a an of to in at for with from by into onto and or but as than if then when where which who whose while because although
are was were be been being am has have will would can could should must may might not its this these those their your my our
his we they he she i it you what how also only just each any some every between about after before under through during
against without within there here both either korean english
"""
_DOUBLED = re.compile(
    rf"(?<![\w'’-])({'|'.join(_NEVER_TWICE.split())}) \1(?![\w'’-])|(?<![\w'’-])([A-Z][a-z]{{3,}}) \2(?![\w'’-])",
    re.I,
)
_NAME = re.compile(r"([A-Z][a-z]{3,}) \1\Z")
# 친구를 친구를: a noun with a particle, or a polite verb, is not repeated for emphasis.
_KOREAN = re.compile(r"(?<![가-힣])([가-힣]+(?:[을를은는]|에서|에게|한테|께서|부터|까지|습니다|니다)) \1(?![가-힣])")
_SENTENCE_END = re.compile(r"\s(?<=[.!?]\s)\s*(?=[A-Z])")
_FEWEST = 5  # words: shorter sentences may be the same by chance
_SENTENCES = frozenset(("other_meanings", "metaphor", "explanation", "usage_context", "comparison", "front", "back"))


def doubled_in_record(analysis: Analysis) -> Iterator[Finding]:
    """Report words and sentences that are twice in the record."""
    yield from _again(analysis)
    yield from _doubled(analysis, analysis)


def doubled_on_card(card: Card) -> Iterator[Finding]:
    """Report words and sentences that are twice on the card."""
    yield from _again(card)
    yield from _doubled(card, card.analysis)


def _again(subject: Analysis | Card) -> Iterator[Finding]:
    """Yield a finding for each English sentence that is also in an earlier field. Examples may be repeated."""
    first: dict[str, str] = {}
    for field, text in subject.prose:
        for sentence in _SENTENCE_END.split(text) if field in _SENTENCES else ():
            if sentence[0].isupper() and len(sentence.split()) >= _FEWEST:
                earlier = first.setdefault(sentence.strip(), field)
                if earlier != field:
                    yield DOUBLED.at(field, f"“{sentence[:60]}” is also in {earlier}: leave it out of one of them")


def _doubled(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    # Most texts have no word that follows itself, so they are not searched.
    if not subject.repeated_words:
        return
    has_english = analysis.language.code == "en" and any(map(str.isascii, subject.repeated_words))
    for field, text in subject.prose:
        for found in _DOUBLED.finditer(text) if has_english else ():
            if found[1] or _NAME.match(found[0]):
                yield DOUBLED.at(field, f"“{found[0]}” is written twice: write “{found[1] or found[2]}”")
        for found in _KOREAN.finditer(text):
            if found[1] not in analysis.word:
                yield DOUBLED.at(field, f"“{found[0]}” is written twice: write {found[1]}")
