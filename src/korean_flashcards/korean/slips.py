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

from .hangul import split
from .inflection import letters
from .morphology import RawMorpheme, likelihood, raw_morphemes, rebuilt

# Contractions that the orthography permits (Articles 34–36), as letters.
_CONTRACTED = (
    ("ㅗㅇㅏ", "ㅘ"), ("ㅜㅇㅓ", "ㅝ"), ("ㅣㅇㅓ", "ㅕ"), ("ㅚㅇㅓ", "ㅙ"), ("ㅏㅇㅕ", "ㅐ"), ("ㅐㅇㅓ", "ㅐ"),
    ("ㅔㅇㅓ", "ㅔ"),
)  # fmt: skip
_OTHER_FORM = {
    "을": "를", "를": "을", "은": "는", "는": "은", "이": "가", "가": "이", "과": "와", "와": "과", "으로": "로",
    "로": "으로",
}  # fmt: skip
_AFTER_CODA = frozenset("을은이과")
# A difference of log probabilities. In 9,900 sentences of a word list, the other particle never gained more than 4.
_FAR_MORE_LIKELY = 6.0
_WORD = re.compile(r"(?<![^\s(\"'“‘])[가-힣]+(?=[\s.,?!~…)\"'”’]|$)")
_NEGATION = re.compile("(?<=[가-힣]지 )(안[가-힣]+)")
_STEMS = ("VV", "VA", "VX", "VCP", "VCN", "XSV", "XSA")
_PARTICLES_BEFORE_A_WORD = frozenset(("을", "를", "은", "는", "에", "에서", "ᆯ"))
_SHORTEST_JOINED = 5  # syllables: a shorter row may be one word (제시간, 제길)
# 거야 and 것 are always written apart. 데 and 지 are often endings.
_NUMERALS = frozenset(("두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "스무", "몇", "첫"))
_COUNTED = frozenset(("시간", "사람", "마리", "가지", "달", "해", "주일", "개월"))
_BOUND_NOUNS = frozenset(("거", "것", "수", "줄", "뿐", "적", "터"))


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
    return (*_slips(sentence, raw_morphemes(sentence)), *_negations(sentence))


def _slips(sentence: str, pieces: Sequence[RawMorpheme]) -> Iterator[Slip]:
    for match in _WORD.finditer(sentence):
        own = [piece for piece in pieces if match.start() <= piece.start < match.end()]
        if not own:
            continue
        word, before = match[0], [piece for piece in pieces if piece.start < match.start()]
        found = next(_in_word(word, own, before[-1] if before else None), None)
        yield from (found,) if found else _particle(sentence, match, own)


def _in_word(word: str, own: Sequence[RawMorpheme], before: RawMorpheme | None) -> Iterator[Slip]:
    """Yield the slips in a word, the most certain first."""
    if unknown := next((piece for piece in own if not piece.known), None):
        yield Slip(SlipKind.NAME if unknown.tag == "NNP" else SlipKind.UNKNOWN, word, unknown.form)
    if before and _belongs_to(before, own[0]):
        yield Slip(SlipKind.SPLIT, word, "")
    if "이예요" in word and own[0].tag == "NNG" and split(word[word.index("이예요") - 1]).coda:
        yield Slip(SlipKind.FORM, word, word.replace("이예요", "이에요"))  # 영숙이예요 is right: the name is 영숙이
    if any(_cannot_follow(*pair) for pair in pairwise(own)) or _is_bare_stem(own[-1]):
        yield Slip(SlipKind.FORM, word, "")
    elif _is_inflected(own) and _contracted(standard := rebuilt(own).replace(" ", "")) != _contracted(word):
        yield Slip(SlipKind.FORM, word, standard)
    if len(word) >= _SHORTEST_JOINED and any(_are_two_words(*pair) for pair in pairwise(own)):
        yield Slip(SlipKind.JOINED, word, "")
    if any(_need_a_space(*pair) for pair in pairwise(own)):
        yield Slip(SlipKind.SPACING, word, "")


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
        return other.tag.startswith("E") and other.form not in ("예요", "에요")
    if one.tag.startswith(_STEMS):
        return not other.tag.startswith(("E", "XSV", "XSA"))
    if other.form.endswith("니다요"):
        return True
    if one.tag == "EF" and other.form == "요":
        return one.form.endswith(("요", "니다", "어라", "아라")) or one.form == "다"
    return one.tag == "ETM" and other.tag.startswith("E")


def _is_bare_stem(last: RawMorpheme) -> bool:
    return last.tag.startswith(_STEMS)


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


def _particle(sentence: str, match: re.Match[str], own: Sequence[RawMorpheme]) -> Iterator[Slip]:
    """Yield the word if its particle does not fit the sound before it and the other form is far more likely."""
    word = match[0]
    end = word[-2:] if word.endswith("으로") else word[-1]
    if len(own) < 2 or end not in _OTHER_FORM or len(word) == len(end) or _fits(split(word[-len(end) - 1]).coda, end):
        return
    if (own[-1].form, own[-1].tag) == ("는", "ETM") and own[-2].tag.startswith(("V", "XS", "EP")):
        return  # 먹는
    right = word.removesuffix(end) + _OTHER_FORM[end]
    if own[-1].tag.startswith("J") and own[-2].tag.startswith("N"):
        yield Slip(SlipKind.PARTICLE, word, right)
        return
    corrected = f"{sentence[: match.start()]}{right}{sentence[match.end() :]}"
    if likelihood(corrected) - likelihood(sentence) > _FAR_MORE_LIKELY:
        yield Slip(SlipKind.PARTICLE, word, right)


def _negations(sentence: str) -> Iterator[Slip]:
    """Yield 안 in place of 않 after -지, if 않 is far more likely: 급하지 안으니까, but not 휴지 안으로."""
    for match in _NEGATION.finditer(sentence):
        corrected = f"{sentence[: match.start(1)]}않{sentence[match.start(1) + 1 :]}"
        if likelihood(corrected) - likelihood(sentence) > _FAR_MORE_LIKELY:
            yield Slip(SlipKind.FORM, match[1], f"않{match[1][1:]}")


def _fits(coda: str, particle: str) -> bool:
    if particle in ("로", "으로"):
        return (particle == "로") == (coda in ("", "ㄹ"))
    return (particle in _AFTER_CODA) == bool(coda)
