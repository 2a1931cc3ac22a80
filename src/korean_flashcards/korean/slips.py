"""Find slips in Korean sentences: words that do not exist, wrong endings, wrong particles, and wrong spaces.

The morphological analyzer reads misspelled text, too: it takes 어렵었어요 apart as 어렵 + 었 + 어요. A word is a slip if its
morphemes cannot follow each other (고향는: a noun with a verb ending), if their standard spelling is different
(어려웠어요), or if the other form of its particle makes the sentence far more likely (사과을, 사과를). Accepted contractions
(되어, 돼) are not slips. Frequent misspellings are in ``misspellings``.
"""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from korean_flashcards.domain.lazy_regex import lazy_regex

from .hangul import split
from .inflection import letters
from .morphology import RawMorpheme, likelihood, raw_morphemes, rebuilt

# Contractions that the orthography permits (Articles 34–36), as letters.
_CONTRACTED = (
    ("ㅗㅎㅇㅏ", "ㅘ"), ("ㅗㅇㅏ", "ㅘ"), ("ㅜㅇㅓ", "ㅝ"), ("ㅣㅇㅓ", "ㅕ"), ("ㅚㅇㅓ", "ㅙ"), ("ㅏㅇㅕ", "ㅐ"),
    ("ㅐㅇㅓ", "ㅐ"), ("ㅔㅇㅓ", "ㅔ"),
)  # fmt: skip
_OTHER_FORM = {
    "을": "를", "를": "을", "은": "는", "는": "은", "이": "가", "가": "이", "과": "와", "와": "과", "으로": "로",
    "로": "으로",
}  # fmt: skip
_AFTER_CODA = frozenset("을은이과")
# A difference of log probabilities. In 9,900 sentences of a word list, the other particle never gained more than 4.
_FAR_MORE_LIKELY = 6.0
_MORE_LIKELY = 5.0
_WORD = lazy_regex(r"(?<![^\s(\"'“‘])[가-힣]+(?=[\s.,?!~…)\"'”’]|$)")
_HANGUL = lazy_regex("[가-힣]+")
_NEVER_TWICE = frozenset(("로", "를", "을", "에", "에서", "으로"))
# A wrong spelling that is itself a word, and the right one. Both are compared as part of the sentence.
_CONFUSED = tuple(
    (lazy_regex(pattern), right)
    for pattern, right in (
        ("(?<=[가-힣]지 )안(?=[가-힣])", "않"), ("(?<![가-힣])반듯이(?![가-힣])", "반드시"),
        ("(?<![가-힣])낳으(?=[세면니])", "나으"),
        ("(?<![가-힣])열심이(?= )", "열심히"), ("(?<=[가-힣])으로(?= [가오왔갔갈올])", "으러"), ("(?<![가-힣])결재",
        "결제"),
        ("(?<![가-힣])결제", "결재"), ("(?<![가-힣])들렸(?=[어다습])", "들렀"), ("(?<![가-힣])들려(?=서|요|야)", "들러"),
        ("(?<![가-힣])짓(?=[어는고])", "짖"), ("(?<![가-힣])업(?=어요|습니다|었)", "없"),
        ("(?<![가-힣])같(?=어요|습니다|았어)", "갔"),
    )
)  # fmt: skip
# Each match of the patterns contains one of these.
_MAY_BE_CONFUSED = lazy_regex("안|반듯이|낳으|열심이|으로 |결[재제]|들[렸려]|짓|업|같")
_STEMS = ("VV", "VA", "VX", "VCP", "VCN", "XSV", "XSA")
_PARTICLES_BEFORE_A_WORD = frozenset(("을", "를", "은", "는", "에", "에서", "ᆯ"))
_SHORTEST_JOINED = 5  # syllables: a shorter row may be one word (제시간, 제길)
# 거야 and 것 are always written apart. 데 and 지 are often endings.
_NUMERALS = frozenset(("두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "스무", "몇", "첫"))
_COUNTED = frozenset(("시간", "사람", "마리", "가지", "달", "해", "주일", "개월"))
_BOUND_NOUNS = frozenset(("거", "것", "수", "줄", "뿐", "적", "터"))


# Stems that have lost ㄹ, which the analyzer takes for nouns: 놀다, 울다, 물다, 걸다, 얼다, 달다, 돌다, 풀다, 불다
_WITHOUT_L = frozenset("노우무거어다도푸부마기미고이주으")
# Forms of 자다 “sleep” that the analyzer takes for forms of 이다: 아빠 자요.
_ALSO_VERBS = frozenset(("자", "자요"))


class SlipKind(StrEnum):
    """The kinds of slips. A ``NAME`` may exist, although the analyzer does not know it. Spaces are often optional."""

    UNKNOWN = "unknown"
    NAME = "name"
    FORM = "form"
    PARTICLE = "particle"
    SPLIT = "split"
    JOINED = "joined"
    SPACING = "spacing"


class Slip(NamedTuple):
    """A slip in a word.

    ``right`` is the right spelling, or "" if none is known. For an unknown word, it is the part that is unknown.
    """

    kind: SlipKind
    word: str
    right: str


@lru_cache(maxsize=16384)
def slips(sentence: str) -> tuple[Slip, ...]:
    """Return the slips in a Korean sentence. Words with digits or Latin letters are skipped.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    return (*_slips(sentence, raw_morphemes(sentence)), *_confused(sentence))


def _slips(sentence: str, pieces: Sequence[RawMorpheme]) -> Iterator[Slip]:
    at = 0
    for match in _WORD.finditer(sentence):
        while at < len(pieces) and pieces[at].start < match.start():
            at += 1
        first = at
        while at < len(pieces) and pieces[at].start < match.end():
            at += 1
        if own := pieces[first:at]:
            found = _slip_between(match[0], own[0], pieces[first - 1] if first else None)
            if found := found or _in_word(match[0], own) or _particle(sentence, match, own):
                yield found


def _slip_between(word: str, first: RawMorpheme, before: RawMorpheme | None) -> Slip | None:
    """Return the word as a slip if it must be written together with the word before it."""
    if word in _ALSO_VERBS:
        return None
    return Slip(SlipKind.SPLIT, word, "") if before and first.known and _belongs_to(before, first) else None


def _in_word(word: str, own: Sequence[RawMorpheme]) -> Slip | None:
    """Return the most certain slip in a word, or None."""
    if unknown := next((piece for piece in own if not piece.known), None):
        return Slip(SlipKind.NAME if unknown.tag == "NNP" else SlipKind.UNKNOWN, word, unknown.form)
    if own[0].tag == "NNG" and word.endswith(("예요", "에요")) and (copula := _copula(word, own[0].form)):
        return Slip(SlipKind.FORM, word, copula)
    pairs = list(pairwise(own))
    if any(_cannot_follow(one, other) for one, other in pairs) or own[-1].tag.startswith(_STEMS):
        return Slip(SlipKind.FORM, word, "")
    if _is_inflected(own):
        standard = rebuilt(own).replace(" ", "")
        if standard != word and _contracted(standard) != _contracted(word):
            return Slip(SlipKind.FORM, word, standard)
    if len(word) >= _SHORTEST_JOINED and any(_are_two_words(one, other) for one, other in pairs):
        return Slip(SlipKind.JOINED, word, "")
    return Slip(SlipKind.SPACING, word, "") if any(_need_a_space(one, other) for one, other in pairs) else None


def _belongs_to(before: RawMorpheme, first: RawMorpheme) -> bool:
    """Return whether the first morpheme of a word must be written together with the one before the space: 저 는."""
    if first.tag.startswith("J") or first.tag == "VCP":
        after_noun = before.tag.startswith("N") and first.form not in ("도", "만")
        return after_noun or (first.form == "요" and before.tag == "EF")
    if first.form == "뿐":
        return before.tag.startswith("N")
    return first.tag in ("EP", "EF") or (first.tag.startswith("XSA") and before.tag == "XR")


def _cannot_follow(one: RawMorpheme, other: RawMorpheme) -> bool:
    """Return whether two morphemes cannot stand side by side in a word: a noun with a verb ending, 먹은는."""
    if one.tag.startswith("N"):
        # 노느라고 is a form of 놀다.
        has_lost_l = other.form.startswith("느") and one.form in _WITHOUT_L
        return other.tag.startswith("E") and other.form not in ("예요", "에요") and not has_lost_l
    if one.tag in ("VA", "VA-I") and other.form == "는다" and one.form.endswith(("있", "없", "좋", "싫", "많")):
        return len(one.form) > 1 or one.form not in "있없"
    if one.tag.startswith(_STEMS):
        return not other.tag.startswith(("E", "XSV", "XSA"))
    if (one.form == other.form and one.form in _NEVER_TWICE) or other.form.endswith("니다요"):
        return True
    if one.tag == "EF" and other.form == "요":
        return one.form.endswith(("요", "니다", "어라", "아라")) or one.form == "다"
    return one.tag == "ETM" and other.tag.startswith("E")


def _is_inflected(own: Sequence[RawMorpheme]) -> bool:
    """Return whether the word is a verb form whose spelling the analyzer can rebuild without ambiguity.

    Not rebuilt are contractions with several words (원치, 온단다), 말아 and 그렇네 (both permitted since 2015), and nouns.
    """
    if not any(piece.tag.startswith(("VV", "VA", "VX", "XSV", "XSA")) for piece in own):
        return False
    if any(
        piece.tag.startswith(("VCP", "NNB", "NP", "S")) or (piece.form, piece.tag[:1]) == ("말", "V") for piece in own
    ):
        return False
    for one, other in pairwise(own):
        if one.tag == "EC" and one.form.endswith(("고", "지")) and other.form in ("하", "않"):
            return False
        if (one.tag.startswith("XS") and other.form == "지") or (
            other.form.startswith("네") and "ㅎ" in letters(one.form[-1])[2:]
        ):
            return False
    return True


def _contracted(word: str) -> str:
    text = letters(word)
    for full, short in _CONTRACTED:
        text = text.replace(full, short)
    return text


def _are_two_words(one: RawMorpheme, other: RawMorpheme) -> bool:
    """Return whether a particle is followed by another word without a space: 밥을먹었어요."""
    is_word = other.tag.startswith(("VV", "VA", "NNG")) and other.form != "서"
    return one.tag.startswith("J") and one.form in _PARTICLES_BEFORE_A_WORD and is_word


def _need_a_space(one: RawMorpheme, other: RawMorpheme) -> bool:
    """Return whether a space is missing: 갈거예요, 먹고있어요, 두시간."""
    if one.tag == "ETM":
        return other.tag == "NNB" and other.form in _BOUND_NOUNS
    if one.tag == "EC" and one.form == "고":
        return other.tag == "VX" and other.form in ("있", "싶")
    counter = other.tag == "NNB" or other.form in _COUNTED
    return one.form in _NUMERALS and one.tag in ("MM", "NR") and counter


def _particle(sentence: str, match: re.Match[str], own: Sequence[RawMorpheme]) -> Slip | None:
    """Return the word if its particle does not fit the sound before it and the other form is far more likely."""
    word = match[0]
    end = word[-2:] if word.endswith("으로") else word[-1]
    if len(own) < 2 or end not in _OTHER_FORM or len(word) == len(end) or _fits(split(word[-len(end) - 1]).coda, end):
        return None
    if (own[-1].form, own[-1].tag) == ("는", "ETM") and own[-2].tag.startswith(("V", "XS", "EP")):
        return None  # 먹는
    right = word.removesuffix(end) + _OTHER_FORM[end]
    if own[-1].tag.startswith("J") and own[-2].tag.startswith("N"):
        return Slip(SlipKind.PARTICLE, word, right)
    corrected = f"{sentence[: match.start()]}{right}{sentence[match.end() :]}"
    is_slip = likelihood(corrected) - likelihood(sentence) > _FAR_MORE_LIKELY
    return Slip(SlipKind.PARTICLE, word, right) if is_slip else None


def _confused(sentence: str) -> Iterator[Slip]:
    """Yield words in place of words that sound alike, if the other is more likely: 급하지 안으니까, but not 휴지 안으로."""
    for pattern, right in _CONFUSED if _MAY_BE_CONFUSED.search(sentence) else ():
        for match in pattern.finditer(sentence):
            corrected = f"{sentence[: match.start()]}{right}{sentence[match.end() :]}"
            if likelihood(corrected) - likelihood(sentence) > _MORE_LIKELY:
                rest = _HANGUL.match(sentence, match.end())
                end = rest[0] if rest else ""
                yield Slip(SlipKind.FORM, match[0] + end, right + end)


def _copula(word: str, noun: str) -> str:
    """Return the right spelling of a noun with 이에요 or 예요, or "". 영숙이예요 is right, because the name is 영숙이."""
    closed, rest = split(noun[-1]).coda != "", word.removeprefix(noun)
    if closed and rest in ("예요", "이예요"):
        return f"{noun}이에요"
    return f"{noun}예요" if not closed and rest in ("이에요", "이예요") else ""


def _fits(coda: str, particle: str) -> bool:
    if particle in ("로", "으로"):
        return (particle == "로") == (coda in ("", "ㄹ"))
    return (particle in _AFTER_CODA) == bool(coda)
