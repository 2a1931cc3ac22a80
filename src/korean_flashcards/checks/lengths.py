"""Check the length of text fields, and find repetition, swapped fields, and swapped sides."""

import re
from collections.abc import Iterator
from itertools import pairwise

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.explanation_language import Language
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.plurals import counted
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.formats.card import GAP
from korean_flashcards.korean.hangul import has_hangul, is_syllable

FRONT_LENGTH = Check(
    "front_length", Severity.NOTE, "The front is much shorter or longer than the recommended 15–30 words.",
    "Reports fronts with fewer than 8 or more than 50 words.",
)  # fmt: skip
BACK_LENGTH = Check(
    "back_length", Severity.NOTE, "The back is shorter or longer than the recommended 25–150 words.",
    "Reports backs with fewer than 25 or more than 150 words.",
)  # fmt: skip
TOO_SHORT = Check(
    "too_short", Severity.WARNING, "The text is too short to be useful.",
    "Reports a front with fewer than 3 words, a back with fewer than 6, a metaphor or explanation with fewer than 5, or an "
    "explanation with Korean forms and fewer than 3.",
)  # fmt: skip
BARE_CARD = Check(
    "bare_card", Severity.WARNING, "The card has only the word and its meaning.",
    "Looks for an example, a form, a pronunciation, or a note on the Scene cards of the offline model.",
)  # fmt: skip
SWAPPED_SIDES = Check(
    "swapped_sides", Severity.ERROR, "The front and the back are swapped.",
    "Finds cards whose front is longer than the back and whose back contains the question, the gap, or the scene's opening.",
)  # fmt: skip
SWAPPED_FIELDS = Check(
    "swapped_fields", Severity.ERROR, "Two fields in the record are swapped, or one contains the other's text.",
    "Finds a sentence in a gloss field, such as primary_meaning, if the matching sentence field has only a shorter gloss.",
)  # fmt: skip
REPETITION = Check(
    "repetition", Severity.ERROR, "The text repeats itself.",
    "Finds any word repeated four times in a row and any sentence of four or more words that occurs twice in a field.",
)  # fmt: skip
CHECKS = (FRONT_LENGTH, BACK_LENGTH, TOO_SHORT, BARE_CARD, SWAPPED_SIDES, SWAPPED_FIELDS, REPETITION)

_SPELLED = lazy_regex(r" is pronounced as it is written\.$")
_ROW = lazy_regex(r"(?<![\w-])(\w++)(?:[ ,.!]++\1(?!\w)){3,}", re.I)
# Neutral. Neutral. Of things.
_SAME_AGAIN = lazy_regex(r"(?:^|[.!?] )([A-Z][a-z ]{4,}[.!?]) \1(?= |$)")
_OF_THE_RECORD = frozenset(("explanation", "usage_context", "other_meanings"))
_SENTENCE_END = lazy_regex(r"[.!?]['’\"”)]*\s+")
_QUOTES = tuple("'\"‘“")
_PORTAL = "you step through the portal"
# Gloss fields, each with the field for the longer text that belongs to it.
_PARTNERS = (
    ("metaphor_noun", "metaphor"), ("metaphor_action", "metaphor"), ("primary_meaning", "explanation"),
    ("anchor_object", "explanation"),
)  # fmt: skip


def lengths_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report swapped, short, and repetitive text fields in the record."""
    long = {field: text for field in ("metaphor", "explanation") if (text := analysis.text(field))}
    for field, partner in _PARTNERS:
        text, other = analysis.text(field), analysis.text(partner)
        swapped = len(text) > len(other) and _is_sentence(text) and not _is_sentence(other)
        if text and other and (text == other or swapped):
            yield SWAPPED_FIELDS.at(field, f"{field} contains the text of the {partner} field: “{text[:60]}”")
    if len(long) == 2 and long["metaphor"] == long["explanation"]:
        yield SWAPPED_FIELDS.at("explanation", "explanation contains the text of the metaphor field")
    for field, text in long.items():
        # A few forms can be enough: “ㅂ-irregular: 귀여워요, 귀여운.”
        least = 3 if field == "explanation" and has_hangul(text) else 5
        if _words(text, analysis.language) < least:
            yield TOO_SHORT.at(field, f"{field} is only “{text}”: write at least one sentence")
    yield from _repetitions(analysis, analysis.word)


def lengths_of_card(card: Card) -> Iterator[Finding]:
    """Report cards whose sides are swapped, too short, too long, or repetitive."""
    language = card.analysis.language
    front, back = _words(card.front, language), _words(card.back, language)
    # A quotation mark after the question mark ends the translation of an example.
    question_behind = card.back.rstrip().endswith("?") and "?" not in card.front
    portal_behind = card.back.lower().startswith(_PORTAL) and not card.front.lower().startswith(_PORTAL)
    gap_behind = GAP in card.back and GAP not in card.front
    if front > back and _korean(card.front) >= _korean(card.back) and (question_behind or portal_behind or gap_behind):
        yield SWAPPED_SIDES.at("front", "the question is on the back, and the answer is on the front")
    elif front < 3 or back < 6:
        side, words = ("front", front) if front < 3 else ("back", back)
        yield TOO_SHORT.at(side, f"the {side} has only {counted(words, 'word')}")
    else:
        if not 8 <= front <= 50:
            yield FRONT_LENGTH.at("front", f"the front has {front} words, but 15–30 are recommended")
        if not 25 <= back <= 150:
            yield BACK_LENGTH.at("back", f"the back has {back} words, but 25–150 are recommended")
    if card.is_offline and card.tab_name == "Scene" and _is_bare(card):
        yield BARE_CARD.at("back", f"the card has only {card.word} and its meaning: add an example to the word list")
    yield from _repetitions(card, card.word)
    for one, other in pairwise(card.snippets):
        if one == other and one.is_sentence and one.translation:
            yield REPETITION.at("back", f"the back has the example “{one.korean}” twice in a row")


def _is_bare(card: Card) -> bool:
    first, *others = card.back.split("\n")
    return GAP not in card.front and first.startswith(card.word) and all(map(_SPELLED.search, others))


def _words(text: str, language: Language) -> int:
    """Return the number of words. In a language without spaces between words, two letters count as a word.

    Korean words on the card have spaces and can be shorter.
    """
    spaced = len(text.split())
    return spaced if language.spaced else max(spaced, sum(map(str.isalnum, text)) // 2)


def _korean(text: str) -> int:
    return sum(map(is_syllable, text))


def _is_sentence(text: str) -> bool:
    return text.endswith((".", "!", "?", ".'", ".”", "…"))


def _may_have_row(subject: Analysis | Card) -> bool:
    """Return whether a word follows itself. Other text is not searched for rows of words."""
    # In lowercase, “İ” is followed by a dot that is not part of a word.
    return len(subject.repeated_words) > 0 or "\u0307" in subject.all_prose


def _repetitions(subject: Analysis | Card, word: str) -> Iterator[Finding]:
    may_have_row = _may_have_row(subject)
    for field, text in subject.prose:
        # Words for sounds are repeated like the sound: 멍멍 멍멍 멍멍 멍멍, “knock, knock, knock, knock”.
        # Gaps replace a word that the list's example repeats.
        row = _ROW.search(text) if may_have_row else None
        if row and row[1] not in word and row[1] != GAP and text[: row.start()][-1:] not in _QUOTES:
            yield REPETITION.at(field, f"{field} repeats {row[1]!r} at least four times in a row")
            continue
        ends = [0, *(end.end() for end in _SENTENCE_END.finditer(text)), len(text)]
        parts = [text[start:end].rstrip() for start, end in pairwise(ends)] if len(ends) > 2 else []
        if len(parts) == len(set(parts)):
            continue
        # Two forms can have the same translation (— He has left.), which begins with a dash.
        # The second sentence of a translation ends with the quotation mark: 'Hello? Can you hear me?'
        parts = [part for part in parts if not (part[-1:] in "'’" and part[:1] not in "'‘")]
        sentences = [part for part in parts if len(part.split()) > 3 and part[0] not in "—–=→'‘\"“("]
        again = (sentence for sentence in sentences if sentences.count(sentence) > 1)
        if field in _OF_THE_RECORD and (short := _SAME_AGAIN.search(text)):
            yield REPETITION.at(field, f"{field} repeats “{short[1]}”")
        elif twice := next(again, None):
            yield REPETITION.at(field, f"{field} repeats a sentence: “{twice[:60]}”")
