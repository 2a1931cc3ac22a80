"""The part of speech agrees with what the morphemes of the word can be."""

from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis
from korean_flashcards.contracts import Finding, Severity
from korean_flashcards.formats.nuance_reply import part_of_speech
from korean_flashcards.korean.hangul import is_syllable
from korean_flashcards.korean.hanja import words_of
from korean_flashcards.korean.morphology import analyse

POS_DISAGREES = Check(
    "pos_disagrees", Severity.WARNING, "the part of speech is not one that the word's morphemes can have",
    "pos against the morphemes of the word",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (POS_DISAGREES,)

_NOMINAL = frozenset(("noun", "pronoun", "numeral", "determiner"))
_PREDICATE = frozenset(("verb", "adjective"))
_BOUND = frozenset(("particle", "ending", "suffix"))
# Sejong tag → what the word can be called. Nouns of time and manner are adverbs too, and so are nouns with a particle.
_POSSIBLE = {
    "NNG": _NOMINAL | {"adverb"}, "NNP": _NOMINAL | {"adverb"}, "NNB": _NOMINAL | {"suffix", "adverb"},
    "NR": _NOMINAL, "NP": _NOMINAL | {"adverb", "interjection"}, "MM": _NOMINAL | {"adverb", "interjection"},
    "XR": _NOMINAL | _PREDICATE | {"adverb"}, "MAG": frozenset(("adverb", "noun", "interjection", "determiner")),
    "MAJ": frozenset(("adverb", "interjection")), "IC": frozenset(("interjection", "adverb", "determiner", "pronoun")),
    "VV": _PREDICATE, "VA": _PREDICATE, "VX": _PREDICATE, "VCN": _PREDICATE, "VCP": _PREDICATE | {"particle"},
    "XSV": _PREDICATE, "XSA": _PREDICATE, "XSN": _NOMINAL | _BOUND, "XSM": frozenset(("adverb",)),
    "XPN": _NOMINAL | _BOUND,
}  # fmt: skip
# An ending makes of a verb what it is used as: 큰 before a noun, 크게 beside a verb, 걷기 as one, 안녕하세요 alone.
_BY_ENDING = {
    "ETM": frozenset(("determiner",)), "EC": frozenset(("adverb",)), "ETN": frozenset(("noun",)),
    "EF": frozenset(("interjection",)),
}  # fmt: skip
_FUNCTION = ("J", "E", "VCP", "XS")
_BEFORE = ("집", "나무", "먹", "가")


def pos_of_record(analysis: Analysis) -> Iterator[Finding]:
    """A word that is one dictionary word is called what that word can be. Phrases may be anything."""
    pos, word = part_of_speech(analysis.text("pos")), analysis.word
    if not pos or pos == "phrase" or not all(map(is_syllable, word)):
        return
    if pos in _PREDICATE and word.endswith("다"):
        return
    if pos not in (possible := _possible(word)) and not (pos in _BOUND and _can_follow(word)):
        names = ", ".join(sorted(possible))
        yield POS_DISAGREES.at("pos", f"{word} is called {pos}, but by its form it is one of: {names}")


def _possible(word: str) -> frozenset[str]:
    """What a word of these morphemes can be called."""
    tags = [morpheme.tag for morpheme in analyse(word)]
    names = [_POSSIBLE[tag] for tag in tags if tag in _POSSIBLE]
    if not names:
        return _BOUND | {"interjection"}
    names += [_BY_ENDING[tag] for tag in tags if tag in _BY_ENDING]
    if words_of(word):
        names.append(_NOMINAL)
    return frozenset().union(*names)


def _can_follow(word: str) -> bool:
    """Whether the word is particle, ending or suffix after a noun or a stem: alone, 는 looks like a verb."""
    return any(
        all(morpheme.tag.startswith(_FUNCTION) for morpheme in analyse(before + word) if morpheme.start >= len(before))
        for before in _BEFORE
    )
