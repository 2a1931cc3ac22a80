"""Find compound-final elements that change the preceding sound: 신혼+여행, 구급+약, 음운~론 (Articles 20, 29, 30.3)."""

import re
from functools import lru_cache

from .hangul import split
from .junctions import Mark
from .lexicon import SAI, can_follow

# Second words that trigger ㄴ-insertion, with the minimum number of syllables before them.
_WORDS = {
    "여름": 1, "유리": 1, "연필": 1, "이불": 1, "이야기": 1,
    "여행": 2, "열차": 2, "영화": 2, "요리": 2, "요법": 2, "엽서": 2, "양념": 2,
}  # fmt: skip
# 驛, 藥, 炎, 率: the same after two or more syllables, unless they belong to one of these words: 동시통역, 에너지절약.
_SINO = frozenset("역약염율")
_SINO_WORDS = """
번역 통역 광역 징역 반역 검역 면역 전역 권역 병역 음역 완역 직역 복역 퇴역 현역 성역 단역 악역 용역 영역 연역 방역
홍역 절약 협약 만약 탄약 연약 농약 공약 청약 언약 선약 밀약 맹약 신약 생약 한약 양약 독약 극약 집약 박약 병약 감염 전염 폭염
간염
"""
# Exceptions to Article 20: these after ㄴ, unless they belong to one of these words: 직업훈련, 신인류.
_BOUND = frozenset("력량란료론령례류로")
_L_WORDS = """
권력 전력 인력 근력 분량 천량 전량 혼란 곤란 논란 산란 반란 민란 전란 원료 진료 완료 연료 언론 본론 연령 전령 본령
관령 관례 전례 순례 혼례 선례 인류 한류 분류 전류 본류 난류 진로 선로 난로
"""
_OTHER = frozenset((*_SINO_WORDS.split(), *_L_WORDS.split()))
_LAST = re.compile("|".join((*_WORDS, f"[{''.join((*_SINO, *_BOUND))}]")))


def ending_marks(word: str) -> list[tuple[int, Mark]]:
    """Return the marks before final elements that change the preceding sound, as (index in ``word``, mark) pairs.

    Particles may follow the final element.
    """
    found = ((match.start(), match[0]) for match in _LAST.finditer(word, 1))
    return [
        (index, mark)
        for index, last in found
        if (mark := _mark(word[max(index - 2, 0) : index], last)) and can_follow(word[index + len(last) :])
    ]


@lru_cache(maxsize=4096)
def _mark(before: str, last: str) -> Mark | None:
    """Return the mark between ``before`` (the one or two preceding syllables) and the final element, if any."""
    coda, pair = split(before[-1]).coda, before[-1] + last
    if not coda or len(before) < _WORDS.get(last, 2) or pair in _OTHER:
        return None
    if last in _BOUND:
        return Mark.KEEP_N if coda == "ㄴ" else None
    return Mark.SAI_INSERT if before[-1] in SAI else Mark.INSERT
