"""Look up the readings, 훈음, and English glosses of hanja characters, and the hanja words for a Hangul spelling.

훈음 is a character's Korean meaning and sound, such as 사내 남 for 男. Words, readings, and 훈음 come from libhangul's
hanja.txt (BSD-3-Clause); glosses come from Unihan's kDefinition (Unicode license). See ``data/LICENSES.md`` and
``tools/build_hanja_data.py``. The data is loaded on first use, which takes about 0.5 s.
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
    """A character with its 훈음 ("사내 남" for 男) and its English gloss. Unknown values are ""."""

    character: str
    hun_eum: str
    gloss: str


class HanjaEntry(NamedTuple):
    """A character's entry in the dictionary."""

    uses: int  # number of words that contain the character
    taught: bool  # one of the 1,800 characters taught in Korean schools
    gloss: str
    readings: dict[str, str]  # 훈음 by reading


def characters_of(hanja: str, reading: str) -> tuple[HanjaCharacter, ...]:
    """Return the characters of a hanja word with the 훈음 for this reading (車 read as 차: "수레 차", not "수레 거").

    Unknown 훈음 and glosses are "".
    """
    return tuple(map(_character, unicodedata.normalize("NFC", hanja), unicodedata.normalize("NFC", reading)))


def reads_as(hanja: str, hangul: str) -> bool:
    """Return whether each character can be read as the matching syllable, word-initially or elsewhere (女 as 여 or 녀)."""
    hanja, hangul = unicodedata.normalize("NFC", hanja), unicodedata.normalize("NFC", hangul)
    return 0 < len(hanja) == len(hangul) and all(map(_has_reading, hanja, hangul))


def all_taught(hanja: str) -> bool:
    """Return whether Korean schools teach all of the characters."""
    return all(character in entries() and entries()[character].taught for character in hanja)


def taught(reading: str) -> list[str]:
    """Return the characters with this reading that Korean schools teach."""
    return _taught_by_reading().get(reading, [])


def spelled(word: str) -> list[str]:
    """Return all hanja words of two or more characters with this Hangul spelling, most common first."""
    return words().get(unicodedata.normalize("NFC", word), "").split()


def _character(character: str, reading: str) -> HanjaCharacter:
    """Return the character with the 훈음 for this reading. The 훈음 for a different reading would be misleading."""
    entry = entries().get(character)
    if entry is None:
        return HanjaCharacter(character, "", "")
    hun_eum = (text for known, text in entry.readings.items() if reading in (known, _initial_form(known)))
    return HanjaCharacter(character, next(hun_eum, ""), entry.gloss)


def _has_reading(character: str, syllable: str) -> bool:
    entry = entries().get(character)
    return entry is not None and any(syllable in (r, _initial_form(r)) for r in entry.readings)


def _initial_form(reading: str) -> str:
    """Return the word-initial form of a reading: 녀 → 여, 래 → 내, 리 → 이.

    This applies the initial sound law (두음법칙) of Korean orthography, Articles 10–12.
    """
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
    """Return the dictionary entries for all characters, keyed by character."""
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
    """Return the hanja words for each Hangul spelling, separated by spaces."""
    return dict(line.split("\t", 1) for line in _lines("hanja_words.tsv.gz"))
