"""Where two syllables meet, and what is known there beyond the letters; the material of the rules."""

from enum import Enum
from typing import NamedTuple


class Mark(Enum):
    """What is known about a junction beyond its letters; the articles that need it are in brackets."""

    NONE = ""
    STEM = "stem"  # a verb or adjective stem meets its ending [11, 24]
    NOUN = "noun"  # a noun whose cluster does not behave as a stem's: 닭하고, 여덟도 [12, 25]
    SINO = "sino"  # ㄹ within a Sino-Korean word [26]
    ADNOMINAL = "adnominal"  # after -(으)ㄹ, or in an ending that begins so [27]
    COMPOUND = "compound"  # a compound with an unwritten 사이시옷: 길가 [28]
    HABIT = "habit"  # tensed by habit, as dictionaries say: 인기, 문법 [no article]
    SEPARATE = "separate"  # two words: the left one keeps its own coda [15]
    INSERT = "insert"  # two words, the right one gets ㄴ before i or y [29]
    SAI = "sai"  # a written 사이시옷: 콧등, 콧날 [30.1, 30.2]
    SAI_INSERT = "sai insert"  # a written 사이시옷, and the right word gets ㄴ: 깻잎 [30.3]
    KEEP_N = "keep n"  # 의견란, 생산량: ㄴ stays ㄴ [20, exceptions]
    LABIAL = "labial"  # 밟-, 넓죽-: ㄼ sounds ㅂ [10, exceptions]
    LETTER = "letter"  # a letter name before a vowel: 디귿이 [16]


class Junction(NamedTuple):
    """Two syllables meeting: coda | onset + vowel. Onset "ㅇ" is silent; "" on either side is an edge."""

    coda: str
    onset: str
    vowel: str
    mark: Mark

    def sounding(self, coda: str, onset: str) -> "Junction":
        """The same junction with another coda and onset."""
        return self._replace(coda=coda, onset=onset)


BETWEEN_WORDS = (Mark.SEPARATE, Mark.INSERT, Mark.SAI_INSERT)
TENSED = (Mark.SINO, Mark.ADNOMINAL, Mark.COMPOUND, Mark.HABIT)

OBSTRUENT = {  # Articles 8–11 and 23: the codas that close the mouth, by the sound they close it with
    **dict.fromkeys(("ㄱ", "ㄲ", "ㅋ", "ㄳ", "ㄺ"), "ㄱ"),
    **dict.fromkeys(("ㄷ", "ㅅ", "ㅆ", "ㅈ", "ㅊ", "ㅌ", "ㅎ"), "ㄷ"),
    **dict.fromkeys(("ㅂ", "ㅍ", "ㄿ", "ㅄ"), "ㅂ"),
}
SONORANT = {"ㄵ": "ㄴ", "ㄶ": "ㄴ", "ㄼ": "ㄹ", "ㄽ": "ㄹ", "ㄾ": "ㄹ", "ㅀ": "ㄹ", "ㄻ": "ㅁ"}
REPRESENTATIVE = {**OBSTRUENT, **SONORANT}
CLUSTER = {  # what stays and what may move on
    "ㄳ": ("ㄱ", "ㅅ"), "ㄵ": ("ㄴ", "ㅈ"), "ㄶ": ("ㄴ", "ㅎ"), "ㄺ": ("ㄹ", "ㄱ"), "ㄻ": ("ㄹ", "ㅁ"),
    "ㄼ": ("ㄹ", "ㅂ"), "ㄽ": ("ㄹ", "ㅅ"), "ㄾ": ("ㄹ", "ㅌ"), "ㄿ": ("ㄹ", "ㅍ"), "ㅀ": ("ㄹ", "ㅎ"),
    "ㅄ": ("ㅂ", "ㅅ"),
}  # fmt: skip
TENSE = {"ㄱ": "ㄲ", "ㄷ": "ㄸ", "ㅂ": "ㅃ", "ㅅ": "ㅆ", "ㅈ": "ㅉ"}
ASPIRATED = {"ㄱ": "ㅋ", "ㄷ": "ㅌ", "ㅂ": "ㅍ", "ㅈ": "ㅊ"}
NASAL = {"ㄱ": "ㅇ", "ㄷ": "ㄴ", "ㅂ": "ㅁ"}
LETTER_NAME = {**dict.fromkeys(("ㄷ", "ㅈ", "ㅊ", "ㅌ", "ㅎ"), "ㅅ"), "ㅋ": "ㄱ", "ㅍ": "ㅂ"}
I_OR_Y = frozenset("ㅣㅑㅕㅛㅠㅖㅒ")
