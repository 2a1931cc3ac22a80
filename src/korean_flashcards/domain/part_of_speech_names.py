"""Recognize the names and abbreviations that word lists use for parts of speech, in English, Korean, and other languages.

The project's twelve parts of speech have no conjunction, preposition, or prefix: 그리고 is an adverb, 에 is a particle,
and a prefix is grouped with the suffixes.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from korean_flashcards.domain.lazy_regex import lazy_regex

# Each name also counts at the end or the beginning of a longer one: "transitive verb", "noun (animals)", 의존 명사.
_NAMES = {
    "noun": "noun nouns counter counters classifier gerund 명사 분류사 名詞 名词 量詞 量词 "
            "substantiv nomen hauptwort substantif nom sustantivo substantivo sostantivo существительное 依存名詞 依存名词 "
            "nomina rzeczownik isim คำนาม",
    "verb": "verb verbs copular 동사 보조용언 용언 動詞 动词 verbe verbo глагол "
            "zeitwort verba czasownik fiil คำกริยา กริยา",
    "adjective": "adjective adjectives adjectival copula 형용사 지정사 形容詞 形容词 adjektiv adjectif adjetivo adjetivos "
                 "прилагательное eigenschaftswort aggettivo adjektiva przymiotnik sıfat 形容動詞 形容动词 イ形容詞 ナ形容詞 "
                 "い形容詞 な形容詞 คำคุณศัพท์ คุณศัพท์",
    "adverb": "adverb adverbs adverbial conjunction conjunctions connective 부사 접속사 副詞 副词 接続詞 連詞 连词 "
              "adverbe adverbio advérbio avverbio наречие adverbia przysłówek zarf conjonction conjunción conjunção "
              "konjunktion คำวิเศษณ์ วิเศษณ์",
    "particle": "particle particles postposition preposition marker 조사 助詞 助词 partikel particule partícula частица "
                "préposition preposición preposição präposition предлог 介词 คำช่วย",
    "determiner": "determiner determiners adnominal prenoun article 관형사 冠形詞 冠形词 連体詞 determinante déterminant",
    "numeral": "numeral numerals number numbers numeric 수사 数詞 數詞 数词 zahlwort numéral "
               "числительное numeralia",
    "pronoun": "pronoun pronouns 대명사 代名詞 代词 代詞 pronomen pronom pronombre pronome "
               "местоимение fürwort pronomina คำสรรพนาม สรรพนาม",
    "interjection": "interjection interjections exclamation exclamations 감탄사 感嘆詞 感歎詞 感动词 感動詞 叹词 感叹词 "
                    "междометие interjektion interjección interjeição interjeksi",
    "phrase": "phrase phrases idiom idioms idiomatic expression expressions sentence sentences collocation proverb "
              "관용구 관용어 명사구 동사구 숙어 속담 표현 문장 慣用句 惯用语 "
              "locution redewendung frasa 词组 短语 成语",
    "suffix": "suffix suffixes prefix prefixes affix affixes 접사 접미사 접두사 接辞 接詞 接尾辞 接頭辞 词缀 "
              "suffixe sufijo sufixo суффикс",
    "ending": "ending endings 어미 語尾 词尾",
}  # fmt: skip
# Abbreviations and tags count only if they are the whole text: "part." is a particle, but "part 3" is not.
_ABBREVIATIONS = {
    "noun": "n ns nn nc nm nf nmf nom subst sub pn npr prop propn nng nnp nnb cl ctr 명 의 의명 고 고명 名 sust сущ subs",
    "verb": "v vb vbs vt vi vtr vit vintr vtvi aux auxv vv vx 동 자동 타동 보동 보 動 动 гл глаг",
    "adjective": "a. adj adjs adj. va vcn vcp dv 형 보형 形 прил",
    "adverb": "adv advs conj cj cconj sconj mag maj 부 접속 副 нареч союз",
    "particle": "prt prtcl ptcl ptc part pcl adp prep postp 조 助 част предл",
    "determiner": "det dt art mm 관 관형",
    "numeral": "num nums nr 수 数 數 числ",
    "pronoun": "pron prn pro 대 대명 代 мест",
    "interjection": "interj inter int intj ij excl ic 감 感 межд",
    "phrase": "phr exp expr idm id 구 관용",
    "suffix": "suf suff sfx pref pfx aff xpn xsn 접 접미 접두",
    "ending": "end 미",
}  # fmt: skip
# Names of several words, and longer names that mean something other than their last word.
_COMPOUNDS = {
    "descriptive verb": "adjective", "stative verb": "adjective", "auxiliary adjective": "adjective",
    "conjunctive adverb": "adverb", "question word": "pronoun",
    "danh từ": "noun", "động từ": "verb", "tính từ": "adjective", "phó từ": "adverb", "trạng từ": "adverb",
    "liên từ": "adverb", "đại từ": "pronoun", "số từ": "numeral", "trợ từ": "particle", "giới từ": "particle",
    "thán từ": "interjection", "định từ": "determiner", "quán từ": "determiner", "cụm từ": "phrase", "thành ngữ": "phrase",
    "kata benda": "noun", "kata kerja": "verb", "kata sifat": "adjective", "kata keterangan": "adverb",
    "kata sambung": "adverb", "kata hubung": "adverb", "kata ganti": "pronoun", "kata bilangan": "numeral",
    "kata depan": "particle", "kata seru": "interjection",
}  # fmt: skip
_NAME_OF = {name: standard for standard, names in _NAMES.items() for name in names.split()}
_WHOLE = (
    _NAME_OF | {name: standard for standard, names in _ABBREVIATIONS.items() for name in names.split()} | _COMPOUNDS
)
# 대명사 must be found before 명사.
_KOREAN_NAMES = sorted((name for name in _NAME_OF if "가" <= name[0] <= "힣"), key=len, reverse=True)
_BETWEEN = lazy_regex(r"[/,;|&+·ㆍ・、→\n]|\b(?:and|or|und|et|oder|ou|y)\b|\s및\s")
_BRACKETS = lazy_regex(r"[()\[\]{}<>「」『』【】〔〕《》〈〉]")
_IN_BRACKETS = lazy_regex(r"\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>|\{[^{}]*\}")


@lru_cache(maxsize=1024)
def standard_part_of_speech(text: str) -> str | None:
    """Return the standard name for a list's part of speech, or None if the text does not name a part of speech.

    The first of several counts: "명사/동사" is a noun. "vocabulary" and "grammar" are not parts of speech.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("_", " ").casefold().split())
    return next(filter(None, map(_part_of_speech, _readings(plain))), None)


def _readings(text: str) -> Iterator[str]:
    """Yield the parts of the text that may be a name, most likely first: "grammar (particle)" names it in brackets."""
    yield from _BETWEEN.split(_IN_BRACKETS.sub(" ", text))
    yield from _BETWEEN.split(_BRACKETS.sub(";", text))


def _part_of_speech(text: str) -> str | None:
    name = " ".join(text.strip(" :-~*\"'").replace("-", " ").split())
    bare = re.sub(r"\.(?: (?=\w\b))?", "", name)  # "v. t." is the same as "vt"
    return _WHOLE.get(name) or _WHOLE.get(bare) or _in_longer_name(bare)


def _in_longer_name(name: str) -> str | None:
    """Return the part of speech that a longer name contains: its last words, or the first if more text follows."""
    korean = name.rstrip("0123456789 ").replace(" ", "")
    if found := next((known for known in _KOREAN_NAMES if korean.endswith(known)), None):
        return _NAME_OF[found]
    words = name.split()
    if len(words) < 2:
        return None
    compound = _COMPOUNDS.get(" ".join(words[-2:])) or _COMPOUNDS.get(" ".join(words[:2]))
    return compound or _NAME_OF.get(words[-1]) or _NAME_OF.get(words[0])
