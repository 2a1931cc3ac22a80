"""Derive tensification from a word's hanja: after ㄹ (Article 26), and in characters that dictionaries list as tense."""

from functools import lru_cache

from .hangul import split
from .hanja_data import reads_as
from .junctions import Mark

# Characters that become tense at the end of a hanja word that has at least this many characters:
# 價 까, 件 껀, 券 and 權 꿘, 科 꽈 …
_ENDS_TENSED = {"價": 2, "件": 2, "券": 2, "權": 2, "科": 2, "症": 2, "證": 3, "性": 3, "法": 3, "病": 3, "狀": 3}
_NEVER = frozenset(("物件",))


@lru_cache(maxsize=4096)
def hanja_marks(word: str, hanja: str) -> tuple[tuple[int, Mark], ...]:
    """Return the marks for the part of a Hangul word that these hanja spell, as (index in ``word``, mark) pairs."""
    length = len(hanja)
    starts = range(len(word) - length + 1)
    start = next((at for at in starts if reads_as(hanja, word[at : at + length])), None)
    if start is None or length < 2 or hanja in _NEVER:
        return ()
    last = start + length - 1
    if length == 2 and split(word[start]).coda == "ㄹ" and split(word[last]).onset in ("ㄷ", "ㅅ", "ㅈ"):
        # Not if a character is doubled (절절하다). In longer words this applies only within their parts, so not in 불세출.
        return () if hanja[0] == hanja[1] else ((last, Mark.SINO),)
    least = 2 if hanja[-1] == "的" and length == 2 else _ENDS_TENSED.get(hanja[-1], length + 1)
    return ((last, Mark.HABIT),) if length >= least else ()
