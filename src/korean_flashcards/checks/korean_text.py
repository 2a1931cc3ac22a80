"""Find the Korean in English prose, with its translation, and tell whether it is shown as a mistake on purpose."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from korean_flashcards.checks.once import Once
from korean_flashcards.checks.snippets import snippets
from korean_flashcards.checks.speech import speech_level
from korean_flashcards.domain.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from korean_flashcards.checks.subject import Analysis, Card

# Korean words, and sentences if another one follows: 미안해요, 오늘은 약속이 있어요.
# It begins with its first syllable, because a pattern that begins with a lookbehind is searched far more slowly.
_RUN = lazy_regex(
    r"[가-힣](?<![가-힣+\-~\[_].)[가-힣0-9 ,~%]*(?:[.?!…](?=\s?[가-힣])[가-힣0-9 ,~%]*)*[.?!…]?(?![가-힣+~\]-]|\s?[+→])"
)
# 가았어요 is always a mistake. People often write 안되요.
_CALLED_WRONG = lazy_regex(
    r"\b(?:wrong\w*|incorrect\w*|mistakes?|misspell\w*|slips?|errors?|contract\w*|colloquial\w*|dialects?|slang|archaic|formerly"
    r"|(?:non-?|not )standard"
    r"|old (?:spelling|form|one|norm)|(?:once|formerly) (?:written|spelled)|until 19\d\d|outdated|obsolete"
    r"|rude|odd|strange|nobody|impossible|unnatural|ungrammatical|raises? yourself|people (?:say|write)"
    r"|often (?:said|written|spelled|heard)|expect\w*|becomes?|turns? into|(?:does not|doesn't) exist|no such)\b"
    r"|[*✗❌×]|\([xX]\)"
)
# In 되요 → 돼요, only the form before the arrow may be wrong.
_REPLACED = lazy_regex(r"[\s.?!,'’\"”]*(?:→|=>|->)")
# never write 몇일, 며칠 rather than 몇일
_NOT = lazy_regex(
    r"(?:\b(?:not|never|no|rather than|instead of|avoid|don't (?:say|write)|would be)|n't)\W+(?:\w+\W+)?$"
)
# What somebody would say if he made the mistake: if you said 손님 두 마리; whoever says 제가 드셨어요 …
_SUPPOSED = lazy_regex(
    r"\b(?:if (?:you|he|she|they|i|we|someone|somebody|anyone) (?:had )?(?:said|wrote|written|used|asked|called)"
    r"|(?:whoever|(?:any|some|every)(?:one|body) who|(?:he|she|those|people|children|koreans|foreigners) who)"
    r" (?:says?|said|writes?|wrote|asks?|uses?)|had (?:you|he|she|they) (?:said|written)"
    r"|(?:if|when) (?:you|he|she|they|someone|somebody|anyone|a \w+|the \w+) (?:says?|writes?|uses?|typed?|types)"
    r"(?=[^.]*\n[^.]*\b(?:would|sounds?|hears?|wince|laugh|smile|frown|puts?|offen|insult|mock|rais)))"
    r"[^a-z\n]*(?:to (?:a|an|the|your|his|her) \w+)?[^a-z\n]*(?=\n)"
)
# 할려고 is common in speech, but the standard form is 하려고.
_DISMISSED = lazy_regex(
    r"^\W*(?:(?:is|are|was) (?:very |quite |rather |so )?(?:common|frequent|widespread|heard|everywhere|tempting)\b"
    r"(?=,? (?:but|yet|though|in (?:\w+ )?(?:speech|chats?|conversations?|talk|songs?|texts?|messages?|comments?)|on |online"
    r"|everywhere|among (?:children|learners)))"
    r"|(?:is|are) (?:what|how) (?:\w+ ){0,2}(?:people|children|koreans|natives|learners|they|it) "
    r"|(?:creeps|slips|sneaks) in"
    r"|(?:both )?(?:lacks?|miss(?:es)?|forgets?|doubles?|insults?|mocks?|violates?|clash(?:es)?)\b"
    r"|(?:has|is) (?:one|an?) \w+ too (?:many|much|few)|(?:has|with) (?:a|the) wrong)"
    r"|(?:^|,? )and (?:everybody|everyone|people|they|(?:the|your|half the) \w+) (?:would |will )?"
    r"(?:laugh|smile|frown|wince|stare|giggle|grin|blush)"
    r"|(?:^|,? )(?:but|while|whereas|though|although|yet) (?:the |its )?"
    r"(?:standard|correct|right|proper|dictionary|rule|norm|careful (?:speakers|writers)|purists)\b"
)
# not 쥬스 or 쵸콜릿
_NEITHER = lazy_regex(
    r"\b(?:not|never|nor|neither|rather than|instead of)\b (?:[가-힣 ,.?!'’\"”‘“*]|\b(?:or|nor|and)\b)*$"
)
_BEFORE, _AFTER = 60, 40
# A single word of more syllables may be several words without spaces.
_LONG_WORD = 5
_TELLING = 3  # words of a copy, as in list_text
_CHARACTER_BEFORE = lazy_regex("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff] ?\\($")
_END = lazy_regex("[.?!…]")
_SOUND = lazy_regex(r" ?\[[가-힣 ,/]*\]")
_WORDS = lazy_regex("[가-힣]+")
_QUOTED = lazy_regex(r"\s*(['‘\"“]).*?(?:['’\"”](?!\w)|$)")
_QUOTATION = lazy_regex(r"['‘\"“][^'’\"”]*['’\"”](?!\w)")
_SENTENCE_END = lazy_regex("[.?!]['’\"”)]* ")
# A question about a mistake: "A learner writes 짓어요. What has to go?", "Should it be 뵈요 or 봬요?"
_ASKS_ABOUT_MISTAKE = lazy_regex(
    r"\b(?:learners?|beginners?|foreigners?|newcomers?|wrong\w*|incorrect\w*|mistakes?|errors?|misspell\w*|spelled|correct(?:s|ed|ly)?"
    r"|should (?:it|this|that|they|(?:the|this|that|her|his|your|their) \w+) (?:be|read|look|sound|say)"
    r"|should (?:\w+ )?have \w+"
    r"|should (?:stand|be (?:said|written|used|there))|what (?:has|needs) to go|typos?|(?:is|looks|sounds) off"
    r"|red (?:pen|ink)|underlined?|cross(?:es|ed) (?:it|this|that) out|frowns?|winces?|has written"
    r"|(?:has|have|needs?) to (?:stand|change|be changed)|sounds? (?:odd|funny|rude|strange|off|silly)|instead|why not"
    r"|why (?:can|may|must|do|does)(?:n't| not|not)|(?:is|are|sounds?) (?:right|possible|impossible|allowed)"
    r"|which (?:one|form|spelling|of (?:them|these|the two|the three))"
    r"|fix(?:es)?|repair|makes? (?:every|all|any|the) koreans?)\b",
)
# Words that call a form a mistake, and forms that are only a step toward another one: "가아요 contracts to 가요".
_MISTAKE = lazy_regex(
    r"\b(?:wrong\w*|incorrect\w*|mistake[sn]?|misspell\w*|slips?|errors?|(?:non-?|not )standard"
    r"|old (?:spelling|form|one|norm)|(?:once|formerly) (?:written|spelled)|until 19\d\d|outdated|obsolete"
    r"|learners?|beginners?|ungrammatical|impossible"
    r"|colloquial\w*|dialects?|slang|archaic|formerly|(?:people|many|some) (?:\w+ )?(?:say|write|spell|type)"
    r"|(?:often|sometimes|commonly|frequently) (?:mis)?(?:said|written|spelled|heard|typed)|you (?:\w+ )?(?:see|hear)"
    r"|expect\w*|(?:does not|doesn't) exist|no such|typos?|nonexistent"
    r"|(?:also|is|are) (?:allowed|tolerated))\b|[*✗❌×]|\([xX]\)"
)
_MISTAKE_BEFORE = lazy_regex(
    r"(?:(?<!does )(?<!do )(?<!did )\b(?:not|never|no|nor)|rather than|instead of|avoid|don't (?:say|write)|would be|n't"
    r"|contract(?:ed|ion)s? (?:from|of)|short(?:ened)? (?:for|from)|comes? from|\bfrom)\W+(?:\w+\W+)?$"
)
_MISTAKE_AFTER = lazy_regex(
    r"[\s.?!,'’\"”()]*(?:→|=>|->|✗|❌|×|\([xX]\)|(?:is |are |gets? )?(?:contract|shorten|becom|turn|merg|fus|would"
    r"|does not|doesn't|isn't|is not))"
)


@dataclass
class Stretch:
    """Korean text within a field. It is never changed, but not frozen, because frozen instances take long to create.

    Attributes:
        field: Name of the field.
        korean: The Korean text.
        translation: Its translation in quotation marks, or "".
        before: The text before it in the same paragraph, at most 60 characters.
        after: The text after it in the same paragraph, at most 40 characters.
        is_doubted: Whether the front asks about a mistake, and this is on the front or repeats it.
    """

    field: str
    korean: str
    translation: str
    before: str
    after: str
    is_doubted: bool = False

    @Once
    def is_shown_as_mistake(self) -> bool:
        """Whether the sentence around it tells what would happen if somebody said it, or which form is standard."""
        sentence, after = self._around
        return (
            _SUPPOSED.search(f"{sentence}\n{after}") is not None
            or _DISMISSED.search(after) is not None
            or _NEITHER.search(sentence) is not None
        )

    @Once
    def on_purpose(self) -> bool:
        """Whether the text around it may say that it is wrong or unusual. Its translation does not count."""
        sentence, after = self._around
        if (
            self.is_doubted
            or self.is_shown_as_mistake
            or _NOT.search(sentence) is not None
            or _CALLED_WRONG.search(f"{sentence}\n{after}") is not None
        ):
            return True
        return _REPLACED.match(after) is not None

    @Once
    def is_mistake(self) -> bool:
        """Whether the text around it says that its form is wrong. In contrast to ``on_purpose``, few words count."""
        sentence, after = self._around
        if (
            self.is_doubted
            or self.is_shown_as_mistake
            or _MISTAKE_BEFORE.search(sentence) is not None
            or _MISTAKE.search(f"{sentence}\n{after}") is not None
        ):
            return True
        return _MISTAKE_AFTER.match(after) is not None

    @property
    def names_character(self) -> bool:
        """Whether it is the traditional name of a Chinese character in parentheses: 紙 (종이 지)."""
        return _CHARACTER_BEFORE.search(self.before) is not None

    @Once
    def _around(self) -> tuple[str, str]:
        """The parts of the same sentence before and after it, in lowercase and without translations."""
        after = self.after.partition("\n")[0]
        if quoted := _QUOTED.match(after):
            after = after[quoted.end() :]
            # 'I'll do it.' You hear … begins a new sentence.
            if _SENTENCE_END.search(f"{quoted[0]} ") and after.lstrip()[:1].isupper():
                after = ""
        # A quotation before is the translation of another example.
        before = _QUOTATION.sub(" ", self.before.rpartition("\n")[2])
        return _SENTENCE_END.split(before)[-1].lower(), after.split(". ")[0].lower()

    @Once
    def is_sentence(self) -> bool:
        """Whether the text is a sentence or a translated phrase, not a list of words."""
        if self.translation:
            return len(self.words) > 1 or len(self.korean) > _LONG_WORD
        if len(self.words) < 2 or "," in self.korean:
            return False
        parts = [part.split() for part in _END.split(self.korean) if part.strip()]
        return all(len(part) > 1 for part in parts) and speech_level(self.korean) is not None

    @Once
    def words(self) -> list[str]:
        """The Korean words, without punctuation."""
        return _WORDS.findall(self.korean)


def korean_of(subject: "Analysis | Card") -> tuple[Stretch, ...]:
    """Return the Korean in the prose of a record or a card. In a Korean explanation, examples cannot be distinguished."""
    return subject.korean


def asks_about_a_mistake(front: str) -> bool:
    """Return whether a front asks the learner to find or correct a mistake, or to choose the right form."""
    return _ASKS_ABOUT_MISTAKE.search(front.lower()) is not None


def doubted(front: tuple[Stretch, ...], back: tuple[Stretch, ...]) -> Iterator[Stretch]:
    """Yield the Korean of a card whose front asks about a mistake, which untranslated words on the back may repeat."""
    words = {word for stretch in front for word in stretch.words}
    yield from (replace(stretch, is_doubted=True) for stretch in front)
    for stretch in back:
        repeats = not stretch.translation and words.issuperset(stretch.words)
        yield replace(stretch, is_doubted=True) if repeats else stretch


def keywords_of(subject: "Analysis | Card") -> Iterator[Stretch]:
    """Yield the Korean keywords of a record, each as text of its own."""
    for keyword in subject.keywords:
        yield Stretch("korean_keywords", keyword, "", "", "")


def is_copied(stretch: Stretch, analysis: "Analysis") -> bool:
    """Return whether the text is copied from the word list. Findings in it are dropped, so it need not be analyzed."""
    sources = [source for source in analysis.sources if stretch.korean in source]
    return bool(sources) and (len(stretch.words) >= _TELLING or stretch.korean in sources)


@lru_cache(maxsize=4096)
def stretches(field: str, text: str) -> tuple[Stretch, ...]:
    """Return the stretches in a field's text. Many checks need them, so they are kept with what has been found out."""
    if text.isascii():
        return ()
    found: list[Stretch] = []
    taken = 0
    for snippet in snippets(text):
        start = text.find(snippet.korean, taken)
        found += _untranslated(field, text, taken, start)
        taken = start + len(snippet.korean)
        korean = _SOUND.sub("", snippet.korean) if "[" in snippet.korean else snippet.korean
        found.append(Stretch(field, korean, snippet.translation, *_around(text, start, taken)))
    return (*found, *_untranslated(field, text, taken, len(text)))


def _untranslated(field: str, text: str, start: int, end: int) -> list[Stretch]:
    runs = _RUN.finditer(text, start, max(start, end))
    return [Stretch(field, run[0].strip(), "", *_around(text, *run.span())) for run in runs]


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    return text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
