"""Detect the speech level of a Korean sentence from its last word, and find honorific and humble forms.

The levels follow Korean school grammar: 하십시오체 (formal), 해요체 (polite), 해체 (casual), and 해라체 (plain). The plain
level is used in writing and, among friends, for commands, questions, and suggestions.
"""

from enum import StrEnum
from functools import lru_cache

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.hangul import is_syllable, split


class SpeechLevel(StrEnum):
    """The speech levels that a sentence ending can express."""

    FORMAL = "formal"
    POLITE = "polite"
    CASUAL = "casual"
    PLAIN = "plain"


_WORDS = lazy_regex("[가-힣]+")
_FORMAL_AFTER_B = ("니다", "니까", "시다")
# Nouns and adverbs that end like a verb form. They can be the last word of a sentence without a verb.
_NO_ENDINGS = lazy_regex(
    ".*(필요|중요|주요|수요|소요|동요|월요|화요|목요|금요|토요|일요|바다|보다|마다|판다|언니|어머니|할머니|아주머니|아버지|할아버지"
    "|바지|가게|남자|여자|의자|모자|과자|피자|감자|상자|환자|학자|기자|돼지|편지|휴지|반지|먼지|강아지|가지|까지|아이|고양이|주머니)"
)
_CASUAL = lazy_regex(
    r".*(거야|이야|잖아|거든|구나|는구나|군|을게|을래|[을는던]걸|는데|네|지|냐|니|자|해|돼|봐|줘|와|어|아|야|래|게)"
)
_HONORIFIC = lazy_regex(
    "께서|께|님|계[시세셨신십]|드[시세셨신십]|잡수|주무|돌아가[시셨]|말씀|진지|성함|연세|생신|댁|분[이은을께]"
    "|[으하오가보주리기치우지르아어이][시세셨신실십]|셔|셨|세요"
)
_HUMBLE = lazy_regex(
    "저[는도를의희에한와하랑만까부보]|저희|제[가게 ]|드[리려렸릴립린]|여[쭈쭤쭙쭐쭌]|뵙|뵈|봬|모[시셔셨실]|말씀|올리|소인"
)


@lru_cache(maxsize=16384)
def speech_level(sentence: str) -> SpeechLevel | None:
    """Return the speech level of the sentence's last word, or None if that word has no clear ending."""
    words = _WORDS.findall(sentence)
    last = words[-1] if words else ""
    if len(last) < 2 or _NO_ENDINGS.fullmatch(last):
        return None
    if last.endswith(("십시오", "소서")) or (last.endswith(_FORMAL_AFTER_B) and _closed_by_b(last[:-2])):
        return SpeechLevel.FORMAL
    if last.endswith(("요", "죠")):
        return SpeechLevel.POLITE
    if last.endswith("다"):
        return SpeechLevel.PLAIN
    return SpeechLevel.CASUAL if _CASUAL.fullmatch(last) else None


def honours_someone(sentence: str) -> bool:
    """Return whether the sentence may contain an honorific form: -(으)시-, 께서, or an honorific word."""
    return _HONORIFIC.search(sentence) is not None


def humbles_speaker(sentence: str) -> bool:
    """Return whether the sentence may contain a humble form, such as 저, 저희, 드리다, or 뵙다."""
    return _HUMBLE.search(sentence) is not None


def _closed_by_b(stem: str) -> bool:
    return bool(stem) and is_syllable(stem[-1]) and split(stem[-1]).coda in ("ㅂ", "ㅄ")
