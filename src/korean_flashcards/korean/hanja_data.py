"""Look up the readings, 훈음, and English glosses of hanja characters, and the hanja words for a Hangul spelling.

훈음 is a character's Korean meaning and sound, such as 사내 남 for 男. Words and readings come from libhangul's hanja.txt
(BSD-3-Clause); glosses come from Unihan's kDefinition (Unicode license). The usual 훈음 come from ``character_names``.
libhangul's are often unusual or misspelled (備 깆출 비), and only identify variants. See ``data/LICENSES.md`` and
``tools/build_hanja_data.py``. The data is loaded on first use, which takes about 0.5 s.
"""

import gzip
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from .character_names import all_names, usual_name
from .hangul import initial_form

# Words whose readings have changed in use. Korean orthography spells them as they are pronounced (한글 맞춤법, Article 52),
# and six words with an added ㅅ (Article 30). The last five come from these hanja but are spelled as native words.
_CHANGED = {
    "困難": "곤란", "論難": "논란", "肺炎": "폐렴", "木瓜": "모과", "推敲": "퇴고", "契丹": "거란", "菩提": "보리",
    "布施": "보시", "盟誓": "맹세", "五六月": "오뉴월", "六月": "유월", "初八": "초파", "八日": "파일",
    "回數": "횟수", "數字": "숫자", "貰房": "셋방", "庫間": "곳간", "車間": "찻간", "退間": "툇간",
    "柱礎": "주추", "杖鼓": "장구", "櫻桃": "앵두", "紫桃": "자두", "胡桃": "호두",
}  # fmt: skip


@dataclass(frozen=True)
class HanjaCharacter:
    """A character with its usual 훈음 ("사내 남" for 男) and its English gloss. Unknown values are ""."""

    character: str
    hun_eum: str
    gloss: str


class HanjaEntry(NamedTuple):
    """A character's entry in the dictionary."""

    uses: int  # number of words that contain the character
    taught: bool  # one of the 1,800 characters taught in Korean schools
    gloss: str
    readings: dict[str, str]  # libhangul's 훈음 by reading


def characters_of(hanja: str, reading: str) -> tuple[HanjaCharacter, ...]:
    """Return the characters of a hanja word with the usual 훈음 for this reading (車 read as 차: "수레 차", not "수레 거").

    Unknown 훈음 and glosses are "". A character whose reading has changed in this word (難 in 곤란) has its usual 훈음.
    """
    hanja, reading = unicodedata.normalize("NFC", hanja), unicodedata.normalize("NFC", reading)
    changed = _changed_places(hanja, reading)
    return tuple(
        _character(sign, _usual_reading(sign) if at in changed and not _has_reading(sign, syllable) else syllable)
        for at, (sign, syllable) in enumerate(zip(hanja, reading, strict=False))
    )


def reads_as(hanja: str, hangul: str) -> bool:
    """Return whether each character can be read as the matching syllable, word-initially or elsewhere (女 as 여 or 녀).

    Words with changed readings (困難 곤란) are read as they are today, also in longer words.
    """
    hanja, hangul = unicodedata.normalize("NFC", hanja), unicodedata.normalize("NFC", hangul)
    if not 0 < len(hanja) == len(hangul):
        return False
    other = [at for at, pair in enumerate(zip(hanja, hangul, strict=True)) if not _has_reading(*pair)]
    return not other or set(other) <= _changed_places(hanja, hangul)


def has_changed_reading(hanja: str, hangul: str) -> bool:
    """Return whether the reading of a whole word has changed in use (困難 곤란)."""
    return _CHANGED.get(hanja) == hangul


def is_variant(one: str, other: str, syllable: str) -> bool:
    """Return whether two characters have the same 훈음 for a reading in libhangul's data (教 and 敎 for 교)."""
    hun_eum = _explanation(one, syllable)
    return hun_eum != "" and hun_eum == _explanation(other, syllable)


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
    name = usual_name(character, reading)
    return HanjaCharacter(character, name.hun_eum if name else "", entry.gloss if entry else "")


def _explanation(character: str, syllable: str) -> str:
    entry = entries().get(character)
    readings = entry.readings.items() if entry else ()
    return next((text for known, text in readings if syllable in (known, initial_form(known))), "")


def _changed_places(hanja: str, hangul: str) -> set[int]:
    """Return the indexes of the characters that belong to a word with a changed reading."""
    return {
        at
        for word, reading in _CHANGED.items()
        for start in range(len(hanja))
        if hanja.startswith(word, start) and hangul.startswith(reading, start)
        for at in range(start, start + len(word))
    }


def _usual_reading(character: str) -> str:
    entry = entries().get(character)
    known = all_names().get(character) or (entry.readings if entry else {})
    return next(iter(known), "")


def _has_reading(character: str, syllable: str) -> bool:
    entry = entries().get(character)
    return entry is not None and any(syllable in (r, initial_form(r)) for r in entry.readings)


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
