"""Find words that are written together with a dependent noun or an auxiliary verb, and write them apart: 이런게, 할수 있다.

Only spaces that the orthography (한글 맞춤법 42) always requires are reported. An auxiliary verb after -아/어 may be written
together (47).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from korean_flashcards.domain.lazy_regex import lazy_regex

from .hangul import split
from .morphology import RawMorpheme, raw_morphemes

_WORD = lazy_regex("[가-힣]+")
_DEPENDENT = frozenset(("거", "것", "수", "줄", "뿐", "적", "리", "때문", "만큼", "대로", "척", "체", "데", "터", "채"))
_BEFORE_THING = ("이런", "그런", "저런", "어떤", "무슨", "다른", "아무런")
_APART = ("한", "두", "세", "네", "몇", "여러", "모든", "이런", "그런", "저런", "무슨", "어떤", "아무", "다른", "어느")
_THINGS = (("거", "NNB"), ("것", "NNB"))
_AFTER_THAT = ("사람", "말", "애", "남자", "여자", "친구", "놈", "년", "자식")
_TWO_WORDS = (("잘", "가"), ("잘", "자"), ("잘", "있"), ("필요", "없"))
# Dictionaries list these as one word.
_ONE_WORD = (
    "한번", "한마디", "한쪽", "한참", "한때", "한동안", "한편", "한가지", "한방", "한순간", "한평생", "한숨", "한낮", "한밤",
    "한구석", "한데", "한곳", "한눈", "한몫", "몇몇", "어느새", "아무개", "이놈", "저놈", "그놈", "이년", "저년", "그년",
    "한잔", "세상",
)  # fmt: skip
_AFTER_GO = frozenset(("있", "싶"))
_AFTER_JI = frozenset(("않", "못하", "말"))


@lru_cache(maxsize=4096)
def misspaced(sentence: str) -> tuple[tuple[str, str], ...]:
    """Return each word in a sentence that lacks a space, along with the word in standard spacing.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    return tuple(_found(sentence, raw_morphemes(sentence)))


def _found(sentence: str, pieces: Sequence[RawMorpheme]) -> Iterator[tuple[str, str]]:
    for match in _WORD.finditer(sentence):
        if _may_be_ending(match[0], sentence[match.end() :]):
            continue
        own = [piece for piece in pieces if match.start() <= piece.start < match.end()]
        places = [
            other.start - match.start()
            for one, other in pairwise(own)
            if _need_space(one, other) and match.start() < other.start and other.start >= one.end - 1
            if one.start < other.start  # 잖 has 지 and 않 in one syllable
        ]
        if places:
            parts = [match[0][start:end] for start, end in pairwise([0, *places, len(match[0])])]
            yield match[0], " ".join(parts)


def spaced_word(word: str, *, is_noun: bool) -> str:
    """Return a listed word in standard spacing, such as 한 명 for 한명. Only words without a sentence are read this way.

    Args:
        word: The word.
        is_noun: Whether a list calls it a noun, so that 걸 in 하는걸 is from 것 and not an ending.
    """
    pieces = raw_morphemes(word)
    if len(pieces) < 2 or word.startswith(_ONE_WORD):
        return word
    thing = pieces[-2].start
    if is_noun and len(pieces) > 2 and _short(pieces[-3]) == "ETM" and (pieces[-2].form, pieces[-2].tag) in _THINGS:
        return f"{word[:thing]} {word[thing:]}"
    one, other = pieces[0], pieces[1]
    pair = (_short(one), _short(other))
    is_apart = (
        (one.tag == "MM" and one.form in _APART and pair[1] in ("NNB", "NNG"))
        or (one.form == "첫" and other.form.startswith("번"))
        or (one.form in ("그", "이", "저") and one.tag == "MM" and other.form in _AFTER_THAT)
        or (pair[0] in ("NP", "NNG") and (other.form, pair[1]) in (("같", "VA"), ("좀", "MAG"), ("동안", "NNG")))
        or (pair[0] == "NP" and pair[1] in ("VV", "VA"))
        or (one.form, other.form) in _TWO_WORDS
        or (pair[0] == "NNG" and (other.form, pair[1]) == ("말", "VX"))
    )
    at = other.start
    return f"{word[:at]} {word[at:]}" if is_apart and one.end == at else word


def _short(piece: RawMorpheme) -> str:
    return piece.tag.partition("-")[0]


def _may_be_ending(word: str, after: str) -> bool:
    """Return whether a word may end in -ㄹ게, -ㄹ걸, or -는걸 instead of 게 or 걸 from 것."""
    stem = word.removesuffix("요")
    if stem.endswith("걸"):
        return not after.startswith(" ") or after.startswith((" 그랬", " 그러", " 그래"))
    return stem.endswith("게") and len(stem) > 1 and split(stem[-2]).coda == "ㄹ"


def _need_space(one: RawMorpheme, other: RawMorpheme) -> bool:
    if one.tag == "ETM" and (other.form, other.tag) == ("때", "NNG"):
        return True
    if other.tag == "NNB" and other.form in _DEPENDENT:
        if one.tag == "ETM":
            return other.form != "데"  # -는데 is also an ending
        return one.form in _BEFORE_THING or (one.tag == "ETN" and other.form == "때문")
    if one.form in ("안", "못") and one.tag == "MAG":
        is_one_word = other.form == "되" or (one.form == "못" and other.form in ("하", "쓰", "살", "생기"))
        return other.tag in ("VV", "VX") and not is_one_word
    if (one.form, one.tag) == ("뭐", "NP") and (other.form, other.tag) == ("하", "VV"):
        return True
    if one.tag != "EC" or other.tag not in ("VX", "VV"):
        return False
    if one.form in ("어야", "아야"):
        return other.form in ("하", "되")
    return (one.form == "고" and other.form in _AFTER_GO) or (one.form == "지" and other.form in _AFTER_JI)
