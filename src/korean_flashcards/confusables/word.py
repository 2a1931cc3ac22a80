"""What the comparison of two words needs of each, worked out once a word."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from korean_flashcards.confusables.senses import Sense, senses_of
from korean_flashcards.korean.hangul import Jamo, is_syllable, join, split
from korean_flashcards.korean.inflection import letters, noun_stems, verb_stems
from korean_flashcards.korean.pronunciation import pronounce

NO_CODA = "-"
# Vowels that most speakers of today no longer tell apart.
_MERGED = {"ㅔ": "ㅐ", "ㅖ": "ㅒ", "ㅚ": "ㅙ", "ㅞ": "ㅙ"}
_VERBS = ("verb", "adjective")


@dataclass(frozen=True, slots=True)
class ConfusableWord:
    """``bare``: the term without spaces and hyphens; ``letters``: its letters in a row.

    ``slots``: three letters a syllable, also where it has no coda; None for a term with digits or Latin letters, as these
    are no syllables. ``merged_sound``: the sound with one vowel for each pair that has merged, [내] also for 네.
    ``senses`` are in the order of the definition.
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

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "ConfusableWord":
        """From a row of the vocabulary: item_id, term, definition, pos."""
        bare, pos = re.sub(r"[\s\-~–〜]", "", row["term"]), (row["pos"] or "").strip().lower()
        definition = row["definition"] or ""
        senses, sound = senses_of(definition), pronounce(bare, is_verb=pos in _VERBS)
        return cls(
            item_id=row["item_id"], term=row["term"], definition=definition, pos=pos, bare=bare, letters=letters(bare),
            slots=_slots(bare), sound=sound, merged_sound="".join(map(_merged, sound)),
            senses=senses, sense_set=frozenset(senses),
            noun_stems=noun_stems(bare), verb_stems=verb_stems(bare),
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
