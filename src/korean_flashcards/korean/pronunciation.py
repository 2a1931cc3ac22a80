"""Standard pronunciation (표준발음법) of Korean text, written in Hangul: 독립 → 동닙.

The rules are in ``pronunciation_rules``, what they must know beyond the letters comes from ``marks``;
``explanation`` tells which rules were applied.
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
    """The standard pronunciation of a text (NFC), syllable for syllable; all but Hangul syllables passes through.

    Anything that is not a Hangul syllable, a space too, separates words; ``linked`` joins words across spaces, as in
    quick speech (옷 한 벌 [오 탄 벌]). ``is_verb`` says that the text is a verb or an adjective, so that its ending is
    tensed after ㄴ and ㅁ (감다 [감따]). ``morphemes`` (see ``morphology.analyse``) tell more and make it needless: the
    same for any text, tensing after adnominal -ㄹ, and ㄴ-insertion in compounds. The English ``definition`` and the
    ``hanja`` tell homographs apart (잠자리 "bed" [잠짜리]).
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
    """The coda before a syllable as it is heard, the syllable as heard without a coda, and its coda as it is spelled."""
    jamo = split(syllable)
    junction = resolve(Junction(coda, jamo.onset, jamo.vowel, mark))
    return junction.coda, join(Jamo(junction.onset, junction.vowel, "")), jamo.coda


@cache
def _closed(syllable: str, coda: str) -> str:
    return join(split(syllable)._replace(coda=coda))
