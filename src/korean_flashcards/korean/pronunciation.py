"""Standard pronunciation (표준발음법) of Korean text, written in Hangul: 독립 → 동닙.

The rules are in ``pronunciation_rules``; this module finds the Hangul words of a text and what is known about
each junction of two syllables: from a small lexicon, from the caller's morphemes, from the letters themselves.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from .hangul import Jamo, join, split
from .lexicon import syllable_marks, word_marks
from .morphology import Morpheme
from .pronunciation_rules import Junction, Mark, resolve

_WORDS = re.compile("[가-힣]+")
_ENDINGS = re.compile(
    "다|고|고서|고도|고는|고자|지|지만|지는|지도|지마|게|게도|던|던데|더라|더라도|더니|더군|도록|거나|거든|거든요|거라|겠.+|자|자고|자마자"
    "|죠|지요|소|습니다|습니까|습니다만|세|세요|군|군요|구나|든지|든|든가|다가|다면|다고|다는|다니|단다|는다"
)
_LENIS = frozenset("ㄱㄷㅂㅅㅈ")
_STEM_TAGS = ("VV", "VA", "VX")
_NOUN_TAGS = ("NNG", "NNP")
_WORD_BEFORE = ("NNG", "NNP", "XPN", "MM", "MAG", "ETM")
_ADNOMINAL_L = ("ㄹ", "을")


def pronounce(text: str, *, is_verb: bool = False, morphemes: Sequence[Morpheme] | None = None) -> str:
    """The standard pronunciation of a text (NFC), syllable for syllable; all but Hangul syllables passes through.

    Anything that is not a Hangul syllable, a space too, separates words. ``is_verb`` says that the text is a verb
    or an adjective, so that its ending is tensed after ㄴ and ㅁ (감다 [감따]). ``morphemes`` (see
    ``morphology.analyse``) tell more and make it needless: the same for any text, tensing after adnominal -ㄹ, and
    ㄴ-insertion in compounds.
    """
    hints = _morpheme_marks(text, morphemes) if morphemes else {}
    starts = sorted({m.start for m in morphemes}) if morphemes else []

    def sounding(match: re.Match[str]) -> str:
        word, offset = match.group(), match.start()
        inner = [s - offset for s in starts if offset < s < match.end()]
        return _pronounce_word(word, _marks(word, is_verb and not morphemes, offset, hints, inner))

    return _WORDS.sub(sounding, text)


def _pronounce_word(word: str, marks: Mapping[int, Mark]) -> str:
    coda, sounds = "", []
    onset, vowel = "", ""
    for index, syllable in enumerate(word):
        jamo = split(syllable)
        junction = resolve(Junction(coda, jamo.onset, jamo.vowel, marks.get(index, Mark.NONE)))
        if index:
            sounds.append(join(Jamo(onset, vowel, junction.coda)))
        onset, vowel, coda = junction.onset, junction.vowel, jamo.coda
    edge = resolve(Junction(coda, "", "", marks.get(len(word), Mark.NONE)))
    return "".join(sounds) + join(Jamo(onset, vowel, edge.coda))


def _marks(word: str, is_verb: bool, offset: int, hints: Mapping[int, Mark], starts: Sequence[int]) -> dict[int, Mark]:
    """The mark before each syllable; the surest source last, so that it wins."""
    marks = dict(syllable_marks(word))
    if is_verb:
        marks.update(_stem_marks(word))
    for index, mark in hints.items():
        marks[index - offset] = mark
    for start in (0, *starts):
        marks.update(word_marks(word, start))
    return marks


def _stem_marks(word: str) -> dict[int, Mark]:
    """Article 24 without morphemes: ㅁ, ㄻ before a whole ending; of stems in ㄴ there are only 안- and 신-."""
    for index in range(1, len(word)):
        coda = split(word[index - 1]).coda
        stem = coda in ("ㅁ", "ㄻ") or (coda == "ㄴ" and word[index - 1] in "안신")
        if stem and _ENDINGS.fullmatch(word, index):
            return {index: Mark.STEM}
    return {}


def _morpheme_marks(text: str, morphemes: Sequence[Morpheme]) -> dict[int, Mark]:
    """What morphemes tell, by index in the text. Contracted morphemes (간다 = 가 + ㄴ다) overlap and tell nothing."""
    marks = {}
    for left, right in pairwise(morphemes):
        if right.tag.startswith("E") and right.form.startswith(_ADNOMINAL_L) and len(right.form) > 1:
            index = right.start + 1
            if index < len(text) and _is_lenis(text[index]):
                marks[index] = Mark.TENSE
        elif left.end == right.start and right.start < len(text):
            mark = _boundary_mark(left, right, _is_lenis(text[right.start]))
            if mark is not None:
                marks[right.start] = mark
    return marks


def _is_lenis(ch: str) -> bool:
    return _WORDS.match(ch) is not None and split(ch).onset in _LENIS


def _boundary_mark(left: Morpheme, right: Morpheme, lenis: bool) -> Mark | None:
    if right.tag.startswith("E"):
        return Mark.STEM if left.tag.startswith(_STEM_TAGS) else Mark.NONE
    if left.tag == "ETM" and left.form.endswith(_ADNOMINAL_L) and lenis and right.tag.startswith("N"):
        return Mark.TENSE
    if left.tag in _WORD_BEFORE and right.tag in _NOUN_TAGS:
        return Mark.INSERT
    if left.tag == "MAG" and right.tag.startswith(("VV", "VA")):
        return Mark.INSERT
    return None
