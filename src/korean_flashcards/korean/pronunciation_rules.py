"""The articles of the Standard Pronunciation (표준발음법) as small functions, in the order they apply.

All of them act where two syllables meet, so each sees one ``Junction`` and returns it as it sounds by this article.
Junctions do not influence one another: a vowel always lies between them. The edge of a word is a junction
whose missing side is "".

Where the standard allows two pronunciations, the first it names is given, but 사이시옷 keeps its coda ㄷ (햇살
[핻쌀], Article 30.1, second form), which sounds like every other ㅅ before a consonant, and 맛있다, 멋있다 are [마싣따],
[머싣따] (Article 15, second form), as nearly everyone says.
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
    """One article; ``article`` is "" for what dictionaries say and no article does."""

    article: str
    says: str
    apply: Callable[[Junction], Junction]


RULES: list[PronunciationRule] = []


def _article(number: str, says: str) -> Callable[[Callable[[Junction], Junction]], Callable[[Junction], Junction]]:
    def listed(rule: Callable[[Junction], Junction]) -> Callable[[Junction], Junction]:
        RULES.append(PronunciationRule(number, says, rule))
        return rule

    return listed


@_article("5.3", "ㅢ after a consonant sounds ㅣ")
def vowel_ui(j: Junction) -> Junction:
    """무늬 [무니], 희망 [히망]."""
    return j._replace(vowel="ㅣ") if j.vowel == "ㅢ" and j.onset != "ㅇ" else j


@_article("16", "the name of a letter sounds ㅅ, ㄱ or ㅂ before a vowel")
def letter_name(j: Junction) -> Junction:
    """디귿이 [디그시]."""
    named = j.mark is Mark.LETTER and j.onset == "ㅇ"
    return j.sounding(LETTER_NAME.get(j.coda, j.coda), "ㅇ") if named else j


@_article("29", "in a compound ㄴ is added before 이, 야, 여, 요, 유")
def n_added(j: Junction) -> Junction:
    """색연필 [생년필], 솔잎 [솔립]."""
    added = j.mark is Mark.INSERT and j.coda and j.onset == "ㅇ" and j.vowel in I_OR_Y
    return j.sounding(j.coda, "ㄴ") if added else j


@_article("30.3", "사이시옷 before 이 sounds ㄴㄴ")
def sai_before_i(j: Junction) -> Junction:
    """깻잎 [깬닙], 뒷일 [뒨닐]."""
    added = j.mark is Mark.SAI_INSERT and j.onset == "ㅇ" and j.vowel in I_OR_Y
    return j.sounding("ㄴ", "ㄴ") if added else j


@_article("30.2", "사이시옷 before ㄴ, ㅁ sounds ㄴ")
def sai_before_nasal(j: Junction) -> Junction:
    """콧날 [콘날], 아랫니 [아랜니]."""
    return j.sounding("ㄴ", j.onset) if j.mark is Mark.SAI and j.onset in ("ㄴ", "ㅁ") else j


@_article("30.1", "사이시옷 tenses ㄱ, ㄷ, ㅂ, ㅅ, ㅈ")
def sai_before_lenis(j: Junction) -> Junction:
    """콧등 [콛뜽], 햇살 [핻쌀]."""
    return j.sounding("ㄷ", TENSE[j.onset]) if j.mark is Mark.SAI and j.onset in TENSE else j


@_article("15", "before the vowel of another word a coda first takes its own sound, then moves on")
def liaison_between_words(j: Junction) -> Junction:
    """맛없다 [마덥따], 겉옷 [거돋], 값어치 [가버치]."""
    if j.mark in BETWEEN_WORDS and j.onset == "ㅇ" and j.coda not in ("", "ㅇ"):
        return j.sounding("", REPRESENTATIVE.get(j.coda, j.coda))
    return j


@_article("17", "ㄷ, ㅌ before 이, 히 become ㅈ, ㅊ")
def palatalisation(j: Junction) -> Junction:
    """굳이 [구지], 붙여 [부처], 닫혀 [다처]."""
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
    """Whether the coda ends in ㅎ that sounds by Article 12, and what stays of it."""
    ends_in_h = j.coda in ("ㅎ", "ㄶ", "ㅀ") and j.mark not in (Mark.LETTER, *TENSED)
    return ends_in_h, CLUSTER[j.coda][0] if j.coda in CLUSTER else ""


@_article("12.1", "coda ㅎ makes ㄱ, ㄷ, ㅈ aspirated")
def h_before_lenis(j: Junction) -> Junction:
    """좋고 [조코], 많다 [만타]."""
    applies, rest = _beside_h(j)
    return j.sounding(rest, ASPIRATED[j.onset]) if applies and j.onset in ("ㄱ", "ㄷ", "ㅈ") else j


@_article("12.1", "ㅎ makes ㄱ, ㄷ, ㅂ, ㅈ before it aspirated")
def h_after_obstruents(j: Junction) -> Junction:
    """입학 [이팍], 앉히다 [안치다], 닭하고 [다카고]."""
    if j.onset != "ㅎ":
        return j
    if j.mark is not Mark.NOUN and j.coda in ("ㄺ", "ㄼ", "ㄵ"):
        stays, moves = CLUSTER[j.coda]
        return j.sounding(stays, ASPIRATED[moves])
    if j.coda == "ㅈ" and j.vowel in ("ㅣ", "ㅕ"):
        return j.sounding("", "ㅊ")
    sound = OBSTRUENT.get(j.coda) if j.coda != "ㅎ" else None
    return j.sounding("", ASPIRATED[sound]) if sound else j


@_article("12.2", "coda ㅎ and ㅅ sound ㅆ")
def h_before_s(j: Junction) -> Junction:
    """닿소 [다쏘], 많소 [만쏘]."""
    applies, rest = _beside_h(j)
    return j.sounding(rest, "ㅆ") if applies and j.onset == "ㅅ" else j


@_article("12.3", "coda ㅎ before ㄴ sounds ㄴ, in ㄶ and ㅀ nothing")
def h_before_n(j: Junction) -> Junction:
    """놓는 [논는], 않네 [안네]."""
    applies, rest = _beside_h(j)
    return j.sounding(rest or "ㄴ", "ㄴ") if applies and j.onset == "ㄴ" else j


@_article("12.4", "coda ㅎ is silent before a vowel")
def h_before_vowels(j: Junction) -> Junction:
    """낳은 [나은], 많아 [마나]: what is left of a cluster moves on."""
    applies, rest = _beside_h(j)
    return j.sounding(rest, j.onset) if applies and j.onset in ("ㅇ", "ㅎ") else j


@_article("10", "ㄼ of 밟- and 넓죽-, 넓둥글- sounds ㅂ before a consonant")
def labial_cluster(j: Junction) -> Junction:
    """밟다 [밥따], 넓죽하다 [넙쭈카다]."""
    before_consonant = j.onset not in ("ㅇ", "ㅎ")
    return j.sounding("ㅂ", j.onset) if j.mark is Mark.LABIAL and j.coda == "ㄼ" and before_consonant else j


@_article("11", "ㄺ of a stem sounds ㄹ before ㄱ")
def stem_rg(j: Junction) -> Junction:
    """읽고 [일꼬]; but the noun 닭과 [닥꽈]."""
    return j.sounding("ㄹ", "ㄲ") if j.mark is Mark.STEM and j.coda == "ㄺ" and j.onset == "ㄱ" else j


@_article("23", "ㄱ, ㄷ, ㅂ, ㅅ, ㅈ are tensed after ㄱ, ㄷ, ㅂ")
def tensed_after_obstruents(j: Junction) -> Junction:
    """국밥 [국빱], 옆집 [엽찝]."""
    return j.sounding(j.coda, TENSE[j.onset]) if j.coda in OBSTRUENT and j.onset in TENSE else j


@_article("24", "an ending is tensed after a stem in ㄴ, ㅁ")
def tensed_after_stems(j: Junction) -> Junction:
    """신다 [신따], 앉고 [안꼬]; only stems have ㄵ."""
    after_stem = j.coda == "ㄵ" or (j.mark is Mark.STEM and j.coda in ("ㄴ", "ㅁ", "ㄻ"))
    return j.sounding(j.coda, TENSE[j.onset]) if after_stem and j.onset in ("ㄱ", "ㄷ", "ㅅ", "ㅈ") else j


@_article("25", "an ending is tensed after a stem in ㄼ, ㄾ")
def tensed_after_rb_rt(j: Junction) -> Junction:
    """넓다 [널따], 핥다 [할따]; but the noun 여덟도 [여덜도]."""
    after_stem = j.coda in ("ㄼ", "ㄾ") and j.mark is not Mark.NOUN
    return j.sounding(j.coda, TENSE[j.onset]) if after_stem and j.onset in ("ㄱ", "ㄷ", "ㅅ", "ㅈ") else j


@_article("26", "ㄷ, ㅅ, ㅈ are tensed after ㄹ of a Sino-Korean word")
def tensed_in_sino(j: Junction) -> Junction:
    """발전 [발쩐], 갈등 [갈뜽]."""
    return j.sounding(j.coda, TENSE[j.onset]) if j.mark is Mark.SINO and j.onset in ("ㄷ", "ㅅ", "ㅈ") else j


@_article("27", "ㄱ, ㄷ, ㅂ, ㅅ, ㅈ are tensed after -(으)ㄹ")
def tensed_after_adnominal(j: Junction) -> Junction:
    """갈 데, 할수록 [할쑤록]."""
    return j.sounding(j.coda, TENSE[j.onset]) if j.mark is Mark.ADNOMINAL and j.onset in TENSE else j


@_article("28", "the second part of this compound is tensed")
def tensed_in_compounds(j: Junction) -> Junction:
    """눈동자 [눈똥자], 길가 [길까]."""
    return j.sounding(j.coda, TENSE[j.onset]) if j.mark is Mark.COMPOUND and j.onset in TENSE else j


@_article("", "this word is tensed by habit")
def tensed_by_habit(j: Junction) -> Junction:
    """인기 [인끼], 문법 [문뻡]: dictionaries list them."""
    return j.sounding(j.coda, TENSE[j.onset]) if j.mark is Mark.HABIT and j.onset in TENSE else j


@_article("13", "a coda moves before a vowel")
def liaison(j: Junction) -> Junction:
    """옷이 [오시], 깎아 [까까]."""
    moves = j.onset == "ㅇ" and j.coda not in ("", "ㅇ", *CLUSTER)
    return j.sounding("", j.coda) if moves else j


@_article("14", "the second half of a double coda moves before a vowel, ㅅ as ㅆ")
def liaison_of_clusters(j: Junction) -> Junction:
    """닭을 [달글], 없어 [업써]."""
    if j.onset != "ㅇ" or j.coda not in CLUSTER:
        return j
    stays, moves = CLUSTER[j.coda]
    return j.sounding(stays, "ㅆ" if moves == "ㅅ" else moves)


@_article("9", "at the end and before a consonant a coda sounds ㄱ, ㄷ or ㅂ")
def simple_codas(j: Junction) -> Junction:
    """부엌 [부억], 꽃 [꼳], 앞 [압]."""
    return j.sounding(OBSTRUENT.get(j.coda, j.coda), j.onset) if j.coda not in CLUSTER else j


@_article("10", "of ㄳ, ㄵ, ㄼ, ㄽ, ㄾ, ㅄ the first half is heard")
def first_half(j: Junction) -> Junction:
    """넋 [넉], 여덟 [여덜], 값 [갑]; ㄶ and ㅀ too."""
    return j.sounding(REPRESENTATIVE[j.coda], j.onset) if j.coda in CLUSTER and j.coda not in ("ㄺ", "ㄻ", "ㄿ") else j


@_article("11", "of ㄺ, ㄻ, ㄿ the second half is heard, as ㄱ, ㅁ, ㅂ")
def second_half(j: Junction) -> Junction:
    """닭 [닥], 삶 [삼], 읊고 [읍꼬]."""
    return j.sounding(REPRESENTATIVE[j.coda], j.onset) if j.coda in ("ㄺ", "ㄻ", "ㄿ") else j


@_article("19", "ㄹ sounds ㄴ after ㅁ, ㅇ, ㄱ, ㄷ, ㅂ")
def r_nasalised(j: Junction) -> Junction:
    """담력 [담녁], 독립 [동닙] (with Article 18)."""
    return j.sounding(j.coda, "ㄴ") if j.onset == "ㄹ" and j.coda in ("ㅁ", "ㅇ", "ㄱ", "ㄷ", "ㅂ") else j


@_article("20", "ㄴㄹ of this word sounds ㄴㄴ")
def n_kept(j: Junction) -> Junction:
    """생산량 [생산냥], 의견란 [의견난]: the exceptions."""
    return j.sounding("ㄴ", "ㄴ") if j.mark is Mark.KEEP_N and (j.coda, j.onset) == ("ㄴ", "ㄹ") else j


@_article("18", "ㄱ, ㄷ, ㅂ sound ㅇ, ㄴ, ㅁ before ㄴ, ㅁ")
def nasalisation(j: Junction) -> Junction:
    """먹는 [멍는], 앞문 [암문]."""
    return j.sounding(NASAL[j.coda], j.onset) if j.coda in NASAL and j.onset in ("ㄴ", "ㅁ") else j


@_article("20", "ㄴ beside ㄹ sounds ㄹ")
def lateralisation(j: Junction) -> Junction:
    """난로 [날로], 설날 [설랄]."""
    return j.sounding("ㄹ", "ㄹ") if (j.coda, j.onset) in (("ㄴ", "ㄹ"), ("ㄹ", "ㄴ")) else j


@_article("5.1", "져, 쪄, 쳐 sound 저, 쩌, 처")
def vowel_yeo(j: Junction) -> Junction:
    """가져 [가저], 다쳐 [다처]."""
    return j._replace(vowel="ㅓ") if j.vowel == "ㅕ" and j.onset in ("ㅈ", "ㅉ", "ㅊ") else j


@cache
def resolve(junction: Junction) -> Junction:
    """The junction as it sounds. Cached: a language has few different junctions, so words cost next to nothing."""
    for rule in RULES:
        junction = rule.apply(junction)
    return junction
