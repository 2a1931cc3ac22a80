"""Find words that differ only in spaces or particles (문, 문을, 문 을)."""

import unicodedata
from functools import lru_cache

from .hangul import is_syllable, split

# Particles by the sound before them. A word that only looks as if it had a particle (종이, 포도) loses its last syllable
# too. This happens with and without a real particle (종이를, 포도를), so the two forms still have the same stem.
_AFTER_CODA = ("은", "이", "을", "과", "이나", "이랑")
_AFTER_VOWEL = ("는", "가", "를", "와", "랑")
_AFTER_ANY = (
    "에", "에서", "에게", "한테", "께", "께서", "의", "도", "만",
    "하고", "부터", "까지", "처럼", "보다", "마다", "조차", "밖에",
)  # fmt: skip
_LONGEST = 2


@lru_cache(maxsize=65536)
def stem(term: str) -> str:
    """Return the term in NFC, without spaces and without final particles.

    A particle is removed only if it fits the sound before it (을 after a consonant, 를 after a vowel) and is not the whole
    term. A word has the same stem with and without a particle.
    """
    text = "".join(unicodedata.normalize("NFC", term).split())
    while (shorter := _without_particle(text)) != text:
        text = shorter
    return text


def _without_particle(text: str) -> str:
    for length in range(_LONGEST, 0, -1):
        rest, end = text[:-length], text[-length:]
        if rest and is_syllable(rest[-1]) and _fits(split(rest[-1]).coda, end):
            return rest
    return text


def _fits(coda: str, particle: str) -> bool:
    if particle in _AFTER_ANY:
        return True
    if particle in ("로", "으로"):
        return (particle == "로") == (coda in ("", "ㄹ"))
    return particle in (_AFTER_CODA if coda else _AFTER_VOWEL)
