"""Find the Korean in English prose, with its translation, and tell whether it is shown as a mistake on purpose."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from korean_flashcards.checks.snippets import snippets
from korean_flashcards.checks.speech import speech_level
from korean_flashcards.checks.subject import Analysis, Card

# Korean words, and sentences if another one follows: 미안해요, 오늘은 약속이 있어요.
_RUN = re.compile(r"(?<![가-힣+\-~\[_])[가-힣](?:[가-힣0-9 ,~%]|[.?!…](?=\s?[가-힣]))*[.?!…]?(?![가-힣+~\]-]|\s?[+→])")
# 가았어요 is always a mistake. 제가 가셨어요 raises yourself. Never write 몇일.
_ON_PURPOSE = re.compile(
    r"\b(?:not|n't|never|no|wrong\w*|incorrect\w*|mistakes?|misspell\w*|slips?|errors?|rather than|instead of|avoid"
    r"|contract\w*|colloquial\w*|dialects?|slang|archaic|older?|formerly|rude|odd|strange|sounds?|would|if|raises?|nobody|impossible"
    r"|unnatural|ungrammatical|becomes?|drops?|people (?:say|write)|often (?:said|written|spelled|heard))\b|[*✗❌×→]",
    re.I,
)
_BEFORE, _AFTER = 60, 40
_END = re.compile("[.?!…]")
_WORDS = re.compile("[가-힣]+")


class Stretch(NamedTuple):
    """Korean text within a field.

    Attributes:
        field: Name of the field.
        korean: The Korean text.
        translation: Its translation in quotation marks, or "".
        on_purpose: Whether the text around it may say that it is wrong or unusual.
    """

    field: str
    korean: str
    translation: str
    on_purpose: bool

    @property
    def is_sentence(self) -> bool:
        """Whether the text is a sentence or a translated phrase, not a list of words."""
        parts = [part.split() for part in _END.split(self.korean) if part.strip()]
        is_list = "," in self.korean or any(len(part) == 1 for part in parts)
        told = not is_list and speech_level(self.korean) is not None
        return len(self.words) > 1 and (self.translation != "" or told)

    @property
    def words(self) -> list[str]:
        """The Korean words, without punctuation."""
        return _WORDS.findall(self.korean)


def korean_of(subject: Analysis | Card) -> Iterator[Stretch]:
    """Yield the Korean in the prose of a record or a card. In a Korean explanation, no examples can be told apart."""
    analysis = subject.analysis if isinstance(subject, Card) else subject
    for field, text in subject.prose if analysis.language.code != "ko" else ():
        for korean, translation, on_purpose in _stretches(text):
            yield Stretch(field, korean, translation, on_purpose)


def examples_of(card: Card) -> Iterator[Stretch]:
    """Yield the translated Korean on the back of a card that is not shown as a mistake."""
    for stretch in korean_of(card):
        if stretch.field == "back" and stretch.translation and not stretch.on_purpose:
            yield stretch


@lru_cache(maxsize=4096)
def _stretches(text: str) -> tuple[tuple[str, str, bool], ...]:
    found: list[tuple[str, str, bool]] = []
    taken = 0
    for snippet in snippets(text):
        start = text.find(snippet.korean, taken)
        found += _untranslated(text, taken, start)
        taken = start + len(snippet.korean)
        found.append((snippet.korean, snippet.translation, _is_on_purpose(text, start, taken)))
    return (*found, *_untranslated(text, taken, len(text)))


def _untranslated(text: str, start: int, end: int) -> list[tuple[str, str, bool]]:
    runs = _RUN.finditer(text, start, max(start, end))
    return [(run[0].strip(), "", _is_on_purpose(text, *run.span())) for run in runs]


def _is_on_purpose(text: str, start: int, end: int) -> bool:
    """Return whether the words around the Korean, in the same paragraph, suggest a mistake."""
    before = text[max(0, start - _BEFORE) : start].rpartition("\n")[2]
    after = text[end : end + _AFTER].partition("\n")[0]
    if quoted := re.match(r"\s*(['‘\"“]).*?(?:['’\"”](?!\w)|$)", after):
        after = after[quoted.end() :]
    # The quotation before is the translation of another example.
    before = re.sub(r"['‘\"“][^'’\"”]*['’\"”](?!\w)", " ", before)
    around = f"{re.split(r'[.?!] ', before)[-1]}\n{after.split('. ')[0]}"
    return _ON_PURPOSE.search(around) is not None
