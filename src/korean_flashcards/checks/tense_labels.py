"""Check that the text calls a form past, present, or future if it is that, and takes it apart into what it contains.

A form in the present may be called future, since 가요 is also "I will go".
"""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.signs import only_with
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.hangul import split
from korean_flashcards.korean.tense import Tense, tense_of

TENSE_LABEL = Check(
    "tense_label", Severity.WARNING, "The text names the wrong tense of a form, or a tense marker that it does not contain.",
    "Compares “past”, “present”, and “future” with the form's ending, and -았/었- and -겠- with the form that they make.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (TENSE_LABEL,)

_NEVER = {
    Tense.PAST: frozenset(("present", "future")),
    Tense.PRESENT: frozenset(("past",)),
    Tense.FUTURE: frozenset(("past",)),
}
_KIND = (
    r"(?:(?:simple|polite|casual|formal|plain|informal|honorific|everyday) )*(past|present|future)(?: tense)?(?: form)?"
)
# Polite past of 가다
_OWN = lazy_regex(rf"(?:The |A )?{_KIND} of (?=[가-힣])", re.I)
_IN_MEANING = lazy_regex(rf"\({_KIND}[),;]", re.I)
# 갔어요 is the polite past; 갔어요 (past)
_NAMED = lazy_regex(rf"(?<![가-힣-])([가-힣]+)(?: is (?:the |a )?{_KIND}(?= of|[.,;])|,? \({_KIND}\))", re.I)
# 가- + -았- contract to 갔
_PARTS = lazy_regex(
    r"[가-힣]-? \+ -(았|었|였|겠)-(?:,? (?:\w+ ){0,2}(?:becomes?|contract to|gives?|makes?|is)|:| →| =) ([가-힣]+)"
)


@only_with("past", "present", "future", "+ -")
def tense_labels(subject: Analysis | Card) -> Iterator[Finding]:
    """Report wrong names of tenses, and tense markers that the form does not contain."""
    if isinstance(subject, Analysis):
        yield from _of_the_word(subject)
    for field, text in subject.prose:
        for form, first, second in _NAMED.findall(text):
            if not form.endswith("다") and (own := _contradicted(form, first or second)):
                yield TENSE_LABEL.at(field, f"{form} is {own}, not {(first or second).lower()}")
        for marker, form in _PARTS.findall(text):
            if "겠" not in form if marker == "겠" else all(split(each).coda != "ㅆ" for each in form):
                yield TENSE_LABEL.at(field, f"“{form}” does not contain -{marker}-")


def _of_the_word(analysis: Analysis) -> Iterator[Finding]:
    if analysis.is_pattern or analysis.spoken.endswith("다"):
        return
    claims = (
        ("explanation", _OWN.match(analysis.text("explanation"))),
        ("primary_meaning", _IN_MEANING.search(analysis.text("primary_meaning"))),
    )
    for field, claim in claims:
        if claim and (own := _contradicted(analysis.spoken, claim[1])):
            yield TENSE_LABEL.at(field, f"{analysis.word} is {own}, not {claim[1].lower()}")


def _contradicted(form: str, name: str) -> str:
    """Return the form's tense if it certainly has another one than the name says, or ""."""
    tense = tense_of(form)
    return str(tense) if tense and name.lower() in _NEVER[tense] else ""
