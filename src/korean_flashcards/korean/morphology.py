"""Find morphemes, dictionary forms, and noun stems of inflected words with the morphological analyzer kiwipiepy.

kiwipiepy is optional. The first analysis in a process imports the package and loads its model, which takes about 1 s
and uses 330 MB. Without kiwipiepy, every function here that analyzes text raises ``AnalyserMissing``. Tags are from the
Sejong corpus: for example, NNG is a common noun, VV a verb, JKS a subject particle, and EF a final ending.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from sys import intern
from threading import Lock
from typing import NamedTuple, Protocol

_NOUNS = ("NNG", "NNP", "NNB", "NR", "XR")
_AFFIXES = ("XPN", "XSN")
_CONTENT = ("N", "XPN", "XSN", "XR", "M", "IC", "S", "W")
_PREDICATES = ("VV", "VA", "VX", "VCN", "XSV", "XSA")
_FUNCTION = ("J", "E", "VCP")
# Maps the tag of a word's main morpheme to the project's part of speech.
_PART_OF_SPEECH = {
    "NNG": "noun", "NNP": "noun", "NNB": "noun", "XR": "noun", "NR": "numeral", "NP": "pronoun", "VV": "verb", "VX": "verb",
    "VA": "adjective", "VCN": "adjective", "MM": "determiner", "MAG": "adverb", "MAJ": "adverb", "IC": "interjection",
    "XSN": "suffix",
}  # fmt: skip
# The analyzer's most likely analyses, among which the one that fits a known part of speech is chosen.
_ALTERNATIVES = 8
# Texts whose morphemes are kept, so that the checks of a reply and the later checks of its word analyze them once. A text
# takes 1.4 KB, and a word has about four.
_KEPT_TEXTS = 16384
# Words whose standard spelling is kept. The words of a deck recur.
_KEPT_WORDS = 65536
# The cost of a typing mistake. The threshold permits one in each word.
_COST, _ONE_MISTAKE = 1.0, 1.01
# kiwi writes a coda that is a separate morpheme as a conjoining jamo. The project uses compatibility jamo.
_COMPATIBLE = str.maketrans("ᆨᆫᆯᆷᆸᆻ", "ㄱㄴㄹㅁㅂㅆ")


class _Token(Protocol):
    """The attributes that this module uses from kiwipiepy's untyped tokens."""

    form: str
    tag: str
    start: int
    end: int
    oov: bool


class _Analyser(Protocol):
    def tokenize(self, text: str) -> Iterable[_Token]: ...

    def analyze(
        self, text: str, top_n: int, *, typos: object = None, typo_cost_threshold: float = 0.0
    ) -> Sequence[tuple[Sequence[_Token], float]]: ...

    def join(self, morphs: Iterable[tuple[str, str]]) -> str: ...


_loaded: _Analyser | None = None
_loading = Lock()


class AnalyserMissing(ImportError):
    """Raised when kiwipiepy is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "Dictionary forms need the morphological analyzer kiwipiepy, which is not installed. "
            "Install it (about 100 MB) with: pip install 'kiwipiepy==0.24.*'. Everything else works without kiwipiepy."
        )


class Morpheme(NamedTuple):
    """A morpheme in its dictionary form.

    ``start`` and ``end`` are indexes in the original text. Adjacent morphemes may overlap (간다).
    """

    form: str
    tag: str
    start: int
    end: int


class RawMorpheme(NamedTuple):
    """A morpheme as the analyzer returned it. ``tag`` keeps the mark of irregular stems (VV-I)."""

    form: str
    tag: str
    start: int
    end: int
    known: bool  # whether the analyzer's dictionary contains the morpheme


class TypingMistake(NamedTuple):
    """Letters or syllables that are typed in place of each other. A backslash before a letter marks a coda."""

    letters: tuple[str, ...]


def analyse(text: str, pos: str = "") -> list[Morpheme]:
    """Return the morphemes in a text: 내가 → 나/NP, 가/JKS.

    Args:
        text: The text.
        pos: The part of speech of a single word, or "" if unknown. Without context, the analyzer prefers a form of 보다 to
            the noun 봄, so a known part of speech decides which of the likely analyses is returned.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    return list(_analyse(text, pos))


def part_of_speech_of(morphemes: Sequence[Morpheme]) -> str | None:
    """Return a word's part of speech, judging by its morphemes, or None if they show none."""
    tags = [morpheme.tag for morpheme in morphemes]
    if tags and all(tag.startswith("J") for tag in tags):
        return "particle"
    if tags and all(tag.startswith("E") for tag in tags):
        return "ending"
    if "XSV" in tags or "XSA" in tags:
        return "verb" if "XSV" in tags else "adjective"
    return next((_PART_OF_SPEECH[tag] for tag in tags if tag in _PART_OF_SPEECH), None)


def lemma(text: str, pos: str = "") -> str:
    """Return the dictionary form of each word: 걸어서 → 걷다, 학교에서 → 학교, 공부했어요 → 공부하다.

    Standalone particles, standalone endings, and words written together (내말) are returned unchanged. ``pos`` is the part
    of speech of a single word, as for ``analyse``.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    return " ".join(_word_lemma(word, pos) for word in text.split())


def noun_stem(text: str, pos: str = "") -> str | None:
    """Return the noun if the text is a single noun, with or without particles or the copula: 사람들이 → 사람.

    Return None for any other text, including pronouns, verbs, and words with digits or Latin letters. ``pos`` is the part of
    speech of a single word, as for ``analyse``.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    morphemes = _analyse(text, pos)
    length = next((i for i, m in enumerate(morphemes) if m.tag.startswith(_FUNCTION)), len(morphemes))
    stem, rest = morphemes[:length], morphemes[length:]
    is_noun = any(m.tag in _NOUNS for m in stem) and all(m.tag in _NOUNS + _AFFIXES for m in stem)
    if not is_noun or " " in text.strip() or not all(m.tag.startswith(_FUNCTION) for m in rest):
        return None
    return _joined(stem)


def is_listed(text: str) -> bool:
    """Return whether the analyzer's dictionary contains every morpheme of the text.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    return all(piece.known for piece in raw_morphemes(text))


@lru_cache(maxsize=_KEPT_TEXTS)
def raw_morphemes(text: str) -> tuple[RawMorpheme, ...]:
    """Return the morphemes in a text, with what ``rebuilt`` needs to spell them.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    return _raw(_analyser().tokenize(text))


def rebuilt(pieces: Iterable[RawMorpheme]) -> str:
    """Return the standard spelling of morphemes that form one word: 가 + 었 + 어요 → 갔어요.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    return _spelled(tuple([(piece.form, piece.tag) for piece in pieces]))


def likelihood(text: str) -> float:
    """Return how likely the analyzer's language model finds a text: a log probability, without a fixed scale.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    return _analyser().analyze(text, top_n=1)[0][1]


def likelier_reading(text: str, mistakes: tuple[TypingMistake, ...], gain: float) -> tuple[RawMorpheme, ...] | None:
    """Return the morphemes of a text after correcting one mistake a word, if this makes it likelier by ``gain``, or None.

    Args:
        text: The text.
        mistakes: The mistakes that may be corrected. Each correction makes a text a little less likely.
        gain: The least difference of the log probabilities.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    found = _analyser().analyze(text, top_n=1, typos=_typos(mistakes), typo_cost_threshold=_ONE_MISTAKE)
    tokens, score = found[0]
    return _raw(tokens) if score - likelihood(text) >= gain else None


def load() -> None:
    """Load the analyzer now, if kiwipiepy is installed, so that the first analysis does not take longer."""
    with suppress(AnalyserMissing):
        _analyser()


def can_be_loaded() -> bool:
    """Return whether kiwipiepy is installed, but its analyzer is not loaded."""
    return _loaded is None and find_spec("kiwipiepy") is not None


def _word_lemma(word: str, pos: str) -> str:
    content: list[Morpheme] = []
    particle = False
    for morpheme in _analyse(word, pos):
        if content and morpheme.tag.startswith(_FUNCTION):
            particle = True
        elif particle and morpheme.tag.startswith(_CONTENT + _PREDICATES):
            return word  # several words written together: 내말, 나도모르게
        elif morpheme.tag.startswith(_PREDICATES):
            return _joined([*content, morpheme]) + "다"
        elif morpheme.tag.startswith(_CONTENT):
            content.append(morpheme)
    return _joined(content) or word


def _joined(morphemes: Sequence[Morpheme]) -> str:
    """Join the morphemes' forms, leaving out the plural suffix 들 after a noun.

    Pronouns such as 그들 and 우리들 keep the suffix.
    """
    kept = [
        morpheme
        for before, morpheme in zip((None, *morphemes), morphemes, strict=False)
        if not (before and before.tag in _NOUNS and (morpheme.form, morpheme.tag) == ("들", "XSN"))
    ]
    return "".join(morpheme.form for morpheme in kept)


@lru_cache(maxsize=_KEPT_WORDS)
def _spelled(morphemes: tuple[tuple[str, str], ...]) -> str:
    return _analyser().join(morphemes)


@lru_cache(maxsize=64)
def _analyse(text: str, pos: str) -> tuple[Morpheme, ...]:
    best = _morphemes(raw_morphemes(text))
    if not pos or " " in text or part_of_speech_of(best) == pos:
        return best
    for tokens, _ in _analyser().analyze(text, top_n=_ALTERNATIVES):
        morphemes = _morphemes(tokens)
        if part_of_speech_of(morphemes) == pos and not any(token.oov for token in tokens):
            return morphemes
    return best


def _raw(tokens: Iterable[_Token]) -> tuple[RawMorpheme, ...]:
    return tuple(
        [RawMorpheme(intern(token.form), intern(token.tag), token.start, token.end, not token.oov) for token in tokens]
    )


@cache
def _typos(mistakes: tuple[TypingMistake, ...]) -> object:
    _analyser()  # raises AnalyserMissing
    kiwipiepy = import_module("kiwipiepy")
    definitions = [kiwipiepy.TypoDefinition(list(one.letters), list(one.letters), _COST) for one in mistakes]
    return kiwipiepy.TypoTransformer(definitions)


def _morphemes(tokens: Iterable[_Token | RawMorpheme]) -> tuple[Morpheme, ...]:
    return tuple(
        Morpheme(token.form.translate(_COMPATIBLE), token.tag.partition("-")[0], token.start, token.end)
        for token in tokens
    )


def _analyser() -> _Analyser:
    global _loaded
    with _loading:
        if _loaded is None:
            try:
                kiwipiepy = import_module("kiwipiepy")
            except ImportError as error:
                raise AnalyserMissing from error
            # The multi-word dictionary (titles of works, company names) takes 190 MB and affects 2 of 10,000 listed words.
            _loaded = kiwipiepy.Kiwi(num_workers=1, load_multi_dict=False, load_typo_dict=False)
        return _loaded
