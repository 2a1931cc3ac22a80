"""The dictionary of hanja: characters with readings, 훈음 and English glosses, and words with their hanja.

Sources: words, readings and 훈음 from libhangul's hanja.txt (BSD-3-Clause), glosses from Unihan's kDefinition (Unicode
licence); see ``data/LICENSES.md`` and ``tools/build_hanja_data.py``. Loaded at the first use, about 0.5 s.
"""

import gzip
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from .hangul import Jamo, is_syllable, join, split

_INITIAL_LAW_Y = frozenset("ㅑㅕㅖㅛㅠㅣ")


@dataclass(frozen=True)
class HanjaCharacter:
    """One character, its Korean meaning and sound (男: "사내 남"), its English gloss; each "" if unknown."""

    character: str
    hun_eum: str
    gloss: str


class HanjaEntry(NamedTuple):
    """What is known of a character."""

    uses: int  # number of words that have the character
    taught: bool  # one of the 1,800 characters of Korean schools
    gloss: str
    readings: dict[str, str]  # 훈음 by reading


def characters_of(hanja: str, reading: str) -> tuple[HanjaCharacter, ...]:
    """The characters of a hanja word read so (車 in 차: "수레 차", not "수레 거"); 훈음 and gloss are "" where unknown."""
    return tuple(map(_character, unicodedata.normalize("NFC", hanja), unicodedata.normalize("NFC", reading)))


def reads_as(hanja: str, hangul: str) -> bool:
    """True if each character can be read as its syllable, at the start of a word or inside (女 여 and 녀)."""
    hanja, hangul = unicodedata.normalize("NFC", hanja), unicodedata.normalize("NFC", hangul)
    return 0 < len(hanja) == len(hangul) and all(map(_has_reading, hanja, hangul))


def all_taught(hanja: str) -> bool:
    """True if Korean schools teach each of the characters."""
    return all(character in entries() and entries()[character].taught for character in hanja)


def taught(reading: str) -> list[str]:
    """The characters read so that Korean schools teach."""
    return _taught_by_reading().get(reading, [])


def spelled(word: str) -> list[str]:
    """All words in hanja of two characters or more that are spelled so in Hangul, the usual ones first."""
    return words().get(unicodedata.normalize("NFC", word), "").split()


def _character(character: str, reading: str) -> HanjaCharacter:
    """The character with the 훈음 of this reading; another reading's sound would mislead."""
    entry = entries().get(character)
    if entry is None:
        return HanjaCharacter(character, "", "")
    hun_eum = (text for known, text in entry.readings.items() if reading in (known, _initial_form(known)))
    return HanjaCharacter(character, next(hun_eum, ""), entry.gloss)


def _has_reading(character: str, syllable: str) -> bool:
    entry = entries().get(character)
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
def entries() -> dict[str, HanjaEntry]:
    """Every character."""
    found = {}
    for line in _lines("hanja_characters.tsv.gz"):
        character, uses, taught, gloss, readings = line.split("\t")
        by_reading = dict(pair.split("=", 1) for pair in readings.split("|"))
        found[character] = HanjaEntry(int(uses), taught == "E", gloss, by_reading)
    return found


@cache
def _taught_by_reading() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for character, entry in entries().items():
        if entry.taught:
            for reading in entry.readings:
                found.setdefault(reading, []).append(character)
    return found


@cache
def words() -> dict[str, str]:
    """Hangul → its hanja, separated by spaces."""
    return dict(line.split("\t", 1) for line in _lines("hanja_words.tsv.gz"))
