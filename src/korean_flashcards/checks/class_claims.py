"""Check the part of speech against the list and the analyzer together, and against the explanation's own words."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.signs import only_with
from korean_flashcards.checks.subject import Analysis
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.formats.nuance_reply import part_of_speech
from korean_flashcards.korean.hangul import is_syllable
from korean_flashcards.korean.inflection import letters, verb_stems
from korean_flashcards.korean.morphology import AnalyserMissing, raw_morphemes

CLASS_OF_LIST = Check(
    "class_of_list", Severity.WARNING, "The list and the word's form show a different part of speech.",
    "Finds determiners called adjectives, nouns with a particle called verbs, pronouns called nouns, and endings called "
    "nouns, if the list and the analyzer agree.",
    needs_morphology=True,
)  # fmt: skip
CLASS_CLAIM = Check(
    "class_claim", Severity.WARNING, "The explanation begins with a different part of speech than pos.",
    "Compares pos with “Adverb.” or “An irregular verb:” at the beginning of the explanation.",
)  # fmt: skip
CHECKS = (CLASS_OF_LIST, CLASS_CLAIM)

_PREDICATES = frozenset(("verb", "adjective"))
_NAMES = frozenset(("noun", "pronoun", "determiner", "numeral"))
_BOUND = frozenset(("particle", "ending", "suffix", "phrase"))
# The analyzer takes them for other words if they stand alone.
_DETERMINERS = frozenset(["새", "헌", "옛", "첫", "온", "온갖", "모든", "여러", "어느", "무슨", "웬", "딴", "맨"])
_CLASS_OF_TAG = {"VV": "verb", "VA": "adjective", "XSV": "verb", "XSA": "adjective"}
# Stems that are both a verb and an adjective, or that changed their class in the standard dictionary in 2017.
_BOTH = """
크 밝 늦 길 굳 있 없 감사하 달 시 차 지 무르 이르 바르 고르 누르 졸리 오래되 배 재 쓰 낫 붉 흐리 과하 낡 잘생기 못생기 잘나
못나 건조하 만족하 당황하 어리 둥글 비 익 굽 축하 안심하 흥분하 모자라 힘들 맞 되 하 생기 틀리 다르 멀 벌 솟 뻔하 커 졸려
"""
_STEMS_OF_BOTH = tuple(_BOTH.split())
_CLAIM = lazy_regex(
    r"\s*(?:an? |the |this (?:is an? )?)?"
    r"(?:(?:[ㄱ-ㅣ가-힣]{1,2}|ㅡ)[- ](?:irregular|drop) |irregular |regular |native |plain |honorific |humble |action "
    r"|descriptive )*(noun|verb|adjective|adverb|determiner|pronoun)(?=[,.:;]|$| before| that| stands| goes| comes)",
    re.I,
)


def class_fits_the_list(analysis: Analysis) -> Iterator[Finding]:
    """Report a part of speech that neither the list nor the analyzer confirms."""
    pos, listed, word = part_of_speech(analysis.text("pos")), analysis.listed_pos, analysis.word
    if pos in ("", "phrase", "interjection", listed):
        return
    if analysis.is_pattern and " " not in word and word[0] in "-~" and not word.endswith("다"):
        if pos not in _BOUND:
            yield CLASS_OF_LIST.at("pos", f"the part of speech is {pos}, but {word} cannot stand alone")
        elif {pos, listed} == {"particle", "ending"}:
            yield CLASS_OF_LIST.at("pos", f"the part of speech is {pos}, but {word} is a {listed}, as in the list")
    elif listed == "numeral" and pos in ("noun", *_PREDICATES) and any(map(str.isdigit, word)):
        yield CLASS_OF_LIST.at("pos", f"the part of speech is {pos}, but {word} is a numeral, as in the list")
    elif listed and all(map(is_syllable, word)) and _is_other(word, pos, listed):
        yield CLASS_OF_LIST.at("pos", f"the part of speech is {pos}, but {word} is a {listed}, as in the list")


@only_with("noun", "verb", "adjective", "adverb", "determiner", "pronoun")
def class_in_explanation(analysis: Analysis) -> Iterator[Finding]:
    """Report an explanation that begins with a different part of speech."""
    pos, claim = part_of_speech(analysis.text("pos")), _CLAIM.match(analysis.text("explanation"))
    own = _PREDICATES | _NAMES | {"adverb"}
    if claim is None or analysis.language.code != "en" or pos not in own or claim[1].lower() == pos:
        return
    if not {claim[1].lower(), pos} <= {"noun", "pronoun", "determiner"}:
        yield CLASS_CLAIM.at(
            "explanation", f"the explanation says “{claim[0].strip()}”, but the part of speech is {pos}"
        )


def _may_be_both(word: str) -> bool:
    """Return whether a word may be a form of a stem that is both a verb and an adjective."""
    own = verb_stems(word) | {letters(word.removesuffix("다"))}
    return any(letters(stem) in own for stem in _STEMS_OF_BOTH)


def _is_other(word: str, pos: str, listed: str) -> bool:
    """Return whether the analyzer confirms the list's part of speech and excludes the record's."""
    try:
        tags = [part.tag.partition("-")[0] for part in raw_morphemes(word)]
    except AnalyserMissing:
        return False
    if {listed, pos} == _PREDICATES:
        own = next((tag for tag in tags if tag in _CLASS_OF_TAG), "")
        return _CLASS_OF_TAG.get(own) == listed and not _may_be_both(word)
    is_name = tags[0].startswith("N") and all(tag.startswith(("N", "J", "XSN")) for tag in tags)
    is_determiner = listed == "determiner" and (tags == ["MM"] or word in _DETERMINERS)
    if listed in _NAMES and pos in _PREDICATES:
        return (is_name and (len(tags) > 1 or len(word) > 1)) or is_determiner
    if listed == "determiner":
        return pos in ("noun", "adverb") and is_determiner
    if {listed, pos} == {"noun", "pronoun"}:
        return is_name and tags[0] == ("NP" if listed == "pronoun" else "NNG")
    return listed == "adverb" and pos in (_PREDICATES | _NAMES) and tags == ["MAG"]
