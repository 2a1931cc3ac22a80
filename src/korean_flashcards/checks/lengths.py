"""Texts have the length and the shape of what they are; a short one and a long one were not swapped."""

import re
from collections.abc import Iterator
from itertools import pairwise

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.records import Finding, Severity

FRONT_LENGTH = Check(
    "front_length", Severity.NOTE, "the front is far from the 15–30 words of a good question", "fewer than 8, more than 50",
)  # fmt: skip
BACK_LENGTH = Check(
    "back_length", Severity.NOTE, "the back is far from the 80–150 words of a good answer", "fewer than 25, more than 220",
)  # fmt: skip
TOO_SHORT = Check(
    "too_short", Severity.WARNING, "the text is too short to say anything",
    "a front of fewer than 4 words, a back of fewer than 8; metaphor and explanation of fewer than 5",
)  # fmt: skip
SWAPPED_SIDES = Check(
    "swapped_sides", Severity.ERROR, "front and back are swapped",
    "a front longer than its back, with the question or the portal on the back",
)  # fmt: skip
SWAPPED_FIELDS = Check(
    "swapped_fields", Severity.ERROR, "two fields of the record are swapped, or one holds the other's text",
    "a sentence in primary_meaning, metaphor_noun, metaphor_action or anchor_object, with a shorter gloss in its place",
)  # fmt: skip
REPETITION = Check(
    "repetition", Severity.ERROR, "the text repeats itself",
    "a word four times in a row, a sentence twice in a row or three times",
)  # fmt: skip
CHECKS = (FRONT_LENGTH, BACK_LENGTH, TOO_SHORT, SWAPPED_SIDES, SWAPPED_FIELDS, REPETITION)

_ROW = re.compile(r"(?<![\w-])(\w+)(?:[ ,.!]+\1(?!\w)){3,}", re.I)
_PORTAL = "you step through the portal"
# A gloss, and the sentences that are longer than it.
_PARTNERS = (
    ("metaphor_noun", "metaphor"), ("metaphor_action", "metaphor"), ("primary_meaning", "explanation"),
    ("anchor_object", "explanation"),
)  # fmt: skip


def lengths_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Sentences stand where sentences are due, glosses where glosses are."""
    long = {field: text for field in ("metaphor", "explanation") if (text := analysis.text(field))}
    for field, partner in _PARTNERS:
        text, other = analysis.text(field), analysis.text(partner)
        swapped = len(text) > len(other) and _is_sentence(text) and not _is_sentence(other)
        if text and other and (text == other or swapped):
            yield SWAPPED_FIELDS.at(field, f"{field} holds the text of {partner}: “{text[:60]}”")
    if len(long) == 2 and long["metaphor"] == long["explanation"]:
        yield SWAPPED_FIELDS.at("explanation", "explanation holds the text of metaphor")
    for field, text in long.items():
        if len(text.split()) < 5:
            yield TOO_SHORT.at(field, f"{field} is only “{text}”")
    yield from _repetitions(analysis.prose)


def lengths_of_card(card: Card) -> Iterator[Finding]:
    """The front is a question of a few lines, the back an answer of some paragraphs."""
    front, back = len(card.front.split()), len(card.back.split())
    question_behind = "?" in card.back.rstrip()[-3:] and "?" not in card.front
    portal_behind = card.back.lower().startswith(_PORTAL) and not card.front.lower().startswith(_PORTAL)
    if front > back and (question_behind or portal_behind):
        yield SWAPPED_SIDES.at("front", "the question is on the back and the answer on the front")
    elif front < 4 or back < 8:
        side = "front" if front < 4 else "back"
        yield TOO_SHORT.at(side, f"the {side} has only {min(front, back)} words")
    else:
        if not 8 <= front <= 50:
            yield FRONT_LENGTH.at("front", f"the front has {front} words; 15–30 make a good question")
        if not 25 <= back <= 220:
            yield BACK_LENGTH.at("back", f"the back has {back} words; 80–150 make a good answer")
    yield from _repetitions(card.prose)


def _is_sentence(text: str) -> bool:
    return text.endswith((".", "!", "?", ".'", ".”", "…"))


def _repetitions(prose: tuple[tuple[str, str], ...]) -> Iterator[Finding]:
    for field, text in prose:
        if found := _ROW.search(text):
            yield REPETITION.at(field, f"{field} repeats {found.group(1)!r} again and again")
            continue
        sentences = [part for part in re.split(r"(?<=[.!?])\s+", text) if len(part.split()) > 3]
        again = (a for a, b in pairwise(sentences) if a == b or sentences.count(a) > 2)
        if twice := next(again, None):
            yield REPETITION.at(field, f"{field} says more than once: “{twice[:60]}”")
