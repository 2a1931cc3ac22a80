"""Convert Korean text to its standard pronunciation (표준발음법), written in Hangul: 독립 → 동닙.

The rules are in ``pronunciation_rules``. ``marks`` provides the information that the rules need but the letters do not
show. ``explanation`` reports which rules were applied.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from .hangul import Jamo, join, split
from .junctions import Junction, Mark
from .marks import known_of, runs
from .morphology import Morpheme
from .pronunciation_rules import resolve


def pronounce(
    text: str, *, is_verb: bool = False, morphemes: Sequence[Morpheme] | None = None,
    definition: str = "", hanja: str = "", linked: bool = False,
) -> str:  # fmt: skip
    """Return the standard pronunciation of a text, syllable by syllable.

    Characters other than Hangul syllables are left unchanged and separate words the way spaces do.

    Args:
        text: Korean text in NFC.
        is_verb: Whether the text is a verb or an adjective, whose ending is tensified after ㄴ and ㅁ (감다 [감따]).
        morphemes: The morphemes from ``morphology.analyse``. Morphemes replace ``is_verb`` and reveal ㄴ-insertion in
            compounds and tensification after adnominal -ㄹ.
        definition: An English definition, used to distinguish homographs (잠자리 "bed" [잠짜리]).
        hanja: The word's hanja, used to distinguish homographs and detect tensification.
        linked: Whether the words are spoken without a pause, so the rules apply across spaces (옷 한 벌 [오 탄 벌]).
    """
    spoken = list(text)
    for run in runs(text, known_of(text, is_verb, morphemes, definition, hanja), linked):
        for place, syllable in zip(run.places, _sounds(run.syllables, run.marks()), strict=True):
            spoken[place] = syllable
    return "".join(spoken)


def _sounds(syllables: str, marks: Mapping[int, Mark]) -> list[str]:
    sounds: list[str] = []
    coda = opened = ""
    for index, syllable in enumerate(syllables):
        heard, following, spelled = _meeting(coda, syllable, marks.get(index, Mark.NONE))
        if index:
            sounds.append(_closed(opened, heard))
        coda, opened = spelled, following
    edge = resolve(Junction(coda, "", "", marks.get(len(syllables), Mark.NONE)))
    return [*sounds, _closed(opened, edge.coda)]


@cache
def _meeting(coda: str, syllable: str, mark: Mark) -> tuple[str, str, str]:
    """Resolve the boundary between a coda and the next syllable.

    Return the coda as pronounced, the syllable as pronounced without its own coda, and the syllable's coda as spelled.
    """
    jamo = split(syllable)
    junction = resolve(Junction(coda, jamo.onset, jamo.vowel, mark))
    return junction.coda, join(Jamo(junction.onset, junction.vowel, "")), jamo.coda


@cache
def _closed(syllable: str, coda: str) -> str:
    return join(split(syllable)._replace(coda=coda))
