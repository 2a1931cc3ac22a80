"""The hanja of Sino-Korean words, given only with confidence.

Most Hangul spellings have hanja words, native words too by chance (구두 "shoes" is not 口頭 "by mouth"), so a
candidate counts only if the English glosses of its characters and the word's definition share a content word, and no
other candidate comes close. No confident candidate means no hanja: about one Sino-Korean word in four gets one, and
nearly all of those are right.

Sources: words, readings and 훈음 from libhangul's hanja.txt (BSD-3-Clause), glosses from Unihan's kDefinition (Unicode
licence); see ``data/LICENSES.md`` and ``tools/build_hanja_data.py``. Loaded at the first use, about 0.5 s.
"""

import gzip
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from .glosses import content_words, senses
from .hangul import Jamo, is_syllable, join, split

# How many times commoner a rival's characters must be for the source's order of candidates to be doubted.
_DOUBT = 4
# A character in so many words (事, 人, 大) says little about any of them.
_EVERYWHERE = 1000
_INITIAL_LAW_Y = frozenset("ㅑㅕㅖㅛㅠㅣ")


@dataclass(frozen=True)
class HanjaCharacter:
    """One character, its Korean meaning and sound (男: "사내 남"), its English gloss; each "" if unknown."""

    character: str
    hun_eum: str
    gloss: str


@dataclass(frozen=True)
class HanjaWord:
    """A word in hanja with its Hangul reading and its characters in order."""

    hanja: str
    reading: str
    characters: tuple[HanjaCharacter, ...]


class _Entry(NamedTuple):
    uses: int  # number of words that have the character
    taught: bool  # one of the 1,800 characters of Korean schools
    gloss: str
    readings: dict[str, str]  # 훈음 by reading


class _Candidate(NamedTuple):
    hanja: str
    place: int  # in the source, whose order is roughly by frequency
    explained: int  # characters whose gloss shares a content word with one sense of the definition
    telling: (
        bool  # one of these is not used everywhere and has a whole sense in common, and no candidate before is alike
    )
    taught: bool
    rarest: int  # uses of its rarest character that is not explained


def hanja_of(word: str, definition: str) -> HanjaWord | None:
    """The hanja of a noun (without particles) that has this English definition; None unless it is sure."""
    word = unicodedata.normalize("NFC", word)
    found = _one_syllable(word, definition) if len(word) == 1 else _confident(_candidates(word, definition))
    if found is None:
        return None
    characters = tuple(_character(character, syllable) for character, syllable in zip(found, word, strict=True))
    return HanjaWord(found, word, characters)


def characters_of(hanja: str, reading: str) -> tuple[HanjaCharacter, ...]:
    """The characters of a hanja word read so (車 in 차: "수레 차", not "수레 거"); 훈음 and gloss are "" where unknown."""
    return tuple(map(_character, unicodedata.normalize("NFC", hanja), unicodedata.normalize("NFC", reading)))


def reads_as(hanja: str, hangul: str) -> bool:
    """True if each character can be read as its syllable, at the start of a word or inside (女 여 and 녀)."""
    hanja, hangul = unicodedata.normalize("NFC", hanja), unicodedata.normalize("NFC", hangul)
    return 0 < len(hanja) == len(hangul) and all(map(_has_reading, hanja, hangul))


def words_of(reading: str) -> tuple[str, ...]:
    """The hanja words of a dictionary that read so, commonest first; none for a native word."""
    return tuple(_words().get(unicodedata.normalize("NFC", reading), "").split())


def _candidates(word: str, definition: str) -> list[_Candidate]:
    wanted = senses(definition)
    characters = _characters()
    found = []
    all_hanja = _words().get(word, "").split()
    for place, hanja in enumerate(all_hanja):
        entries = [characters[character] for character in hanja]
        explaining = max(
            ([e for e in entries if content_words(e.gloss) & sense] for sense in wanted), key=len, default=[]
        )
        if explaining:
            found.append(_Candidate(
                hanja, place, len(explaining),
                any(entry.uses < _EVERYWHERE and senses(entry.gloss) & wanted for entry in explaining)
                and not any(_alike(hanja, before) for before in all_hanja[:place]),
                all(entry.taught for entry in entries),
                min((entry.uses for entry in entries if entry not in explaining), default=10**6),
            ))  # fmt: skip
    return found


def _confident(candidates: list[_Candidate]) -> str | None:
    """The candidate that is explained best, unless a rival is as good or a more frequent word may be meant."""
    if not candidates:
        return None
    most = max(candidate.explained for candidate in candidates)
    best, *rivals = [candidate for candidate in candidates if candidate.explained == most]
    is_first = best.place == 0
    if rivals and rivals[0].place == best.place + 1 and rivals[0].taught > best.taught:
        # 計畵, 計劃: spellings of one word stand side by side, and schools teach the usual one
        best, *rivals = rivals
    if any(rival.taught == best.taught and rival.rarest > _DOUBT * best.rarest for rival in rivals):
        return None
    wholly_explained = most == len(best.hanja)
    return best.hanja if is_first or wholly_explained or best.telling else None


def _alike(one: str, other: str) -> bool:
    """True if two words differ in one character, so that one is easily taken for the other (豫定, 豫程)."""
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _one_syllable(word: str, definition: str) -> str | None:
    """A single character has many homophones and native ones: a whole sense must agree, and in one character only."""
    wanted = senses(definition)
    fitting = [
        character
        for character, entry in _characters().items()
        if entry.taught and word in entry.readings and senses(entry.gloss) & wanted
    ]
    return fitting[0] if len(fitting) == 1 else None


def _character(character: str, reading: str) -> HanjaCharacter:
    """The character with the 훈음 of this reading; another reading's sound would mislead."""
    entry = _characters().get(character)
    if entry is None:
        return HanjaCharacter(character, "", "")
    hun_eum = (text for known, text in entry.readings.items() if reading in (known, _initial_form(known)))
    return HanjaCharacter(character, next(hun_eum, ""), entry.gloss)


def _has_reading(character: str, syllable: str) -> bool:
    entry = _characters().get(character)
    return entry is not None and any(syllable in (r, _initial_form(r)) for r in entry.readings)


def _initial_form(reading: str) -> str:
    """두음법칙 (Korean orthography, Articles 10–12): 녀 → 여, 래 → 내, 리 → 이."""
    if not is_syllable(reading):
        return reading
    onset, vowel, coda = split(reading)
    if onset in ("ㄴ", "ㄹ") and vowel in _INITIAL_LAW_Y:
        return join(Jamo("ㅇ", vowel, coda))
    return join(Jamo("ㄴ", vowel, coda)) if onset == "ㄹ" else reading


def _lines(name: str) -> list[str]:
    data = files(__package__).joinpath("data", name).read_bytes()
    return gzip.decompress(data).decode("utf-8").splitlines()


@cache
def _characters() -> dict[str, _Entry]:
    entries = {}
    for line in _lines("hanja_characters.tsv.gz"):
        character, uses, taught, gloss, readings = line.split("\t")
        by_reading = dict(pair.split("=", 1) for pair in readings.split("|"))
        entries[character] = _Entry(int(uses), taught == "E", gloss, by_reading)
    return entries


@cache
def _words() -> dict[str, str]:
    """Hangul → its hanja, separated by spaces."""
    return dict(line.split("\t", 1) for line in _lines("hanja_words.tsv.gz"))
