"""Compute, once per word, the features needed to compare it with other words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from korean_flashcards.confusables.classic_table import sides_of
from korean_flashcards.confusables.contracted import contracted_base, usual_spelling
from korean_flashcards.confusables.light_verbs import light_stems
from korean_flashcards.confusables.senses import Sense, is_proper, senses_of
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.hangul import Jamo, is_syllable, join, split, strip_to_hangul
from korean_flashcards.korean.inflection import letters, noun_stems, verb_stems
from korean_flashcards.korean.pronunciation import pronounce
from korean_flashcards.korean.rude_words import is_rude

NO_CODA = "-"
# Vowels that most speakers no longer distinguish today.
_MERGED = {"ㅔ": "ㅐ", "ㅖ": "ㅒ", "ㅚ": "ㅙ", "ㅞ": "ㅙ"}
_VERBS = ("verb", "adjective")
_IGNORED = lazy_regex(r"[\s\-~–〜]")


@dataclass(frozen=True, slots=True)
class ConfusableWord:
    """The features of a word that are used to compare it.

    Attributes:
        definition: The English definition, or "" if unknown.
        pos: The part of speech in lowercase, or "" if unknown.
        bare: The term without spaces or hyphens.
        hangul: Only the Hangul syllables of ``bare``.
        letters: The compatibility jamo of ``bare``.
        slots: Three letters per syllable, with ``NO_CODA`` for a missing coda. None if ``bare`` contains anything other
            than Hangul syllables, such as digits.
        sound: The standard pronunciation.
        merged_sound: The pronunciation with merged vowels written as the same vowel: [내] for both 내 and 네.
        senses: The senses of the definition, in order, each with the part of the definition that expresses it.
        noun_stems: Possible stems if the word is a noun.
        verb_stems: Possible stems if the word is a verb.
        usual: ``bare`` in its usual spelling, if it is spelled as it is spoken.
        light: Stems of verbs with little meaning if the word may be a form of one (see ``light_verbs``).
        base: What identifies the pronoun or 것 if the word is a form of one, or None.
        is_proper: Whether the word is a proper name.
        is_rude: Whether the word is vulgar.
        classic: Which word (0 or 1) of each classic pair the word is, keyed by the pair's number.
    """

    definition: str
    pos: str
    bare: str
    hangul: str
    letters: str
    slots: str | None
    sound: str
    merged_sound: str
    senses: Mapping[Sense, str]
    noun_stems: frozenset[str]
    verb_stems: frozenset[str]
    usual: str
    light: frozenset[str]
    base: str | None
    is_proper: bool
    is_rude: bool
    classic: Mapping[int, int]

    @classmethod
    def of(cls, bare: str, definition: str, pos: str) -> "ConfusableWord":
        """Create the word from its bare spelling (see ``bare_spelling``), its definition, and its part of speech."""
        sound = pronounce(bare, is_verb=pos in _VERBS)[0]
        nouns, verbs = noun_stems(bare), verb_stems(bare)
        return cls(
            definition=definition, pos=pos, bare=bare, hangul=strip_to_hangul(bare), letters=letters(bare),
            slots=_slots(bare), sound=sound, merged_sound="".join(map(_merged, sound)), senses=senses_of(definition),
            noun_stems=nouns, verb_stems=verbs, usual=usual_spelling(bare), light=light_stems(bare, pos, verbs),
            base=contracted_base(bare) or None, is_proper=is_proper(definition), is_rude=is_rude(bare, definition),
            classic=sides_of(bare, definition, verbs, nouns),
        )  # fmt: skip


def bare_spelling(term: str) -> str:
    """Return a term without spaces or hyphens."""
    return _IGNORED.sub("", term)


def _slots(bare: str) -> str | None:
    if not all(map(is_syllable, bare)):
        return None
    return "".join(map(_three_letters, bare))


@cache
def _three_letters(syllable: str) -> str:
    return "".join(letter or NO_CODA for letter in split(syllable))


@cache
def _merged(ch: str) -> str:
    if not is_syllable(ch):
        return ch
    onset, vowel, coda = split(ch)
    return join(Jamo(onset, _MERGED.get(vowel, vowel), coda))
