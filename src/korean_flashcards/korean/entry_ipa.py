"""Compute the IPA of a word list's entry, which may be an affix, a grammar pattern, or an inflected form.

Only the reading of digits and Latin letters cannot be computed.
"""

from korean_flashcards.domain.lazy_regex import lazy_regex

from .hangul import has_hangul, is_syllable, join, split
from .ipa import ipa_of

# A single consonant letter at the beginning of an ending is pronounced with the vowel that follows a consonant stem.
_WITH_VOWEL = (("ㄴ다", "는다"), ("ㄴ", "은"), ("ㄹ", "을"), ("ㅁ", "음"), ("ㅂ", "습"))
_BETWEEN_ALLOMORPHS = lazy_regex(r"[/,;·]")
_NOT_SPOKEN = lazy_regex(r"[^\w\s]")
_INFLECTED = ("verb", "adjective")
# V, A, and N stand for a verb, an adjective, and a noun in patterns such as A/V-고 싶다 and N에 대해.
_PLACEHOLDERS = lazy_regex(r"(?<![A-Za-z])[VAN](?:/[VAN])*\s*(?:[-+~]|(?=[가-힣(]))")
_CODAS = frozenset("ㄱㄴㄷㄹㅁㅂㅅㅆㅇㅎ")


def ipa_of_entry(term: str, pos: str, *, meaning: str = "", hanja: str = "", reading: str = "") -> str | None:
    """Return the IPA of an entry, or None if its spelling does not show how it is read and no reading is given.

    The allomorphs of a pattern follow each other: 은/는 → [ɯn nɯn]. Parentheses, hyphens, and letters that stand for a
    part of speech (N에 대해) are not spoken.

    Args:
        term: The entry in NFC.
        pos: Its part of speech.
        meaning: Its English meaning, used to distinguish homographs.
        hanja: Its hanja, used to distinguish homographs and detect tensification.
        reading: How the digits and Latin letters in the term are read aloud, in Hangul: "십 분" for 10분.
    """
    spoken = _spoken(term)
    if not _is_hangul(spoken):
        spoken = _spoken(reading)
    return ipa_of(spoken, is_verb=pos in _INFLECTED, definition=meaning, hanja=hanja) if _is_hangul(spoken) else None


def _spoken(term: str) -> str:
    """Return what is spoken of a term: no hyphens or parentheses, and no allomorph twice in a row.

    A word may occur twice in a term: 가는 말이 고와야 오는 말이 곱다, -거나 -거나.
    """
    spoken: list[str] = []
    for form in _BETWEEN_ALLOMORPHS.split(_PLACEHOLDERS.sub("", term)):
        words = list(filter(None, map(_with_vowel, form.split())))
        same = next((length for length in range(len(words), 0, -1) if spoken[-length:] == words[:length]), 0)
        spoken += words[same:]
    return " ".join(spoken)


def _with_vowel(part: str) -> str:
    letters = _with_codas(_NOT_SPOKEN.sub("", part))
    return next(
        (vowel + letters.removeprefix(bare) for bare, vowel in _WITH_VOWEL if letters.startswith(bare)), letters
    )


def _with_codas(letters: str) -> str:
    """Return the letters with each single consonant joined to an open syllable before it: 으ㄹ게요 → 을게요."""
    joined = ""
    for letter in letters:
        before = split(joined[-1]) if joined and is_syllable(joined[-1]) else None
        if before and not before.coda and letter in _CODAS:
            joined = joined[:-1] + join(before._replace(coda=letter))
        else:
            joined += letter
    return joined


def _is_hangul(text: str) -> bool:
    return has_hangul(text) and all(is_syllable(ch) or ch.isspace() for ch in text)
