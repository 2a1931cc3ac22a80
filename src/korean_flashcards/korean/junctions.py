"""Model the boundary between two syllables, where all pronunciation rules apply."""

from enum import Enum
from typing import NamedTuple


class Mark(Enum):
    """Information about a boundary that the letters do not show. The articles that use each mark are in brackets."""

    NONE = ""
    STEM = "stem"  # between a verb or adjective stem and its ending [11, 24]
    NOUN = "noun"  # a noun whose coda cluster behaves differently from a stem's: 닭하고, 여덟도 [12, 25]
    SINO = "sino"  # after ㄹ within a Sino-Korean word [26]
    ADNOMINAL = "adnominal"  # after -(으)ㄹ, or within an ending that begins with it [27]
    COMPOUND = "compound"  # a compound with an unwritten 사이시옷: 길가 [28]
    HABIT = "habit"  # tensification that only dictionaries list: 인기, 문법 [no article]
    SEPARATE = "separate"  # between two words: the left one keeps its own coda [15]
    INSERT = "insert"  # between two words: ㄴ is inserted before i or y [29]
    SAI = "sai"  # a written 사이시옷: 콧등, 콧날 [30.1, 30.2]
    SAI_INSERT = "sai insert"  # a written 사이시옷 with ㄴ-insertion: 깻잎 [30.3]
    KEEP_N = "keep n"  # ㄴ before ㄹ remains ㄴ: 의견란, 생산량 [20, exceptions]
    LABIAL = "labial"  # ㄼ becomes ㅂ: 밟-, 넓죽- [10, exceptions]
    LETTER = "letter"  # a letter name before a vowel: 디귿이 [16]
    # Two readings are permitted. The first one in the mark's name is the main one. ``PERMITTED`` has the marks of both.
    PLAIN_OR_TENSE = "plain or tense"  # 효과 [효과/효꽈]
    TENSE_OR_PLAIN = "tense or plain"  # 함수 [함쑤/함수]
    INSERT_OR_NOT = "insert or not"  # 금융 [금늉/그뮹] [29]
    NOT_OR_INSERT = "not or insert"  # 강약 [강약/강냑] [29]
    NOT_OR_SEPARATE = "not or separate"  # 맛있다 [마싣따/마딛따] [15]
    PAUSE = "pause"  # between two words that are spoken separately

    # The hash that Enum defines in Python takes a tenth of the time of a pronunciation.
    __hash__ = object.__hash__


class Junction(NamedTuple):
    """The boundary between two syllables: coda | onset + vowel.

    The onset "ㅇ" is silent. An empty side ("") is the edge of a word.
    """

    coda: str
    onset: str
    vowel: str
    mark: Mark

    def sounding(self, coda: str, onset: str) -> "Junction":
        """Return the boundary with a different coda and onset."""
        return self._replace(coda=coda, onset=onset)


BETWEEN_WORDS = (Mark.SEPARATE, Mark.INSERT, Mark.SAI_INSERT)
TENSED = (Mark.SINO, Mark.ADNOMINAL, Mark.COMPOUND, Mark.HABIT)
PERMITTED = {
    Mark.PLAIN_OR_TENSE: (Mark.NONE, Mark.HABIT),
    Mark.TENSE_OR_PLAIN: (Mark.HABIT, Mark.NONE),
    Mark.INSERT_OR_NOT: (Mark.INSERT, Mark.NONE),
    Mark.NOT_OR_INSERT: (Mark.NONE, Mark.INSERT),
    Mark.NOT_OR_SEPARATE: (Mark.NONE, Mark.SEPARATE),
}

OBSTRUENT = {  # obstruent codas with the sound that they are neutralized to (Articles 8–11, 23)
    **dict.fromkeys(("ㄱ", "ㄲ", "ㅋ", "ㄳ", "ㄺ"), "ㄱ"),
    **dict.fromkeys(("ㄷ", "ㅅ", "ㅆ", "ㅈ", "ㅊ", "ㅌ", "ㅎ"), "ㄷ"),
    **dict.fromkeys(("ㅂ", "ㅍ", "ㄿ", "ㅄ"), "ㅂ"),
}
SONORANT = {"ㄵ": "ㄴ", "ㄶ": "ㄴ", "ㄼ": "ㄹ", "ㄽ": "ㄹ", "ㄾ": "ㄹ", "ㅀ": "ㄹ", "ㄻ": "ㅁ"}
REPRESENTATIVE = {**OBSTRUENT, **SONORANT}
CLUSTER = {  # the consonant that stays, and the one that may move to the next syllable
    "ㄳ": ("ㄱ", "ㅅ"), "ㄵ": ("ㄴ", "ㅈ"), "ㄶ": ("ㄴ", "ㅎ"), "ㄺ": ("ㄹ", "ㄱ"), "ㄻ": ("ㄹ", "ㅁ"),
    "ㄼ": ("ㄹ", "ㅂ"), "ㄽ": ("ㄹ", "ㅅ"), "ㄾ": ("ㄹ", "ㅌ"), "ㄿ": ("ㄹ", "ㅍ"), "ㅀ": ("ㄹ", "ㅎ"),
    "ㅄ": ("ㅂ", "ㅅ"),
}  # fmt: skip
TENSE = {"ㄱ": "ㄲ", "ㄷ": "ㄸ", "ㅂ": "ㅃ", "ㅅ": "ㅆ", "ㅈ": "ㅉ"}
ASPIRATED = {"ㄱ": "ㅋ", "ㄷ": "ㅌ", "ㅂ": "ㅍ", "ㅈ": "ㅊ"}
NASAL = {"ㄱ": "ㅇ", "ㄷ": "ㄴ", "ㅂ": "ㅁ"}
LETTER_NAME = {**dict.fromkeys(("ㄷ", "ㅈ", "ㅊ", "ㅌ", "ㅎ"), "ㅅ"), "ㅋ": "ㄱ", "ㅍ": "ㅂ"}
I_OR_Y = frozenset("ㅣㅑㅕㅛㅠㅖㅒ")


def main_mark(mark: Mark) -> Mark:
    """Return the mark of the main reading."""
    return PERMITTED[mark][0] if mark in PERMITTED else mark
