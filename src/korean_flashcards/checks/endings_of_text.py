"""Find text that breaks off: without punctuation at its end, in the middle of a word, or within a parenthesis."""

from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.english_words import is_beginning
from korean_flashcards.checks.open_marks import open_mark
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.hangul import has_hangul
from korean_flashcards.korean.morphology import AnalyserMissing, raw_morphemes

CUT_OFF = Check(
    "cut_off", Severity.WARNING, "The text breaks off.",
    "Finds text that ends in a comma, an article, part of a word, or a particle, sentences without a final mark, and "
    "quotations and parentheses that are never closed at the end.",
)  # fmt: skip
UNPAIRED = Check(
    "unpaired_mark", Severity.WARNING, "A quotation mark or a bracket has no partner.",
    "Pairs quotation marks, parentheses, and brackets in each paragraph. Apostrophes are not quotation marks.",
)  # fmt: skip
CHECKS = (CUT_OFF, UNPAIRED)

# Fields with whole sentences, each with the number of words from which a text without a final punctuation mark breaks off.
# Fewer words may be a list of forms or a phrase: "Neutral everywhere".
_WHOLE = {
    "metaphor": 4, "front": 5, "back": 5, "explanation": 10, "usage_context": 10, "comparison": 10, "other_meanings": 10,
}  # fmt: skip
_SENTENCES = ("metaphor", "explanation", "usage_context")
# A text with complete sentences ends with one. A single phrase may lack a period, but never ends with these words.
_SENTENCE_END = lazy_regex(r"[a-z가-힣)'’][.!?] ")
_LINK_WORDS = (
    "the|a|an|of|to|and|or|is|are|with|in|for|that|which|but|at|by|from|as|while|every|its|their|your|his|her|when|if|because"
    "|into|without|between|than|very|no|nor|was|were|has|have|had|does|will|would|can|could|should|may|must|being|whose|where"
    "|each|another|both|either|neither|until|unless|although|whether|like|through|toward|towards|among|against"
)
_LINK = lazy_regex(rf"(?:\b(?:{_LINK_WORDS})|[,:–—-])\s*\Z")
# A gloss may end with a preposition: "to look for". A place, a thing, or what they feel like may not.
_GLOSS_LINK = lazy_regex(r"(?:(?:^|\s)(?:the|an?|and|or)|[a-z][,;–—])\s*\Z")
_NEVER_LAST = (
    "the|an?|and|or|of|with|from|to|at|into|onto|for|its|their|your|his|every|each|between|beside|toward|towards|that|which"
    "|whose|while|where|as|than|full|smelling|very"
)
# An action or a sound may end with some that a place may not: "letting the cold in", "a plane far off".
_IMAGE_LINK = lazy_regex(rf"(?:(?:^|\s)(?:{_NEVER_LAST})|[,;–—])\s*\Z")
_PLACE_LINK = lazy_regex(
    rf"(?:(?:^|\s)(?:{_NEVER_LAST}|in|on|by|off|over|through|along|across|behind|under|near|above|beneath|against|among)|[,;–—])\s*\Z"
)
_LINKS = {
    "metaphor_action": _IMAGE_LINK, "suggested_location": _PLACE_LINK, "anchor_object": _IMAGE_LINK,
    "anchor_sensory": _IMAGE_LINK,
}  # fmt: skip
_CLOSED = frozenset("'’\"”)]_…")
# 'Sorry, I have pl
_OPEN = lazy_regex(r"(?:^|[\s(])(?:'(?=[A-Z])[^'\n]*(?:(?<=\w)'(?=\w)[^'\n]*)*|“[^”\n]*|‘[^’\n]*)\Z")
_OPEN_BRACKET = lazy_regex(r"[(\[][^()\[\]]*\Z")
_LAST_WORD = lazy_regex(r"(?<![A-Za-z'’])[a-z]{3,}\Z")
# but 핸드폰을, 컴퓨터 두 대가
_LAST_KOREAN = lazy_regex(r"[A-Za-z,;:] ((?:[가-힣]+ )*[가-힣]{2,})\Z")
_PARTICLES = frozenset(("JKO", "JKS", "JKG", "JX", "JKB"))


def ends_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report text in the record that breaks off."""
    yield from _ends(analysis, analysis)


def ends_of_card(card: Card) -> Iterator[Finding]:
    """Report text on the card that breaks off."""
    yield from _ends(card, card.analysis)


def _ends(subject: Analysis | Card, analysis: Analysis) -> Iterator[Finding]:
    for field, given in subject.prose if analysis.language.code == "en" else ():
        text = given.rstrip()
        is_whole = text[-1:] in ".?!" or text.endswith(analysis.sources)
        if is_whole:
            if unpaired := open_mark(_without_list_text(text, analysis)):
                yield UNPAIRED.at(field, unpaired)
        elif _breaks_off(field, text, by_length=isinstance(subject, Card) or _ends_sentences(analysis, field)):
            yield CUT_OFF.at(field, f"{field} breaks off: “…{text[-40:]}”")
        elif field in _WHOLE and text[-1].isalpha() and (found := _OPEN.search(text.rpartition("\n")[2])):
            yield CUT_OFF.at(field, f"the quotation {found[0].strip()[:40]!r} is never closed")
        elif found := _OPEN_BRACKET.search(text):
            yield CUT_OFF.at(field, f"the parenthesis “{found[0][:40]}” is never closed")
        elif unpaired := open_mark(_without_list_text(text, analysis)):
            yield UNPAIRED.at(field, unpaired)


def _without_list_text(text: str, analysis: Analysis) -> str:
    """Return the text without a word of the list whose own marks are unpaired: 1) 문."""
    for own in (analysis.word, *analysis.sources):
        if own in text and open_mark(own):
            text = text.replace(own, "")
    return text


def _ends_sentences(analysis: Analysis, field: str) -> bool:
    """Return whether another field ends with a period. Some models never end a field with one."""
    return any(analysis.text(other).rstrip().endswith((".", "!", "?")) for other in _SENTENCES if other != field)


def _breaks_off(field: str, text: str, *, by_length: bool) -> bool:
    """Return whether a text without a final punctuation mark ends too early."""
    words = len(text.split())
    if words < 2:
        return False
    if field not in _WHOLE:
        return _LINKS.get(field, _GLOSS_LINK).search(text[-16:]) is not None
    if text[-1] in _CLOSED:
        return False
    if (_GLOSS_LINK if field == "other_meanings" else _LINK).search(text[-16:]):
        return True
    # A front may end with the Korean that it is about: "Complete: 고기를".
    is_cue = field == "front" and ":" in text and has_hangul(text[-1])
    if by_length and not is_cue and (words >= _WHOLE[field] or (words > 3 and _SENTENCE_END.search(text))):
        return True
    last = _LAST_WORD.search(text)
    return (last is not None and is_beginning(last[0])) or _ends_with_particle(text)


def _ends_with_particle(text: str) -> bool:
    """Return whether the text ends with a Korean noun and its particle, so that the verb is missing."""
    last = _LAST_KOREAN.search(text)
    try:
        return last is not None and raw_morphemes(last[1])[-1].tag in _PARTICLES
    except AnalyserMissing:
        return False
