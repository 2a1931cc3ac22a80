"""Check that the word's part of speech fits its morphemes."""

from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.formats.nuance_reply import part_of_speech
from korean_flashcards.korean.hangul import is_syllable, split
from korean_flashcards.korean.hanja_data import spelled
from korean_flashcards.korean.morphology import Morpheme, analyse

POS_DISAGREES = Check(
    "pos_disagrees", Severity.WARNING, "The part of speech does not fit the word's morphemes.",
    "Compares pos with the parts of speech that fit the word's morphemes.",
    needs_morphology=True,
)  # fmt: skip
CHECKS = (POS_DISAGREES,)

_NOMINAL = frozenset(("noun", "pronoun", "numeral", "determiner"))
_PREDICATE = frozenset(("verb", "adjective"))
_BOUND = frozenset(("particle", "ending", "suffix"))
# Possible parts of speech by Sejong tag. Nouns of time and manner, and nouns with a particle, may also be adverbs.
_POSSIBLE = {
    "NNG": _NOMINAL | {"adverb"}, "NNP": _NOMINAL | {"adverb"}, "NNB": _NOMINAL | {"suffix", "adverb"},
    "NR": _NOMINAL | {"adverb"}, "NP": _NOMINAL | {"adverb", "interjection"}, "MM": _NOMINAL | {"adverb", "interjection"},
    "XR": _NOMINAL | _PREDICATE | {"adverb"}, "MAG": frozenset(("adverb", "noun", "interjection", "determiner")),
    "MAJ": frozenset(("adverb", "interjection")), "IC": frozenset(("interjection", "adverb", "determiner", "pronoun")),
    "VV": _PREDICATE, "VA": _PREDICATE, "VX": _PREDICATE, "VCN": _PREDICATE, "VCP": _PREDICATE | {"particle"},
    "XSV": _PREDICATE, "XSA": _PREDICATE, "XSN": _NOMINAL | _BOUND | {"adverb"}, "XSM": frozenset(("adverb",)),
    "XPN": _NOMINAL | _BOUND,
}  # fmt: skip
_NAMES = {"NP": "pronoun", "NR": "numeral", "N": "noun", "MM": "determiner", "MA": "adverb", "IC": "interjection",
          "VA": "adjective", "VC": "adjective", "V": "verb"}  # fmt: skip
# The ending decides how a verb form is used: 큰 before a noun, 크게 with a verb, 걷기 as a noun, 안녕하세요 on its own.
_BY_ENDING = {
    "ETM": frozenset(("determiner",)), "EC": frozenset(("adverb",)), "ETN": frozenset(("noun",)),
    "EF": frozenset(("interjection",)),
}  # fmt: skip
_FUNCTION = {"particle": ("J", "VCP", "E"), "ending": ("E", "VCP", "J"), "suffix": ("XS", "J", "E")}
_PLAIN_NOUNS = frozenset(("NNG", "NNB", "NR", "NP", "XSN"))
_PREDICATE_TAGS = frozenset(("VV", "VA", "VX", "VCN", "VCP", "XSV", "XSA"))
# 최고의, 정신적: forms that correspond to English adjectives.
_ADNOMINAL = ("의", "적")
# Endings that are both final and adverbial: 이래 "it is like this" and "this way".
_ADVERBIAL = ("어", "게", "ㅁ")
_EXCLAMATIONS = frozenset(
    (
        "대박",
        "그럼",
        "파이팅",
        "화이팅",
        "만세",
        "안녕",
        "정말",
        "진짜",
        "물론",
        "잠깐",
        "세상에",
        "천만에",
        "건배",
        "최고",
    )
)
# Words of classes that have few members, which the analyzer's tags do not keep apart.
_MEMBERS = {
    "determiner": "무슨 어느 모든 온갖 새 헌 웬 여느 어떤 이런 그런 저런 다른 여러",
    "pronoun": "나 너 우리 저희 너희 당신 누구 무엇 여기 거기 저기 이것 그것 저것",
    "numeral": "하나 둘 셋 넷",
}
_CLASS_OF = {word: name for name, words in _MEMBERS.items() for word in words.split()}
_NAMED = frozenset(("noun", "pronoun", "numeral", "determiner", "particle", "verb"))
_PREFIX = lazy_regex("[가-힣]{1,2}-")  # 맨-, 햇-
_SUFFIXES = frozenset(("어치", "쟁이", "장이", "끼리", "째", "짜리"))
_BEFORE = ("집", "나무", "먹", "가")


def pos_of_record(analysis: Analysis) -> Iterator[Finding]:
    """Report a part of speech that does not fit the word's morphemes. Phrases and the list's part of speech are skipped."""
    pos, word, listed = part_of_speech(analysis.text("pos")), analysis.word, analysis.listed_pos
    if pos in ("", listed):
        return
    own = _CLASS_OF.get(word) or ("prefix" if _PREFIX.fullmatch(word) else "")
    if own and pos != own and pos in _NAMED and listed in ("", own, "suffix"):
        yield POS_DISAGREES.at("pos", f"the part of speech is {pos}, but {word} is a {own}")
        return
    if pos in ("", "phrase", listed) or not all(map(is_syllable, word)):
        return
    if (pos in _PREDICATE and word.endswith("다")) or (pos == "noun" and len(word) == 1):
        return
    if pos in _PREDICATE and len(word) == 1 and _is_bare_stem(word):
        return
    possible = _possible(word, listed) | (_possible(word, "") if listed else frozenset())
    if pos not in possible and not (pos in _BOUND and _can_follow(word, pos)) and not _is_special(word, pos):
        yield POS_DISAGREES.at("pos", f"the part of speech is {pos}, but {word} is {_built_on(word, listed)}")


def _is_special(word: str, pos: str) -> bool:
    """Return whether the word is a noun that is used as an exclamation, or a suffix that is also another word."""
    if pos == "suffix":
        return len(word) == 1 or word.endswith("다") or word in _SUFFIXES
    return pos == "interjection" and word in _EXCLAMATIONS


def _is_bare_stem(word: str) -> bool:
    """Return whether a one-syllable word, which the analyzer mistakes for a noun, is a verb in casual speech: 가, 자."""
    first = analyse(f"{word}다")[0]
    return first.form == word and first.tag in _PREDICATE_TAGS


def _built_on(word: str, listed: str) -> str:
    """Return a description of the word for a message, such as "based on the noun 앞"."""
    base = next((morpheme for morpheme in analyse(word, listed) if morpheme.tag in _POSSIBLE), None)
    if base is None:
        return "a particle or an ending"
    name = next((name for tag, name in _NAMES.items() if base.tag.startswith(tag)), "stem")
    return f"based on the {name} {base.form}{'다' if name in _PREDICATE else ''}"


def _possible(word: str, listed: str) -> frozenset[str]:
    """Return the parts of speech that fit the word's morphemes. ``listed``: the list's part of speech, or ""."""
    morphemes = analyse(word, listed)
    tags = ["ETN" if _is_nominal(morpheme) else morpheme.tag for morpheme in morphemes]
    names = [_POSSIBLE[tag] for tag in tags if tag in _POSSIBLE]
    if not names:
        return _BOUND | {"interjection"}
    if _may_be_inflected(word, tags):
        names.append(_PREDICATE)
    if spelled(word) or _is_noun_before_particle(word):
        names.append(_NOMINAL)
    if morphemes[-1].form in _ADNOMINAL:
        names.append(frozenset(("adjective", "determiner")))
    finite = bool({"EF", "EP"} & set(tags)) and bool((_PREDICATE_TAGS - {"VCP"}) & set(tags))
    names += [_BY_ENDING[tag] for tag in tags if tag in _BY_ENDING and not (finite and tag == "EC")]
    possible = frozenset().union(*names)
    return possible - {"adverb"} if finite and morphemes[-1].form not in _ADVERBIAL else possible


def _may_be_inflected(word: str, tags: list[str]) -> bool:
    """Return whether a word that the analyzer tags as a noun may be a verb form: 갈, 부를, 아는, 향하고."""
    return split(word[-1]).coda in ("ㄴ", "ㄹ") or not all(tag in _PLAIN_NOUNS for tag in tags)


def _is_noun_before_particle(word: str) -> bool:
    """Return whether a word that looks like a verb form becomes a noun when a particle follows: 드릴을, 가나를."""
    particle = "을" if split(word[-1]).coda else "를"
    *before, last = analyse(word + particle)
    return last.form == particle and all(morpheme.tag.startswith("N") for morpheme in before)


def _is_nominal(morpheme: Morpheme) -> bool:
    """Return whether the morpheme is -음 or -기 at the end of a word, where the analyzer tags it as a final ending."""
    return morpheme.tag == "EF" and morpheme.form in ("음", "ㅁ", "기")


def _can_follow(word: str, pos: str) -> bool:
    """Return whether the analyzer tags the word as ``pos`` (particle, ending, or suffix) after a noun or a stem.

    Without context, the analyzer mistakes 는 for a verb.
    """
    for before in _BEFORE:
        tags = [morpheme.tag for morpheme in analyse(before + word) if morpheme.start >= len(before)]
        if tags and all(tag.startswith(_FUNCTION[pos]) for tag in tags):
            return True
    return False
