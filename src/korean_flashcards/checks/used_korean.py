"""Find the Korean in a record or on a card that the model wrote, and tell whether it is shown as right."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from korean_flashcards.checks.korean_text import Stretch, is_copied
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex

# 제가 드셨어요 would raise yourself, 질문 계세요 is not used
_REJECTED = lazy_regex(
    r"[\s)\"'”’,]*(?:(?:or|and) [‘“'\"]?[가-힣][가-힣 ]*[’”'\"]? )?(?:(?:it|this|that) )?"
    r"(?:would|sounds?|could|cannot|can't|makes? (?:the|your|no)|nobody|never"
    r"|(?:is|are|does|do|was) (?:not|never|no\b)"
    r"|(?:is|are|does|do|was)n't|fails?|hurts?|breaks?|turns?|tells? the)\b"
)

_ODD = lazy_regex(
    r"\b(?:rude|odd|awkward|strange|unnatural|funny|absurd|impolite|raises? yourself|nobody|mix(?:es|ed|ing)?|clash(?:es)?"
    r"|avoid\w*|criti\w+|(?:do not|never) say)\b",
    re.I,
)
# 비가 왔어요 (it rained), 비가 왔어요 — It rained.
_BESIDE = lazy_regex(
    r"([가-힣][가-힣0-9 ,~%]*[.?!…]?)"
    r"(?: ?\(([A-Za-z][^()\n가-힣\[\]]{5,160})\)| [—–-] [“\"'‘]?([A-Za-z][^\n가-힣—–]{5,160}?[.?!])(?=[\s”\"'’]|$))"
)


def is_used(stretch: Stretch) -> bool:
    """Return whether Korean is not called a mistake, rude, or odd, or rejected by the text after it."""
    return not (stretch.is_mistake or _is_odd(stretch) or is_rejected(stretch))


def _is_odd(stretch: Stretch) -> bool:
    """Return whether the sentence around the text calls it rude or odd."""
    before, after = re.split("[.?!] ", stretch.before)[-1], re.split("[.;] ", stretch.after)[0]
    return _ODD.search(before) is not None or _ODD.search(after) is not None


def translated_korean(subject: Analysis | Card) -> Iterator[Stretch]:
    """Yield the Korean with its translation, in quotation marks, in parentheses, or after a dash.

    Korean from the word list is included if its translation is not from the list.
    """
    analysis = subject.analysis
    beside = {(field, korean): english for field, text in subject.prose for korean, english in _translations(text)}
    for stretch in subject.korean:
        if stretch.translation:
            found = stretch
        elif (english := beside.get((stretch.field, stretch.korean))) and not is_rejected(stretch):
            found = replace(stretch, translation=english)
        else:
            continue
        english = found.translation.strip(" .!?")
        is_from_list = is_copied(stretch, analysis) or stretch.korean == analysis.word
        if not (is_from_list and any(english in source for source in analysis.sources)):
            yield found


@lru_cache(maxsize=4096)
def _translations(text: str) -> tuple[tuple[str, str], ...]:
    """Return the Korean in the text with English in parentheses or after a dash."""
    if not any(sign in text for sign in ("(", "—", "–", " - ")):
        return ()
    return tuple((found[1].strip(), found[2] or found[3]) for found in _BESIDE.finditer(text))


def is_rejected(stretch: Stretch) -> bool:
    """Return whether the text after untranslated Korean says that people do not say it."""
    return not stretch.translation and _REJECTED.match(stretch.after) is not None
