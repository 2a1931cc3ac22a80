"""Convert Korean text to its standard pronunciation (표준발음법), written in Hangul: 독립 → 동닙.

The rules are in ``pronunciation_rules``. ``marks`` provides the information that the rules need but the letters do not
show. ``vowels`` finds the vowels with two permitted sounds. ``explanation`` reports which rules were applied.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice, pairwise, product

from .hangul import Jamo, join, split
from .junctions import PERMITTED, TENSE, Junction, Mark
from .marks import Known, Run, known_of, runs
from .morphology import Morpheme
from .pronunciation_rules import resolve

# More readings than any word has. Long phrases with many variable sounds have thousands.
_MOST_READINGS = 64
# The ways to say a boundary: the coda as pronounced, and the next syllable as pronounced without its own coda.
_Way = tuple[str, str]


def pronounce(
    text: str, *, is_verb: bool = False, morphemes: Sequence[Morpheme] | None = None,
    definition: str = "", hanja: str = "", linked: bool = False,
) -> tuple[str, ...]:  # fmt: skip
    """Return the pronunciations of a text that the Standard permits, syllable by syllable. The first one is the main one.

    Characters other than Hangul syllables are left unchanged and separate words the way spaces do. Phrases may be spoken
    word by word or without a pause, so they have readings of both kinds.

    Args:
        text: Korean text in NFC.
        is_verb: Whether the text is a verb or an adjective, whose ending is tensified after ㄴ and ㅁ (감다 [감따]).
        morphemes: The morphemes from ``morphology.analyse``. Morphemes reveal stems, ㄴ-insertion in compounds, and
            tensification after adnominal -ㄹ.
        definition: An English definition, used to distinguish homographs (잠자리 "bed" [잠짜리]).
        hanja: The word's hanja, used to distinguish homographs and detect tensification.
        linked: Whether the words are always spoken without a pause, so the rules apply across spaces (옷 한 벌 [오 탄 벌]).
    """
    return readings_of(text, known_of(text, is_verb, morphemes, definition, hanja), linked)


def readings_of(text: str, known: Known, linked: bool) -> tuple[str, ...]:
    """Return the pronunciations of a text, as ``pronounce`` does, using what is already known about it."""
    if " " not in text:
        return _combined(text, runs(text, known, False), False)
    together = _combined(text, runs(text, known, True), linked)
    if linked:
        return together
    apart = _combined(text, runs(text, known, False), False)
    return tuple(dict.fromkeys((apart[0], *together, *apart)))


def _combined(text: str, found: Iterable[Run], linked: bool) -> tuple[str, ...]:
    said = [(run.places, _readings(run, linked)) for run in found]
    if len(said) == 1 and len(said[0][0]) == len(text):
        return said[0][1]
    combined = []
    for readings in islice(product(*(readings for _, readings in said)), _MOST_READINGS):
        spoken = list(text)
        for (places, _), reading in zip(said, readings, strict=True):
            for place, syllable in zip(places, reading, strict=True):
                spoken[place] = syllable
        combined.append("".join(spoken))
    return tuple(combined)


def _readings(run: Run, linked: bool) -> tuple[str, ...]:
    marks, vowels = run.marks(), run.vowels
    boundaries: list[tuple[_Way, ...]] = []
    coda, variable = "", False
    for index, syllable in enumerate(run.syllables):
        mark = marks.get(index, Mark.NONE)
        if index in vowels or index in run.joints:
            ways, spelled = _special_ways(coda, syllable, mark, vowels.get(index, ""), index in run.joints, linked)
        else:
            ways, spelled = _ways(coda, syllable, mark)
        boundaries.append(ways)
        coda, variable = spelled, variable or len(ways) > 1
    boundaries.append(_edge(coda, marks.get(len(run.syllables), Mark.NONE)))
    main = _joined([ways[0] for ways in boundaries])
    if not variable:
        return (main,)
    last = _joined([ways[min(1, len(ways) - 1)] for ways in boundaries])
    others = map(_joined, islice(product(*boundaries), _MOST_READINGS))
    return tuple(dict.fromkeys(chain((main, last), others)))


def _joined(ways: Sequence[_Way]) -> str:
    return "".join([_closed(opened, following[0]) for (_, opened), following in pairwise(ways)])


@cache
def _ways(coda: str, syllable: str, mark: Mark) -> tuple[tuple[_Way, ...], str]:
    """Return the ways to say the boundary between a coda and the next syllable, and the syllable's coda as spelled."""
    return _special_ways(coda, syllable, mark, "", False, False)


@cache
def _special_ways(
    coda: str, syllable: str, mark: Mark, vowels: str, is_joint: bool, linked: bool
) -> tuple[tuple[_Way, ...], str]:
    """Return the same as ``_ways`` if the vowel is variable or the boundary is one between words."""
    jamo = split(syllable)
    meetings = [
        _meeting(coda, jamo, permitted) for permitted in (_at_joint(mark, linked) if is_joint else _permitted(mark))
    ]
    meetings += _sai_without_coda(mark, jamo)
    ways = dict.fromkeys(
        (left, join(Jamo(onset, vowel, "")))
        for left, onset, heard in meetings
        for vowel in (heard, *vowels)
    )  # fmt: skip
    return tuple(ways), jamo.coda


def _permitted(mark: Mark) -> Sequence[Mark]:
    return PERMITTED.get(mark, (mark,))


def _at_joint(mark: Mark, linked: bool) -> Iterator[Mark]:
    """Yield the marks with which two words may meet."""
    if not linked:
        yield Mark.PAUSE
    yield mark
    if mark is Mark.INSERT:
        yield Mark.SEPARATE


def _meeting(coda: str, jamo: Jamo, mark: Mark) -> tuple[str, str, str]:
    """Return the coda, the onset, and the vowel as pronounced."""
    if mark is Mark.PAUSE:
        after = resolve(Junction("", jamo.onset, jamo.vowel, Mark.NONE))
        return resolve(Junction(coda, "", "", Mark.NONE)).coda, after.onset, after.vowel
    junction = resolve(Junction(coda, jamo.onset, jamo.vowel, mark))
    return junction.coda, junction.onset, junction.vowel


def _sai_without_coda(mark: Mark, jamo: Jamo) -> list[tuple[str, str, str]]:
    """Apply Article 30.1, whose main reading here keeps the coda: 햇살 [핻쌀/해쌀]."""
    return [("", TENSE[jamo.onset], jamo.vowel)] if mark is Mark.SAI and jamo.onset in TENSE else []


@cache
def _edge(coda: str, mark: Mark) -> tuple[_Way, ...]:
    return ((resolve(Junction(coda, "", "", mark)).coda, ""),)


@cache
def _closed(syllable: str, coda: str) -> str:
    return join(split(syllable)._replace(coda=coda))
