"""Collect the marks for each syllable boundary in a text: information that the letters do not show.

Later sources override earlier ones. In order, the sources are pairs of syllables, morphemes, verb endings, the last
part of a compound, the lexicon, the word's hanja, and the meaning of a homograph.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from korean_flashcards.domain.lazy_regex import lazy_regex

from .endings import ending_marks
from .hangul import split
from .hanja_sounds import hanja_marks
from .homographs import reading_marks
from .junctions import TENSE, Mark
from .lexicon import STEMS, is_adnominal, shifted, syllable_marks, word_marks
from .lexicon_tables import AFTER_L, L_STEMS
from .morphology import Morpheme
from .vowels import other_vowels

Marks = Iterable[tuple[int, Mark]]

_WORD = lazy_regex("[가-힣]+")
_PHRASE = lazy_regex(r"[가-힣]+(?: +[가-힣]+)*")
_ENDINGS = lazy_regex(
    "다|고|고서|고도|고는|고자|지|지만|지는|지도|지마|게|게도|던|던데|더라|더라도|더니|더군|도록|거나|거든|거든요|거라|겠.+|자|자고|자마자"
    "|죠|지요|소|습니다|습니까|습니다만|세|세요|군|군요|구나|든지|든|든가|다가|다면|다고|다는|다니|단다|는다"
)
_AFTER_L = lazy_regex(f"(?:{AFTER_L})$")
_STEM_TAGS = ("VV", "VA", "VX")
_NOUN_TAGS = ("NNG", "NNP")
_WORD_BEFORE = ("NNG", "NNP", "XPN", "MM", "MAG", "ETM")
_NO_WORD = ("J", "E", "XS", "VCP")
_POLITE = ("JX", "EF", "MM")  # tags of the particle 요, which the analyzer mistakes for an ending after some words
_ADNOMINAL_L = ("ㄹ", "을")
# 性 and 權 after a noun of two or more syllables: 진정성 [진정썽], 영주권 [영주꿘].
_TENSED_SUFFIXES = ("성", "권")


class Known(NamedTuple):
    """The information that a caller provides about a text.

    ``hints``: marks from the morphemes, keyed by index in the text.
    """

    is_verb: bool
    definition: str
    hanja: str
    hints: Mapping[int, Mark]
    starts: Sequence[int]  # indexes of the morphemes that can be a word


class Run(NamedTuple):
    """A word, or a phrase whose words may be spoken without a pause.

    Attributes:
        syllables: The syllables, without spaces.
        places: The index of each syllable in the text.
        layers: The marks, grouped by source. Later groups override earlier ones.
        joints: The index (in ``syllables``) of the first syllable of each word, except the first word.
        vowels: The vowels that are also permitted, keyed by index in ``syllables``.
    """

    syllables: str
    places: Sequence[int]
    layers: Iterable[tuple[str, Marks]]
    joints: Sequence[int]
    vowels: Mapping[int, str]

    def marks(self) -> dict[int, Mark]:
        """Return the marks, keyed by the index (in ``syllables``) of the syllable after each mark."""
        marks: dict[int, Mark] = {}
        for _, layer in self.layers:
            marks.update(layer)
        return marks


def known_of(text: str, is_verb: bool, morphemes: Sequence[Morpheme] | None, definition: str, hanja: str) -> Known:
    """Return the information that the arguments provide about a text."""
    hints = _morpheme_marks(text, morphemes) if morphemes else {}
    starts = sorted({m.start for m in morphemes if not m.tag.startswith(_NO_WORD)}) if morphemes else ()
    return Known(is_verb, definition, hanja, hints, starts)


def runs(text: str, known: Known, linked: bool) -> Iterator[Run]:
    """Yield the Hangul words in the text or, if ``linked``, its phrases, whose words are spoken without a pause."""
    if not linked:
        for found in _WORD.finditer(text):
            layers = _layers(found[0], found.start(), known)
            yield Run(found[0], range(*found.span()), layers, (), other_vowels(found[0]))
        return
    for phrase in _PHRASE.finditer(text):
        yield _phrase(list(_WORD.finditer(text, *phrase.span())), known)


def _phrase(words: Sequence[re.Match[str]], known: Known) -> Run:
    run = Run("", [], [], [], {})
    for found in words:
        length, syllables, places, layers = len(run.syllables), run.syllables, [*run.places], [*run.layers]
        joints = [*run.joints, length] if length else []
        if length:
            # Notes to Articles 15, 18 and 29: words spoken without a pause are pronounced like a compound.
            is_tense = known.hints.get(found.start()) is Mark.ADNOMINAL or is_adnominal(syllables[-1], found[0])
            mark = Mark.ADNOMINAL if is_tense else Mark.INSERT
            layers.append(("words spoken without a pause", ((length, mark),)))
        for source, layer in _layers(found[0], found.start(), known):
            layers.append((source, shifted(tuple(m for m in layer if m[0] < len(found[0])), length)))
        vowels = {index + length: vowel for index, vowel in other_vowels(found[0]).items()}
        run = Run(syllables + found[0], [*places, *range(*found.span())], layers, joints, {**run.vowels, **vowels})
    return run


def _layers(word: str, offset: int, known: Known) -> Iterator[tuple[str, Marks]]:
    """Yield a word's marks, grouped by source. ``offset``: index of the word in the text."""
    yield "from its syllables", syllable_marks(word)
    inner = [s - offset for s in known.starts if offset < s < offset + len(word)]
    if known.hints:
        hints = [(index - offset, mark) for index, mark in known.hints.items() if 0 < index - offset < len(word)]
        yield "from its morphemes", hints
    if known.is_verb:
        yield "it is a verb", _stem_marks(word, has_morphemes=bool(known.starts))
        if not known.starts:
            yield "it is a verb", _adnominal_marks(word)
    yield "from its last part", ending_marks(word)
    for start in (0, *inner):
        yield "from the lexicon", word_marks(word, start)
    if known.hanja:
        yield f"from its hanja {known.hanja}", hanja_marks(word, known.hanja)
    for start in (0, *inner):
        yield reading_marks(word, known.definition, known.hanja, start)


def _stem_marks(word: str, has_morphemes: bool) -> Marks:
    """Return the mark for Article 24 in a verb or an adjective: after ㄴ, ㅁ or ㄻ, before a complete ending.

    If the morphemes are known, they show the stem, unless the analyzer mistakes a listed stem for a noun (참다).
    """
    for index in range(1, len(word)):
        stem = word[:index]
        ends_in_m = split(stem[-1]).coda in ("ㅁ", "ㄻ") and stem[-1] != "힘" and not has_morphemes
        if (ends_in_m or stem in STEMS or (stem == "안" and not has_morphemes)) and _ENDINGS.fullmatch(word, index):
            return ((index, Mark.STEM),)
    return ()


def _adnominal_marks(word: str) -> Marks:
    """Return the mark for Article 27 in a verb, before its last ending: 가져올게 [가저올께], 될거라고 [될꺼라고]."""
    found = _AFTER_L.search(word, 1)
    if not found or split(word[found.start() - 1]).coda != "ㄹ":
        return ()
    # After 알- and other stems that end in ㄹ, 게 and 거라 are usually other endings: 알게, 알거라.
    is_other = found[0] in ("게", "거라") and word[found.start() - 1] in L_STEMS
    return () if is_other else ((found.start(), Mark.ADNOMINAL),)


def _morpheme_marks(text: str, morphemes: Sequence[Morpheme]) -> dict[int, Mark]:
    """Return the marks that follow from the morphemes, keyed by index in the text.

    Contracted morphemes (간다 = 가 + ㄴ다) overlap and give no marks.
    """
    marks = {}
    for left, right in pairwise(morphemes):
        if right.tag.startswith("E") and right.form.startswith(_ADNOMINAL_L) and len(right.form) > 1:
            index = right.start + 1
            if index < len(text) and _is_lenis(text[index]):
                marks[index] = Mark.ADNOMINAL
        elif left.end <= right.start < len(text) and not text[left.end : right.start].strip():
            mark = _boundary_mark(left, right, _is_lenis(text[right.start]))
            if mark is not None:
                marks[right.start] = mark
    return marks


def _is_lenis(ch: str) -> bool:
    return _WORD.match(ch) is not None and split(ch).onset in TENSE


def _boundary_mark(left: Morpheme, right: Morpheme, lenis: bool) -> Mark | None:
    if right.form == "요" and right.tag in _POLITE:
        # 정말요 [정말료], 있다면요 [읻따면뇨]; but 거든요 and 군요 are single endings.
        return Mark.INSERT
    if right.tag.startswith("E"):
        stem = Mark.LABIAL if left.form.endswith("밟") else Mark.STEM
        return stem if left.tag.startswith(_STEM_TAGS) else Mark.NONE
    if left.tag == "ETM" and left.form.endswith(_ADNOMINAL_L) and lenis and right.tag.startswith("N"):
        return Mark.ADNOMINAL
    if right.tag == "XSN" and right.form in _TENSED_SUFFIXES and left.tag == "NNG" and len(left.form) > 1:
        return Mark.HABIT
    if left.tag in _WORD_BEFORE and right.tag in _NOUN_TAGS:
        return Mark.INSERT
    if left.tag == "MAG" and right.tag.startswith(("VV", "VA")):
        return Mark.INSERT
    return None
