"""Transcribe Korean into the project's IPA, a broad phonetic transcription of the standard pronunciation.

Syllables are separated by dots and words by spaces, inside square brackets: 남자 → [nam.dʑa].

======== =====================================================================================================
vowels   ㅏ a · ㅐ ɛ · ㅓ ʌ · ㅔ e · ㅗ o · ㅚ we · ㅜ u · ㅟ wi · ㅡ ɯ · ㅢ ɰi · ㅣ i
         (ㅚ and ㅟ are diphthongs, which Article 4 of the Standard Pronunciation allows and most speakers use)
glides   ㅑ ja · ㅒ jɛ · ㅕ jʌ · ㅖ je · ㅛ jo · ㅠ ju · ㅘ wa · ㅙ wɛ · ㅝ wʌ · ㅞ we;
         no j after ㅈ, ㅉ, ㅊ, which are already palatal (죠 [tɕo])
lenis    ㄱ k · ㄷ t · ㅂ p · ㅈ tɕ; between voiced sounds (vowels, ㄴ, ㄹ, ㅁ, ㅇ) within a word: ɡ · d · b · dʑ
tense    ㄲ k͈ · ㄸ t͈ · ㅃ p͈ · ㅆ s͈ · ㅉ t͈ɕ (U+0348)
aspirate ㅋ kʰ · ㅌ tʰ · ㅍ pʰ · ㅊ tɕʰ
others   ㄴ n · ㅁ m · ㅎ h (everywhere) · ㅅ s, but ɕ before i, j, and wi (시 ɕi), where ㅆ is ɕ͈
ㄹ        ɾ; l as a coda and after another l (빨리 [p͈al.li])
codas    ㄱ k̚ · ㄷ t̚ · ㅂ p̚ (unreleased, U+031A) · ㄴ n · ㄹ l · ㅁ m · ㅇ ŋ
======== =====================================================================================================

ɡ is the IPA letter U+0261, not the Latin g. Vowel length is not transcribed.
"""

from collections.abc import Iterator, Sequence
from functools import cache

from .hangul import Jamo, is_syllable, split
from .morphology import Morpheme
from .pronunciation import pronounce

_VOWELS = {
    "ㅏ": "a", "ㅐ": "ɛ", "ㅑ": "ja", "ㅒ": "jɛ", "ㅓ": "ʌ", "ㅔ": "e", "ㅕ": "jʌ", "ㅖ": "je", "ㅗ": "o",
    "ㅘ": "wa", "ㅙ": "wɛ", "ㅚ": "we", "ㅛ": "jo", "ㅜ": "u", "ㅝ": "wʌ", "ㅞ": "we", "ㅟ": "wi", "ㅠ": "ju",
    "ㅡ": "ɯ", "ㅢ": "ɰi", "ㅣ": "i",
}  # fmt: skip
_ONSETS = {
    "ㄱ": "k", "ㄲ": "k͈", "ㄴ": "n", "ㄷ": "t", "ㄸ": "t͈", "ㄹ": "ɾ", "ㅁ": "m", "ㅂ": "p", "ㅃ": "p͈", "ㅅ": "s",
    "ㅆ": "s͈", "ㅇ": "", "ㅈ": "tɕ", "ㅉ": "t͈ɕ", "ㅊ": "tɕʰ", "ㅋ": "kʰ", "ㅌ": "tʰ", "ㅍ": "pʰ", "ㅎ": "h",
}  # fmt: skip
_VOICED = {"ㄱ": "ɡ", "ㄷ": "d", "ㅂ": "b", "ㅈ": "dʑ"}
_PALATAL = {"ㅅ": "ɕ", "ㅆ": "ɕ͈"}
_CODAS = {"": "", "ㄱ": "k̚", "ㄷ": "t̚", "ㅂ": "p̚", "ㄴ": "n", "ㄹ": "l", "ㅁ": "m", "ㅇ": "ŋ"}
_VOICING_CODAS = ("", "ㄴ", "ㄹ", "ㅁ", "ㅇ")


def to_ipa(pronounced: str) -> str:
    """Return the IPA for a pronunciation in Hangul, as returned by ``pronounce``: "남자" → "[nam.dʑa]".

    A run of whitespace becomes one space.

    Raises:
        ValueError: The text contains a character other than Hangul and spaces, or a coda that is never pronounced.
    """
    return f"[{' '.join(map(_word_ipa, pronounced.split()))}]"


def ipa_of(
    word: str, *, is_verb: bool = False, morphemes: Sequence[Morpheme] | None = None,
    definition: str = "", hanja: str = "", linked: bool = False,
) -> str | None:  # fmt: skip
    """Return the IPA for the main reading of a word or phrase, given its spelling. The options are those of ``pronounce``.

    Return None if the text contains anything other than Hangul and spaces (10분, TV에서) because its reading is uncertain.
    """
    readings = ipa_readings(
        word, is_verb=is_verb, morphemes=morphemes, definition=definition, hanja=hanja, linked=linked
    )
    return next(readings, None)


def ipa_readings(
    word: str, *, is_verb: bool = False, morphemes: Sequence[Morpheme] | None = None,
    definition: str = "", hanja: str = "", linked: bool = False,
) -> Iterator[str]:  # fmt: skip
    """Yield the IPA for each permitted reading, the main one first. The options are those of ``pronounce``.

    Yield nothing if the text contains anything other than Hangul and spaces.
    """
    if word.split() and all(is_syllable(ch) or ch.isspace() for ch in word):
        yield from map(to_ipa, pronounce(
            word, is_verb=is_verb, morphemes=morphemes, definition=definition, hanja=hanja, linked=linked
        ))  # fmt: skip


def _word_ipa(word: str) -> str:
    before: str | None = None
    syllables = []
    for ch in word:
        jamo = split(ch)
        if jamo.coda not in _CODAS:
            raise ValueError(
                f"{word!r} is a spelling, not a pronunciation: no syllable is pronounced with the coda {jamo.coda} ({ch})."
            )
        syllables.append(_syllable_ipa(jamo, before))
        before = jamo.coda
    return ".".join(syllables)


@cache
def _syllable_ipa(jamo: Jamo, before: str | None) -> str:
    """Return the IPA for a syllable. ``before``: coda of the previous syllable, or None at the start of a word."""
    onset, vowel = _ONSETS[jamo.onset], _VOWELS[jamo.vowel]
    if before in _VOICING_CODAS:
        onset = _VOICED.get(jamo.onset, onset)
    if vowel == "wi" or vowel.startswith(("i", "j")):
        onset = _PALATAL.get(jamo.onset, onset)
    if jamo.onset in ("ㅈ", "ㅉ", "ㅊ"):
        vowel = vowel.removeprefix("j")
    if jamo.onset == "ㄹ" and before == "ㄹ":
        onset = "l"
    return onset + vowel + _CODAS[jamo.coda]
