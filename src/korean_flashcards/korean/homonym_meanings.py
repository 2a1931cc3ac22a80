"""Tell whether a meaning cannot be that of a Sino-Korean word: 景氣 is not "convulsion", 父子 not "mother and daughter".

The meaning is compared with the cues of the word's row in ``sino_words``, with the senses of its characters, and with the
glosses that the caller knows. A word without cues is reported only if the table has a homonym with the meaning, or if its
characters name a different direction or season.
"""

from collections.abc import Iterable
from functools import cache

from .character_names import all_names
from .character_senses import all_senses
from .english_synonyms import related
from .glosses import content_words
from .hanja_data import is_variant
from .related_words import common_words
from .sino_words import choose, cues_of

# Relatives and people, whose characters do not tell what they mean together.
_PEOPLE = """
父子 father, son; 母女 mother, daughter
母子 mother, son, child; 父女 father, daughter; 兄弟 brothers, siblings; 姉妹 sisters
姊妹 sisters; 男妹 brother, sister, siblings; 夫婦 husband, wife, married couple; 父母 parents; 祖父 grandfather
祖母 grandmother; 孫子 grandson, grandchild; 孫女 granddaughter; 叔父 uncle; 三寸 uncle; 姑母 aunt; 姨母 aunt
男便 husband; 新郞 bridegroom; 新婦 bride, newly married woman; 丈人 father-in-law; 丈母 mother-in-law
子婦 daughter-in-law; 男子 man, boy, male; 女子 woman, girl, female; 少年 boy; 少女 girl; 王子 prince; 王女 princess
公主 princess; 長男 eldest son; 長女 eldest daughter; 富者 rich person; 師母 teacher's wife, madam
"""
# Words that exclude each other. A word whose characters have one of them does not mean the others.
_GROUPS = ("east west south north", "spring summer autumn winter", "left right")
_SHOWN = 3  # meanings


def wrong_meaning(hanja: str, reading: str, meaning: str, glosses: Iterable[str]) -> str:
    """Return why the word cannot have the meaning, or "" if it may have it.

    ``glosses``: other meanings of the word, such as the list's definition.
    """
    known = list(dict.fromkeys((*_known(hanja, reading), *filter(None, glosses))))
    if wrong := meaning_of_another(hanja, reading, meaning, known):
        return wrong
    is_other = bool(known) and not _may_mean(hanja, meaning, known)
    return f"{hanja} means “{', '.join(known[:_SHOWN])}”, not “{meaning}”" if is_other else ""


def meaning_of_another(hanja: str, reading: str, meaning: str, known: Iterable[str] = ()) -> str:
    """Return why the meaning is certainly that of a different word, or "". A synonym of the word's meaning is accepted."""
    if contrary := _contrary(hanja, meaning):
        return f"{hanja} does not mean “{meaning}”: {contrary}"
    if _may_mean(hanja, meaning, known or _known(hanja, reading)):
        return ""
    other = choose(reading, meaning)
    if other and other.fits_meaning and other.hanja and not _same(other.hanja, hanja, reading):
        return f"{hanja} does not mean “{meaning}”, but {other.hanja} does"
    return ""


def _known(hanja: str, reading: str) -> tuple[str, ...]:
    """Return the meanings of the word in the tables."""
    more = (_common_meanings().get((reading, hanja)), _people().get(hanja))
    return (*cues_of(reading, hanja), *filter(None, more))


def _may_mean(hanja: str, meaning: str, known: Iterable[str]) -> bool:
    wanted = content_words(meaning)
    senses = frozenset[str]().union(*map(content_words, known))
    return not wanted or related(wanted, senses | all_senses(hanja))


def _contrary(hanja: str, meaning: str) -> str:
    """Return the direction or season that a character means, if the meaning names only others."""
    said = content_words(meaning)
    for group in map(content_words, _GROUPS):
        named = group & said
        own = {sign: group & content_words(_first_sense(sign)) for sign in hanja} if named else {}
        if stated := next((sign for sign, words in own.items() if words), ""):
            return "" if any(named & words for words in own.values()) else f"{stated} is “{_first_sense(stated)}”"
    return ""


def _first_sense(character: str) -> str:
    return ", ".join(name.meanings.partition(",")[0] for name in all_names().get(character, {}).values())


def _same(one: str, other: str, reading: str) -> bool:
    return len(one) == len(other) and all(
        a == b or is_variant(a, b, syllable) for a, b, syllable in zip(one, other, reading, strict=False)
    )


@cache
def _common_meanings() -> dict[tuple[str, str], str]:
    return {(word.word, word.hanja): word.meaning for word in common_words()}


@cache
def _people() -> dict[str, str]:
    rows = (row.strip().partition(" ") for row in _PEOPLE.strip().replace("\n", "; ").split("; "))
    return {hanja: meaning for hanja, _, meaning in rows}
