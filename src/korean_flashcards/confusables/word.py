"""Compute, once per word, the features needed to compare it with other words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from korean_flashcards.confusables.classic_table import sides_of
from korean_flashcards.confusables.contracted import contracted_base, usual_spelling
from korean_flashcards.confusables.light_verbs import light_stems
from korean_flashcards.confusables.senses import Sense, is_proper, senses_of
from korean_flashcards.korean.hangul import Jamo, is_syllable, join, split
from korean_flashcards.korean.inflection import letters, noun_stems, verb_stems
from korean_flashcards.korean.pronunciation import pronounce
from korean_flashcards.korean.rude_words import is_rude

NO_CODA = "-"
# Vowels that most speakers no longer distinguish today.
_MERGED = {"ㅔ": "ㅐ", "ㅖ": "ㅒ", "ㅚ": "ㅙ", "ㅞ": "ㅙ"}
_VERBS = ("verb", "adjective")


@dataclass(frozen=True, slots=True)
class ConfusableWord:
    """A word and the features used to compare it.

    Attributes:
        item_id: ID of the word in the vocabulary.
        term: The term as it appears in the word list.
        definition: The English definition, or "" if unknown.
        pos: The part of speech in lowercase, or "" if unknown.
        bare: The term without spaces or hyphens.
        letters: The compatibility jamo of ``bare``.
        slots: Three letters per syllable, with ``NO_CODA`` for a missing coda. None if ``bare`` contains anything other
            than Hangul syllables, such as digits.
        sound: The standard pronunciation.
        merged_sound: The pronunciation with merged vowels written as the same vowel: [내] for both 내 and 네.
        senses: The senses of the definition, in order.
        sense_set: The definition's senses, as a set.
        noun_stems: Possible stems if the word is a noun.
        verb_stems: Possible stems if the word is a verb.
        usual: ``bare`` in its usual spelling, if it is spelled as it is spoken.
        light: Stems of verbs with little meaning of which the word may be a form (see ``light_verbs``).
        base: What identifies the pronoun or 것 of which the word is a form, or "".
        is_proper: Whether the word is a proper name.
        is_rude: Whether the word is vulgar.
        classic: Which word (0 or 1) of each classic pair the word is, keyed by the pair's number.
    """

    item_id: str
    term: str
    definition: str
    pos: str
    bare: str
    letters: str
    slots: str | None
    sound: str
    merged_sound: str
    senses: tuple[Sense, ...]
    sense_set: frozenset[Sense]
    noun_stems: frozenset[str]
    verb_stems: frozenset[str]
    usual: str
    light: frozenset[str]
    base: str
    is_proper: bool
    is_rude: bool
    classic: Mapping[int, int]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "ConfusableWord":
        """Create the word from a vocabulary row with the columns item_id, term, definition, and pos."""
        bare, pos = re.sub(r"[\s\-~–〜]", "", row["term"]), (row["pos"] or "").strip().lower()
        definition = row["definition"] or ""
        senses, sound = senses_of(definition), pronounce(bare, is_verb=pos in _VERBS)[0]
        nouns, verbs = noun_stems(bare), verb_stems(bare)
        return cls(
            item_id=row["item_id"], term=row["term"], definition=definition, pos=pos, bare=bare, letters=letters(bare),
            slots=_slots(bare), sound=sound, merged_sound="".join(map(_merged, sound)),
            senses=senses, sense_set=frozenset(senses),
            noun_stems=nouns, verb_stems=verbs, usual=usual_spelling(bare),
            light=light_stems(bare, pos, verbs), base=contracted_base(bare), is_proper=is_proper(definition),
            is_rude=is_rude(bare, definition),
            classic=sides_of(bare, definition, verbs, nouns),
        )  # fmt: skip


def _slots(bare: str) -> str | None:
    if not all(map(is_syllable, bare)):
        return None
    return "".join(letter or NO_CODA for syllable in bare for letter in split(syllable))


@cache
def _merged(ch: str) -> str:
    if not is_syllable(ch):
        return ch
    onset, vowel, coda = split(ch)
    return join(Jamo(onset, _MERGED.get(vowel, vowel), coda))
