"""What the hanja of a word tell of its sound: tensing after ㄹ (Article 26), and characters that are tensed by habit."""

from functools import lru_cache

from .hangul import split
from .junctions import Mark

# At the end of a word these are tensed: 價 까, 件 껀, 券 and 權 꿘, 科 꽈, 的 after one syllable 쩍 …
_ENDS_TENSED = {"價": 2, "件": 2, "券": 2, "權": 2, "科": 2, "症": 2, "證": 3, "性": 3, "法": 3, "病": 3, "狀": 3}
_NEVER = frozenset(("物件",))


@lru_cache(maxsize=4096)
def hanja_marks(word: str, hanja: str) -> tuple[tuple[int, Mark], ...]:
    """The marks inside a Hangul word that begins with the word in hanja: (index in ``word``, mark)."""
    length = len(hanja)
    if length < 2 or length > len(word) or hanja in _NEVER:
        return ()
    end = length - 1
    if length == 2 and split(word[0]).coda == "ㄹ" and split(word[1]).onset in ("ㄷ", "ㅅ", "ㅈ"):
        # Not in doubled characters (절절하다); longer words are tensed only within their parts (불세출 is not).
        return () if hanja[0] == hanja[1] else ((1, Mark.SINO),)
    tensed = length >= _ENDS_TENSED.get(hanja[end], len(word) + 1) or (length == 2 and hanja[end] == "的")
    return ((end, Mark.HABIT),) if tensed else ()
