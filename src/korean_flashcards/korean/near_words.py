"""Find a word that is misspelled by one letter, or written as it sounds: 지아철 (지하철).

A word is compared with its neighbors only if two of its syllables never meet in the table ``data/syllable_pairs.tsv``, and
if the analyzer has to take it apart into unusual or unknown morphemes. The analyzer's language model compares them.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, filterfalse

from .hangul import CODAS, ONSETS, VOWELS, Jamo, join, split
from .morphology import RawMorpheme, likelihood, likely_morphemes

# Differences of log probabilities. Of 9,000 different words in good records, none gained as much, except slips in them.
_GAIN_OF_UNKNOWN, _GAIN = 9.0, 10.0
_GAIN_IN_CONTEXT = 7.0
_LIKELY = -24.0  # a word of known morphemes that is at least as likely is not compared
_LONGEST = 9  # syllables
_USUAL_INNER = frozenset(("었", "겠", "시", "으시", "더"))
# A fragment, such as 었어요, begins or ends with these.
_BOUND_AT_START = ("E", "J", "XS", "VX", "VCP")
_BOUND_AT_END = ("V", "XSV", "XSA", "EP", "ETN", "Z")
_STRONGER = {"ㄱ": "ㄲ", "ㄷ": "ㄸ", "ㅂ": "ㅃ", "ㅅ": "ㅆ", "ㅈ": "ㅉ"}
# Onsets and codas that learners confuse, in groups. Any vowel may be meant for another one.
_GROUPS = ("ㄱㄲㅋ ㄷㄸㅌ ㅂㅃㅍ ㅅㅆ ㅈㅉㅊ ㅇㅎ", VOWELS, "ㄱㄲㅋ ㄴㅇㅁ ㄷㅅㅆㅈㅊㅌㅎ ㅂㅍㅄ ㄹㅀㄼ ㄴㄵㄶ")
_ALIKE = tuple(
    {letter: "".join(group for group in groups.split() if letter in group).replace(letter, "") for letter in groups}
    for groups in _GROUPS
)
# What a syllable without a coda, or with one, and the next consonant may be spelled: 일거 for 읽어, 구지 for 굳이.
_LINKED = {
    "ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ", "ㄹㅌ": "ㄾ", "ㄹㅍ": "ㄿ", "ㅂㅆ": "ㅄ",
    "ㄱㅆ": "ㄳ", "ㅈ": "ㅈㄷ", "ㅊ": "ㅊㅌ", "ㄴ": "ㄴㄶ", "ㄹ": "ㄹㅀ", "ㄲ": "ㄲ", "ㅆ": "ㅆ",
}  # fmt: skip


@lru_cache(maxsize=65536)
def is_unusual(word: str) -> bool:
    """Return whether two neighboring syllables of a Hangul word are not in the table, as in one word out of eight."""
    last = len(word) - 2
    return 0 <= last < _LONGEST and not all(_meet(word[at : at + 2], at, last) for at in range(last + 1))


def _meet(pair: str, at: int, last: int) -> bool:
    """Return whether two syllables meet in words at this place. ``last``: the place of the last pair in the word."""
    first, anywhere, end = _pairs()
    if at == 0:
        return pair in first and (last > 0 or pair in end)
    return pair in (end if at == last else anywhere)


@lru_cache(maxsize=16384)
def respelled(word: str) -> str:
    """Return the word that an unusual word most likely stands for, or "" if it may be right.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    own, before = likely_morphemes(word)
    if before > _LIKELY:
        return ""
    if own[0].tag.startswith(_BOUND_AT_START) or own[-1].tag.startswith(_BOUND_AT_END) or _is_name(own):
        return ""
    known = _is_usual(own)
    gain = _GAIN if known else _GAIN_OF_UNKNOWN
    found = _best(filterfalse(is_unusual, _neighbors(word)), before + gain)
    if not found and not known:
        found = _best(_similar(word), before + gain)
    return "" if found and _is_stronger(word, found) else found


def is_better(text: str, word: str, right: str) -> bool:
    """Return whether a word makes a text more likely than the word it replaces: 별 따기야 is right, not 하기야.

    Raises:
        AnalyserMissing: kiwipiepy is not installed.
    """
    return text == word or likelihood(text.replace(word, right, 1)) - likelihood(text) > _GAIN_IN_CONTEXT


def _best(candidates: Iterable[str], least: float) -> str:
    """Return the most likely of the candidates that the analyzer knows, if it is likely enough."""
    found = [(chance, each) for each in candidates for own, chance in (likely_morphemes(each),) if _is_usual(own)]
    chance, best = max(found, default=(least - 1, ""))
    return best if chance >= least else ""


def _is_stronger(word: str, right: str) -> bool:
    """Return whether a word may be a stronger form of an adverb: 문뜩 beside 문득, 깜짝 beside 깜작."""
    pairs = [(split(one), split(other)) for one, other in zip(word, right, strict=True) if one != other]
    is_adverb = likely_morphemes(right)[0][0].tag == "MAG"
    return is_adverb and all(_STRONGER.get(other.onset) == one.onset and one[1:] == other[1:] for one, other in pairs)


def _is_usual(own: Sequence[RawMorpheme]) -> bool:
    return all(each.known and (each.tag != "EP" or each.form in _USUAL_INNER) for each in own)


def _is_name(own: Sequence[RawMorpheme]) -> bool:
    return own[0].tag == "NNP" and own[0].known and all(each.tag.startswith(("J", "VCP", "E")) for each in own[1:])


def _neighbors(word: str) -> Iterator[str]:
    """Yield the usual words that differ in one letter, and those that sound the same because a coda moves: 일거, 읽어."""
    last = len(word) - 2
    for at, syllable in enumerate(word):
        before, after = word[:at], word[at + 1 :]
        for changed in _other_syllables(syllable):
            if (not before or _meet(before[-1] + changed, at - 1, last)) and (
                not after or _meet(changed + after[0], at, last)
            ):
                yield before + changed + after
        if after and (onset := split(after[0]).onset) != "ㅇ":
            letters = split(syllable)
            opened = join(split(after[0])._replace(onset="ㅇ")) + after[1:]
            for coda in _LINKED.get(letters.coda + onset, onset if letters.coda == "" else ""):
                if coda in CODAS:
                    yield before + join(letters._replace(coda=coda)) + opened


def _similar(word: str) -> Iterator[str]:
    """Yield the words in which one letter is replaced by one that sounds alike."""
    for at, syllable in enumerate(word):
        for place, letter in enumerate(letters := split(syllable)):
            for other in _ALIKE[place].get(letter, ()):
                yield word[:at] + join(Jamo._make((*letters[:place], other, *letters[place + 1 :]))) + word[at + 1 :]


@cache
def _other_syllables(syllable: str) -> tuple[str, ...]:
    letters = split(syllable)
    return (
        *(join(letters._replace(onset=other)) for other in ONSETS if other != letters.onset),
        *(join(letters._replace(vowel=other)) for other in VOWELS if other != letters.vowel),
        *(join(letters._replace(coda=other)) for other in CODAS if other != letters.coda),
    )


@cache
def _pairs() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the pairs of syllables at the beginning of words, anywhere in them, and at their end."""
    found: tuple[list[str], list[str], list[str]] = ([], [], [])
    for line in (files(__package__) / "data/syllable_pairs.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            syllable, *followers = line.split("\t")
            for pairs, each in zip(found, followers, strict=True):
                pairs += [syllable + other for other in each]
    return frozenset(found[0]), frozenset(chain(*found)), frozenset(found[2])
