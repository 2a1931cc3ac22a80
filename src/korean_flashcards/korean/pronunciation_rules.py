"""The articles of the Standard Pronunciation (표준발음법) as an ordered list of small functions.

All of them act where two syllables meet, so each sees one ``Junction``: the coda on the left, the onset and
vowel on the right, and a ``Mark`` for what spelling alone does not tell (a verb stem, a compound …).
Junctions do not influence one another: a vowel always lies between them. The edge of a word is a junction
whose missing side is "".

Where the standard allows two pronunciations, the first it names is given, except that 사이시옷 keeps its
coda ㄷ (햇살 [핻쌀], Article 30.1, second form), which sounds like every other ㅅ before a consonant.
"""

from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import NamedTuple


class Mark(Enum):
    """What is known about a junction beyond its letters; the articles that need it are in brackets."""

    NONE = ""
    STEM = "stem"  # a verb or adjective stem meets its ending [11, 24]
    NOUN = "noun"  # a noun whose cluster does not behave as a stem's: 닭하고, 여덟도 [12, 25]
    TENSE = "tense"  # tensed for a reason that is not in the letters [26, 27, 28]
    SEPARATE = "separate"  # two words: the left one keeps its own coda [15]
    INSERT = "insert"  # two words, the right one gets ㄴ before i or y [29, 30.3]
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


Rule = Callable[[Junction], Junction]

_OBSTRUENT = {  # Articles 8–11 and 23: the codas that close the mouth, by the sound they close it with
    **dict.fromkeys(("ㄱ", "ㄲ", "ㅋ", "ㄳ", "ㄺ"), "ㄱ"),
    **dict.fromkeys(("ㄷ", "ㅅ", "ㅆ", "ㅈ", "ㅊ", "ㅌ", "ㅎ"), "ㄷ"),
    **dict.fromkeys(("ㅂ", "ㅍ", "ㄿ", "ㅄ"), "ㅂ"),
}
_SONORANT = {"ㄵ": "ㄴ", "ㄶ": "ㄴ", "ㄼ": "ㄹ", "ㄽ": "ㄹ", "ㄾ": "ㄹ", "ㅀ": "ㄹ", "ㄻ": "ㅁ"}
_REPRESENTATIVE = {**_OBSTRUENT, **_SONORANT}
_CLUSTER = {  # what stays and what may move on
    "ㄳ": ("ㄱ", "ㅅ"), "ㄵ": ("ㄴ", "ㅈ"), "ㄶ": ("ㄴ", "ㅎ"), "ㄺ": ("ㄹ", "ㄱ"), "ㄻ": ("ㄹ", "ㅁ"),
    "ㄼ": ("ㄹ", "ㅂ"), "ㄽ": ("ㄹ", "ㅅ"), "ㄾ": ("ㄹ", "ㅌ"), "ㄿ": ("ㄹ", "ㅍ"), "ㅀ": ("ㄹ", "ㅎ"),
    "ㅄ": ("ㅂ", "ㅅ"),
}  # fmt: skip
_TENSE = {"ㄱ": "ㄲ", "ㄷ": "ㄸ", "ㅂ": "ㅃ", "ㅅ": "ㅆ", "ㅈ": "ㅉ"}
_ASPIRATED = {"ㄱ": "ㅋ", "ㄷ": "ㅌ", "ㅂ": "ㅍ", "ㅈ": "ㅊ"}
_NASAL = {"ㄱ": "ㅇ", "ㄷ": "ㄴ", "ㅂ": "ㅁ"}
_I_OR_Y = frozenset("ㅣㅑㅕㅛㅠㅖㅒ")
_LETTER_NAME = {**dict.fromkeys(("ㄷ", "ㅈ", "ㅊ", "ㅌ", "ㅎ"), "ㅅ"), "ㅋ": "ㄱ", "ㅍ": "ㅂ"}


def vowel_ui(j: Junction) -> Junction:
    """Article 5.3: after a written consonant ㅢ sounds ㅣ (무늬 [무니], 희망 [히망])."""
    return j._replace(vowel="ㅣ") if j.vowel == "ㅢ" and j.onset != "ㅇ" else j


def letter_names(j: Junction) -> Junction:
    """Article 16: before a vowel the letter names sound ㅅ, ㄱ, ㅂ (디귿이 [디그시])."""
    if j.mark is Mark.LETTER and j.onset == "ㅇ":
        return j.sounding(_LETTER_NAME.get(j.coda, j.coda), "ㅇ")
    return j


def n_insertion(j: Junction) -> Junction:
    """Articles 29 and 30.3: in compounds ㄴ appears before 이, 야, 여, 요, 유 (꽃잎 [꼰닙])."""
    inserted = j.mark is Mark.INSERT and j.coda and j.onset == "ㅇ" and j.vowel in _I_OR_Y
    return j.sounding(j.coda, "ㄴ") if inserted else j


def liaison_between_words(j: Junction) -> Junction:
    """Article 15: before another word's vowel the coda takes its own sound, then moves (맛없다 [마덥따])."""
    if j.mark in (Mark.SEPARATE, Mark.INSERT) and j.onset == "ㅇ":
        return j.sounding(_REPRESENTATIVE.get(j.coda, j.coda), "ㅇ")
    return j


def palatalisation(j: Junction) -> Junction:
    """Article 17: ㄷ, ㅌ before 이, 히 and their contractions become ㅈ, ㅊ (굳이 [구지], 닫혀 [다처])."""
    if j.mark in (Mark.SEPARATE, Mark.INSERT):
        return j
    if j.onset == "ㅎ" and j.coda == "ㄷ" and j.vowel in ("ㅣ", "ㅕ"):
        return j.sounding("", "ㅊ")
    if j.onset == "ㅇ" and j.coda == "ㄷ" and j.vowel == "ㅣ":
        return j.sounding("", "ㅈ")
    if j.onset == "ㅇ" and j.coda in ("ㅌ", "ㄾ") and j.vowel in ("ㅣ", "ㅕ"):
        return j.sounding("" if j.coda == "ㅌ" else "ㄹ", "ㅊ")
    return j


def h_after(j: Junction) -> Junction:
    """Article 12.1–4: coda ㅎ joins the next consonant or vanishes (좋고 [조코], 닿소 [다쏘], 많아 [마나])."""
    if j.coda not in ("ㅎ", "ㄶ", "ㅀ") or j.mark in (Mark.LETTER, Mark.TENSE):
        return j
    rest = _CLUSTER[j.coda][0] if j.coda in _CLUSTER else ""
    if j.onset in ("ㄱ", "ㄷ", "ㅈ"):
        return j.sounding(rest, _ASPIRATED[j.onset])
    if j.onset == "ㅅ":
        return j.sounding(rest, "ㅆ")
    if j.onset in ("ㅇ", "ㅎ"):
        return j.sounding(rest, j.onset)
    return j


def h_before(j: Junction) -> Junction:
    """Article 12.1, notes: ㅎ after ㄱ, ㄷ, ㅂ, ㅈ makes them aspirated (입학 [이팍], 앉히다 [안치다])."""
    if j.onset != "ㅎ":
        return j
    if j.mark is not Mark.NOUN and j.coda in ("ㄺ", "ㄼ", "ㄵ"):
        stays, moves = _CLUSTER[j.coda]
        return j.sounding(stays, _ASPIRATED[moves])
    if j.coda == "ㅈ" and j.vowel in ("ㅣ", "ㅕ"):
        return j.sounding("", "ㅊ")
    sound = _OBSTRUENT.get(j.coda)
    return j.sounding("", _ASPIRATED[sound]) if sound else j


def labial_cluster(j: Junction) -> Junction:
    """Article 10, exceptions: 밟- before a consonant and 넓죽-, 넓둥글- sound ㅂ (밟다 [밥따])."""
    before_consonant = j.onset not in ("ㅇ", "ㅎ")
    return j.sounding("ㅂ", j.onset) if j.mark is Mark.LABIAL and j.coda == "ㄼ" and before_consonant else j


def stem_rg(j: Junction) -> Junction:
    """Article 11, exception: a stem's ㄺ before ㄱ sounds ㄹ (읽고 [일꼬]; the noun 닭과 [닥꽈])."""
    return j.sounding("ㄹ", "ㄲ") if j.mark is Mark.STEM and j.coda == "ㄺ" and j.onset == "ㄱ" else j


def tensing_after_obstruents(j: Junction) -> Junction:
    """Article 23: ㄱ, ㄷ, ㅂ, ㅅ, ㅈ are tensed after ㄱ, ㄷ, ㅂ codas (국밥 [국빱])."""
    return j.sounding(j.coda, _TENSE[j.onset]) if j.coda in _OBSTRUENT and j.onset in _TENSE else j


def tensing_after_stems(j: Junction) -> Junction:
    """Article 24: after a stem in ㄴ(ㄵ), ㅁ(ㄻ) the ending is tensed (신다 [신따], 앉고 [안꼬])."""
    # Only stems have ㄵ.
    after_stem = j.coda == "ㄵ" or (j.mark is Mark.STEM and j.coda in ("ㄴ", "ㅁ", "ㄻ"))
    return j.sounding(j.coda, _TENSE[j.onset]) if after_stem and j.onset in ("ㄱ", "ㄷ", "ㅅ", "ㅈ") else j


def tensing_after_rb_rt(j: Junction) -> Junction:
    """Article 25: after a stem in ㄼ, ㄾ the ending is tensed (넓다 [널따]; the noun 여덟도 [여덜도])."""
    after_stem = j.coda in ("ㄼ", "ㄾ") and j.mark is not Mark.NOUN
    return j.sounding(j.coda, _TENSE[j.onset]) if after_stem and j.onset in ("ㄱ", "ㄷ", "ㅅ", "ㅈ") else j


def tensing_by_word(j: Junction) -> Junction:
    """Articles 26–28: after Sino-Korean ㄹ, adnominal -(으)ㄹ and in compounds (발전 [발쩐], 길가 [길까])."""
    return j.sounding(j.coda, _TENSE[j.onset]) if j.mark is Mark.TENSE and j.onset in _TENSE else j


def liaison(j: Junction) -> Junction:
    """Articles 13 and 14: a coda moves before a vowel, of a cluster the second half (닭을 [달글], 없어 [업써])."""
    if j.onset != "ㅇ" or j.coda in ("", "ㅇ"):
        return j
    stays, moves = _CLUSTER.get(j.coda, ("", j.coda))
    tensed = stays and moves == "ㅅ"
    return j.sounding(stays, "ㅆ" if tensed else moves)


def coda_sounds(j: Junction) -> Junction:
    """Articles 8–11: only ㄱ, ㄴ, ㄷ, ㄹ, ㅁ, ㅂ, ㅇ close a syllable (부엌 [부억], 값 [갑], 삶 [삼])."""
    return j.sounding(_REPRESENTATIVE.get(j.coda, j.coda), j.onset)


def r_nasalisation(j: Junction) -> Junction:
    """Article 19, and the exceptions of 20: ㄹ after other consonants sounds ㄴ (독립 [동닙], 생산량 [생산냥])."""
    nasal = j.coda in ("ㅁ", "ㅇ", "ㄱ", "ㄷ", "ㅂ") or (j.coda == "ㄴ" and j.mark is Mark.KEEP_N)
    return j.sounding(j.coda, "ㄴ") if j.onset == "ㄹ" and nasal else j


def nasalisation(j: Junction) -> Junction:
    """Article 18: ㄱ, ㄷ, ㅂ before ㄴ, ㅁ become nasal (먹는 [멍는])."""
    return j.sounding(_NASAL[j.coda], j.onset) if j.coda in _NASAL and j.onset in ("ㄴ", "ㅁ") else j


def lateralisation(j: Junction) -> Junction:
    """Article 20: ㄴ beside ㄹ becomes ㄹ (난로 [날로], 설날 [설랄])."""
    return j.sounding("ㄹ", "ㄹ") if (j.coda, j.onset) in (("ㄴ", "ㄹ"), ("ㄹ", "ㄴ")) else j


def vowel_yeo(j: Junction) -> Junction:
    """Article 5.1: 져, 쪄, 쳐 sound 저, 쩌, 처 (가져 [가저])."""
    return j._replace(vowel="ㅓ") if j.vowel == "ㅕ" and j.onset in ("ㅈ", "ㅉ", "ㅊ") else j


RULES: tuple[tuple[str, Rule], ...] = (
    ("5", vowel_ui),
    ("16", letter_names),
    ("29, 30", n_insertion),
    ("15", liaison_between_words),
    ("17", palatalisation),
    ("12", h_after),
    ("12", h_before),
    ("10", labial_cluster),
    ("11", stem_rg),
    ("23", tensing_after_obstruents),
    ("24", tensing_after_stems),
    ("25", tensing_after_rb_rt),
    ("26, 27, 28", tensing_by_word),
    ("13, 14", liaison),
    ("8, 9, 10, 11", coda_sounds),
    ("19", r_nasalisation),
    ("18", nasalisation),
    ("20", lateralisation),
    ("5", vowel_yeo),
)
"""Each rule with its article, in the order they apply."""


@cache
def resolve(junction: Junction) -> Junction:
    """The junction as it sounds. Cached: a language has few different junctions, so words cost next to nothing."""
    for _, rule in RULES:
        junction = rule(junction)
    return junction
