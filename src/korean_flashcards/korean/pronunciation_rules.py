"""Implement the articles of the Standard Pronunciation (표준발음법) as small functions, in the order in which they apply.

Every article applies where two syllables meet: each function takes a ``Junction`` and returns it as pronounced under that
article. Junctions do not influence each other because a vowel always separates them. The edge of a word is a junction
whose missing side is "".

If the standard allows two pronunciations, the first one is used, with two exceptions. 사이시옷 keeps its coda ㄷ (햇살
[핻쌀], second form in Article 30.1), as every other ㅅ does before a consonant. 맛있다 and 멋있다 are [마싣따] and [머싣따]
(second form in Article 15), as nearly everyone pronounces them.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from .junctions import (
    ASPIRATED,
    BETWEEN_WORDS,
    CLUSTER,
    I_OR_Y,
    LETTER_NAME,
    NASAL,
    OBSTRUENT,
    REPRESENTATIVE,
    TENSE,
    TENSED,
    Junction,
    Mark,
)  # fmt: skip


class PronunciationRule(NamedTuple):
    """A pronunciation rule. ``article``: the article's number, or "" if only dictionaries list the pronunciation."""

    article: str
    says: str
    apply: Callable[[Junction], Junction]


RULES: list[PronunciationRule] = []


def _article(number: str, says: str) -> Callable[[Callable[[Junction], Junction]], Callable[[Junction], Junction]]:
    def listed(rule: Callable[[Junction], Junction]) -> Callable[[Junction], Junction]:
        RULES.append(PronunciationRule(number, says, rule))
        return rule

    return listed


@_article("5.3", "ㅢ is pronounced ㅣ after a consonant")
def vowel_ui(j: Junction) -> Junction:
    """Apply Article 5.3: 무늬 [무니], 희망 [히망]."""
    return j._replace(vowel="ㅣ") if j.vowel == "ㅢ" and j.onset != "ㅇ" else j


@_article("16", "the coda of a letter name is ㅅ, ㄱ, or ㅂ before a vowel")
def letter_name(j: Junction) -> Junction:
    """Apply Article 16: 디귿이 [디그시]."""
    named = j.mark is Mark.LETTER and j.onset == "ㅇ"
    return j.sounding(LETTER_NAME.get(j.coda, j.coda), "ㅇ") if named else j


@_article("29", "ㄴ-insertion in a compound before 이, 야, 여, 요, or 유")
def n_added(j: Junction) -> Junction:
    """Apply Article 29: 색연필 [생년필], 솔잎 [솔립]."""
    added = j.mark is Mark.INSERT and j.coda and j.onset == "ㅇ" and j.vowel in I_OR_Y
    return j.sounding(j.coda, "ㄴ") if added else j


@_article("30.3", "사이시옷 before 이 is pronounced ㄴㄴ")
def sai_before_i(j: Junction) -> Junction:
    """Apply Article 30.3: 깻잎 [깬닙], 뒷일 [뒨닐]."""
    added = j.mark is Mark.SAI_INSERT and j.onset == "ㅇ" and j.vowel in I_OR_Y
    return j.sounding("ㄴ", "ㄴ") if added else j


@_article("30.2", "사이시옷 before ㄴ or ㅁ is pronounced ㄴ")
def sai_before_nasal(j: Junction) -> Junction:
    """Apply Article 30.2: 콧날 [콘날], 아랫니 [아랜니]."""
    return j.sounding("ㄴ", j.onset) if j.mark is Mark.SAI and j.onset in ("ㄴ", "ㅁ") else j


@_article("30.1", "사이시옷 makes a following ㄱ, ㄷ, ㅂ, ㅅ, or ㅈ tense")
def sai_before_lenis(j: Junction) -> Junction:
    """Apply Article 30.1: 콧등 [콛뜽], 햇살 [핻쌀]."""
    return j.sounding("ㄷ", TENSE[j.onset]) if j.mark is Mark.SAI and j.onset in TENSE else j


@_article("15", "liaison between words: a coda is neutralized, then moves")
def liaison_between_words(j: Junction) -> Junction:
    """Apply Article 15: 맛없다 [마덥따], 겉옷 [거돋], 값어치 [가버치]."""
    if j.mark in BETWEEN_WORDS and j.onset == "ㅇ" and j.coda not in ("", "ㅇ"):
        return j.sounding("", REPRESENTATIVE.get(j.coda, j.coda))
    return j


@_article("17", "palatalization: ㄷ and ㅌ become ㅈ and ㅊ before 이 and 히")
def palatalisation(j: Junction) -> Junction:
    """Apply Article 17: 굳이 [구지], 붙여 [부처], 닫혀 [다처]."""
    if j.mark in BETWEEN_WORDS:
        return j
    if j.onset == "ㅎ" and j.coda == "ㄷ" and j.vowel in ("ㅣ", "ㅕ"):
        return j.sounding("", "ㅊ")
    if j.onset == "ㅇ" and j.coda == "ㄷ" and j.vowel == "ㅣ":
        return j.sounding("", "ㅈ")
    if j.onset == "ㅇ" and j.coda in ("ㅌ", "ㄾ") and j.vowel in ("ㅣ", "ㅕ"):
        return j.sounding("" if j.coda == "ㅌ" else "ㄹ", "ㅊ")
    return j


def _beside_h(j: Junction) -> tuple[bool, str]:
    """Return a pair: whether Article 12 applies to the coda's ㅎ, and the coda without ㅎ."""
    ends_in_h = j.coda in ("ㅎ", "ㄶ", "ㅀ") and j.mark not in (Mark.LETTER, *TENSED)
    return ends_in_h, CLUSTER[j.coda][0] if j.coda in CLUSTER else ""


@_article("12.1", "aspiration: coda ㅎ merges with a following ㄱ, ㄷ, or ㅈ")
def h_before_lenis(j: Junction) -> Junction:
    """Apply Article 12.1: 좋고 [조코], 많다 [만타]."""
    applies, rest = _beside_h(j)
    return j.sounding(rest, ASPIRATED[j.onset]) if applies and j.onset in ("ㄱ", "ㄷ", "ㅈ") else j


@_article("12.1", "aspiration: ㅎ merges with a preceding ㄱ, ㄷ, ㅂ, or ㅈ")
def h_after_obstruents(j: Junction) -> Junction:
    """Apply Article 12.1, note 1: 입학 [이팍], 앉히다 [안치다], 닭하고 [다카고]."""
    if j.onset != "ㅎ":
        return j
    if j.mark is not Mark.NOUN and j.coda in ("ㄺ", "ㄼ", "ㄵ"):
        stays, moves = CLUSTER[j.coda]
        return j.sounding(stays, ASPIRATED[moves])
    if j.coda == "ㅈ" and j.vowel in ("ㅣ", "ㅕ"):
        return j.sounding("", "ㅊ")
    sound = OBSTRUENT.get(j.coda) if j.coda != "ㅎ" else None
    return j.sounding("", ASPIRATED[sound]) if sound else j


@_article("12.2", "coda ㅎ and a following ㅅ merge into ㅆ")
def h_before_s(j: Junction) -> Junction:
    """Apply Article 12.2: 닿소 [다쏘], 많소 [만쏘]."""
    applies, rest = _beside_h(j)
    return j.sounding(rest, "ㅆ") if applies and j.onset == "ㅅ" else j


@_article("12.3", "coda ㅎ becomes ㄴ before ㄴ, but is silent in ㄶ and ㅀ")
def h_before_n(j: Junction) -> Junction:
    """Apply Article 12.3: 놓는 [논는], 않네 [안네]."""
    applies, rest = _beside_h(j)
    return j.sounding(rest or "ㄴ", "ㄴ") if applies and j.onset == "ㄴ" else j


@_article("12.4", "coda ㅎ is silent before a vowel")
def h_before_vowels(j: Junction) -> Junction:
    """Apply Article 12.4: 낳은 [나은], 많아 [마나]. Article 13 later moves the rest of a cluster to the next syllable."""
    applies, rest = _beside_h(j)
    return j.sounding(rest, j.onset) if applies and j.onset in ("ㅇ", "ㅎ") else j


@_article("10", "ㄼ in 밟-, 넓죽-, and 넓둥글- becomes ㅂ before a consonant")
def labial_cluster(j: Junction) -> Junction:
    """Apply the exceptions to Article 10: 밟다 [밥따], 넓죽하다 [넙쭈카다]."""
    before_consonant = j.onset not in ("ㅇ", "ㅎ")
    return j.sounding("ㅂ", j.onset) if j.mark is Mark.LABIAL and j.coda == "ㄼ" and before_consonant else j


@_article("11", "ㄺ at the end of a stem becomes ㄹ before ㄱ")
def stem_rg(j: Junction) -> Junction:
    """Apply the exception to Article 11: 읽고 [일꼬], but not the noun 닭과 [닥꽈]."""
    return j.sounding("ㄹ", "ㄲ") if j.mark is Mark.STEM and j.coda == "ㄺ" and j.onset == "ㄱ" else j


@_article("23", "tensification of ㄱ, ㄷ, ㅂ, ㅅ, and ㅈ after ㄱ, ㄷ, and ㅂ")
def tensed_after_obstruents(j: Junction) -> Junction:
    """Apply Article 23: 국밥 [국빱], 옆집 [엽찝]."""
    return j.sounding(j.coda, TENSE[j.onset]) if j.coda in OBSTRUENT and j.onset in TENSE else j


@_article("24", "tensification of an ending after a stem that ends in ㄴ or ㅁ")
def tensed_after_stems(j: Junction) -> Junction:
    """Apply Article 24: 신다 [신따], 앉고 [안꼬]. Only stems end in ㄵ."""
    after_stem = j.coda == "ㄵ" or (j.mark is Mark.STEM and j.coda in ("ㄴ", "ㅁ", "ㄻ"))
    return j.sounding(j.coda, TENSE[j.onset]) if after_stem and j.onset in ("ㄱ", "ㄷ", "ㅅ", "ㅈ") else j


@_article("25", "tensification of an ending after a stem that ends in ㄼ or ㄾ")
def tensed_after_rb_rt(j: Junction) -> Junction:
    """Apply Article 25: 넓다 [널따], 핥다 [할따], but not the noun 여덟도 [여덜도]."""
    after_stem = j.coda in ("ㄼ", "ㄾ") and j.mark is not Mark.NOUN
    return j.sounding(j.coda, TENSE[j.onset]) if after_stem and j.onset in ("ㄱ", "ㄷ", "ㅅ", "ㅈ") else j


@_article("26", "tensification of ㄷ, ㅅ, and ㅈ after ㄹ in a Sino-Korean word")
def tensed_in_sino(j: Junction) -> Junction:
    """Apply Article 26: 발전 [발쩐], 갈등 [갈뜽]."""
    return j.sounding(j.coda, TENSE[j.onset]) if j.mark is Mark.SINO and j.onset in ("ㄷ", "ㅅ", "ㅈ") else j


@_article("27", "tensification of ㄱ, ㄷ, ㅂ, ㅅ, and ㅈ after -(으)ㄹ")
def tensed_after_adnominal(j: Junction) -> Junction:
    """Apply Article 27: 할수록 [할쑤록]."""
    return j.sounding(j.coda, TENSE[j.onset]) if j.mark is Mark.ADNOMINAL and j.onset in TENSE else j


@_article("28", "tensification: this compound has an unwritten 사이시옷")
def tensed_in_compounds(j: Junction) -> Junction:
    """Apply Article 28: 눈동자 [눈똥자], 길가 [길까]."""
    return j.sounding(j.coda, TENSE[j.onset]) if j.mark is Mark.COMPOUND and j.onset in TENSE else j


@_article("", "tensification that dictionaries list for this word")
def tensed_by_habit(j: Junction) -> Junction:
    """Apply the tensification that dictionaries list: 인기 [인끼], 문법 [문뻡]."""
    return j.sounding(j.coda, TENSE[j.onset]) if j.mark is Mark.HABIT and j.onset in TENSE else j


@_article("13", "liaison: a coda moves to the next syllable before a vowel")
def liaison(j: Junction) -> Junction:
    """Apply Article 13: 옷이 [오시], 깎아 [까까]."""
    moves = j.onset == "ㅇ" and j.coda not in ("", "ㅇ", *CLUSTER)
    return j.sounding("", j.coda) if moves else j


@_article("14", "liaison: the second letter of a cluster moves to the next syllable, and ㅅ becomes ㅆ")
def liaison_of_clusters(j: Junction) -> Junction:
    """Apply Article 14: 닭을 [달글], 없어 [업써]."""
    if j.onset != "ㅇ" or j.coda not in CLUSTER:
        return j
    stays, moves = CLUSTER[j.coda]
    return j.sounding(stays, "ㅆ" if moves == "ㅅ" else moves)


@_article("9", "neutralization: an obstruent coda becomes ㄱ, ㄷ, or ㅂ")
def simple_codas(j: Junction) -> Junction:
    """Apply Article 9: 부엌 [부억], 꽃 [꼳], 앞 [압]."""
    return j.sounding(OBSTRUENT.get(j.coda, j.coda), j.onset) if j.coda not in CLUSTER else j


@_article("10", "only the first letter of ㄳ, ㄵ, ㄼ, ㄽ, ㄾ, and ㅄ is pronounced")
def first_half(j: Junction) -> Junction:
    """Apply Article 10, including to ㄶ and ㅀ: 넋 [넉], 여덟 [여덜], 값 [갑]."""
    return j.sounding(REPRESENTATIVE[j.coda], j.onset) if j.coda in CLUSTER and j.coda not in ("ㄺ", "ㄻ", "ㄿ") else j


@_article("11", "only the second letter of ㄺ, ㄻ, and ㄿ is pronounced, as ㄱ, ㅁ, or ㅂ")
def second_half(j: Junction) -> Junction:
    """Apply Article 11: 닭 [닥], 삶 [삼], 읊고 [읍꼬]."""
    return j.sounding(REPRESENTATIVE[j.coda], j.onset) if j.coda in ("ㄺ", "ㄻ", "ㄿ") else j


@_article("19", "nasalization: ㄹ becomes ㄴ after ㅁ, ㅇ, ㄱ, ㄷ, or ㅂ")
def r_nasalised(j: Junction) -> Junction:
    """Apply Article 19: 담력 [담녁], 독립 [동닙] (with Article 18)."""
    return j.sounding(j.coda, "ㄴ") if j.onset == "ㄹ" and j.coda in ("ㅁ", "ㅇ", "ㄱ", "ㄷ", "ㅂ") else j


@_article("20", "exception to lateralization: ㄴㄹ becomes ㄴㄴ in this word")
def n_kept(j: Junction) -> Junction:
    """Apply the exceptions to Article 20: 생산량 [생산냥], 의견란 [의견난]."""
    return j.sounding("ㄴ", "ㄴ") if j.mark is Mark.KEEP_N and (j.coda, j.onset) == ("ㄴ", "ㄹ") else j


@_article("18", "nasalization: ㄱ, ㄷ, and ㅂ become ㅇ, ㄴ, and ㅁ before ㄴ or ㅁ")
def nasalisation(j: Junction) -> Junction:
    """Apply Article 18: 먹는 [멍는], 앞문 [암문]."""
    return j.sounding(NASAL[j.coda], j.onset) if j.coda in NASAL and j.onset in ("ㄴ", "ㅁ") else j


@_article("20", "lateralization: ㄴ becomes ㄹ next to ㄹ")
def lateralisation(j: Junction) -> Junction:
    """Apply Article 20: 난로 [날로], 설날 [설랄]."""
    return j.sounding("ㄹ", "ㄹ") if (j.coda, j.onset) in (("ㄴ", "ㄹ"), ("ㄹ", "ㄴ")) else j


@_article("5.1", "져, 쪄, and 쳐 are pronounced 저, 쩌, and 처")
def vowel_yeo(j: Junction) -> Junction:
    """Apply Article 5.1: 가져 [가저], 다쳐 [다처]."""
    return j._replace(vowel="ㅓ") if j.vowel == "ㅕ" and j.onset in ("ㅈ", "ㅉ", "ㅊ") else j


@cache
def resolve(junction: Junction) -> Junction:
    """Return the junction as pronounced. Results are cached because only a few different junctions occur."""
    for rule in RULES:
        junction = rule.apply(junction)
    return junction
