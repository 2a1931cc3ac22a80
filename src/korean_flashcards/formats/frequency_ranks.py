"""Tell ranks from frequencies. A rank counts from 1 for the most common word, so that rare words have high numbers."""

from collections.abc import Sequence
from itertools import pairwise

from korean_flashcards.domain.lazy_regex import lazy_regex

# Words that are more common than most words in any list (modern Korean use, National Institute of Korean Language).
_COMMON = {
    "것", "하다", "있다", "되다", "수", "나", "그", "없다", "않다", "사람", "우리", "이", "보다", "등",
    "때", "거", "가다", "년", "말", "일", "같다", "주다", "대하다", "오다", "받다", "알다", "그러다", "때문",
    "집", "생각하다", "그렇다", "나오다", "저", "만들다", "모르다", "내", "그것", "두", "보이다", "여자", "사회", "앞",
    "또", "많다", "어떤", "좋다", "먹다", "안", "크다", "시간", "문제", "더", "물", "친구", "내가", "난",
    "네", "좀", "잘", "왜", "너", "뭐", "다", "한", "이거", "여기", "지금",
}  # fmt: skip
_NUMBER = lazy_regex(r"\d{1,15}(?:\.0+)?")
_ENOUGH = 5  # numbers that show a sequence
# By Zipf's law, a word's frequency is inversely proportional to its rank. Ranks up to 100,000 give different numbers.
_SCALE = 10**8


def number_of(text: str) -> int | None:
    """Return a positive whole number, which may have thousands separators and ".0", or None."""
    plain = text.replace(",", "")
    return (int(plain.partition(".")[0]) or None) if _NUMBER.fullmatch(plain) else None


def looks_like_ranks(words: Sequence[tuple[str, str]]) -> bool:
    """Return whether the numbers of these words, as (term, number) pairs in the list's order, are ranks.

    Ranks are different for each word. In addition, common words have low numbers, or the numbers ascend or count from 1.
    """
    numbers = [(term, number) for term, text in words if (number := number_of(text)) is not None]
    values = [number for _, number in numbers]
    if len(values) < 2 or len(set(values)) < 0.9 * len(values):
        return False
    common = [number for term, number in numbers if term in _COMMON]
    others = [number for term, number in numbers if term not in _COMMON]
    pairs = len(common) * len(others)
    if pairs > 1:
        lower = sum(one < other for one in common for other in others)
        if lower >= 0.75 * pairs or lower <= 0.25 * pairs:
            return lower >= 0.75 * pairs
    if len(values) < _ENOUGH:
        return False
    ascending = all(one < other for one, other in pairwise(values))
    return ascending or (min(values) == 1 and max(values) <= 1.1 * len(values))


def frequency_of(rank: int) -> int:
    """Return a number that is higher for a lower rank."""
    return _SCALE // rank
