"""Names and abbreviations of parts of speech in word lists."""

from typing import get_args

import pytest

from korean_flashcards.domain.part_of_speech_names import standard_part_of_speech
from korean_flashcards.domain.records import PartOfSpeech

NAMES = {
    "noun": "n.|n|Noun|NOUNS|noun (bound)|proper noun|counter|counter for books|n.m.|명사|명|의존명사|의존 명사|의|名詞|NNG",
    "verb": "v.|vb|v.t.|v. t.|v.i.|action verb|verb, transitive|하다 verb|동사|동|자동사|보조동사|보조 동사|动词|VV",
    "adjective": "adj|adj.|a.|Adjective|descriptive verb|descriptive verb (adj.)|형용사|형|보조 형용사|形容詞",
    "adverb": "adv.|adv|conj|conjunction|부사|부|접속사|접속 부사|副詞",
    "particle": "prt|part.|Particle|case particle|조사|조|격 조사|助詞",
    "determiner": "det|determiner|adnominal|관형사|관|수 관형사",
    "numeral": "num|number|Sino-Korean number|수사|수",
    "pronoun": "pron|pronoun|personal pronoun|대명사|인칭 대명사",
    "interjection": "interj.|exclamation|감탄사|감",
    "phrase": "phrase|idiom|expression|noun phrase|관용구|관용 표현|숙어|속담",
    "suffix": "suf|suffix|prefix|접사|접|접미사|접두사",
    "ending": "ending|verb ending|어미|연결 어미|종결어미",
}


@pytest.mark.parametrize(
    ("name", "standard"), [(name, standard) for standard, names in NAMES.items() for name in names.split("|")]
)
def test_common_names_and_abbreviations_are_recognized(name: str, standard: str) -> None:
    assert standard_part_of_speech(name) == standard


OTHER_LANGUAGES = {
    "noun": "danh từ|Danh từ|danh từ phụ thuộc|сущ.|существительное|sust.|sustantivo|nom|n. m.|Substantiv|Nomen|名詞|名词"
    "|kata benda|rzeczownik",
    "verb": "động từ|гл.|глагол|verbo|verbe|Verb|動詞|动词|kata kerja|กริยา",
    "adjective": "tính từ|прил.|adjetivo|adjectif|Adjektiv|形容詞|形容词|イ形容詞|ナ形容詞|kata sifat",
    "adverb": "phó từ|trạng từ|liên từ|нареч.|adverbio|adverbe|Adverb|副詞|副词|kata keterangan|Konjunktion",
    "pronoun": "đại từ|мест.|pronombre|pronom|Pronomen|代名詞|代词|kata ganti",
    "particle": "trợ từ|частица|partícula|particule|Partikel|助詞|助词|kata depan",
    "numeral": "số từ|числ.|числительное|numéral|Zahlwort|数词|kata bilangan",
    "interjection": "thán từ|межд.|interjección|Interjektion|感叹词|kata seru",
    "phrase": "cụm từ|thành ngữ|locution|Redewendung|慣用句|短语|frasa",
}


@pytest.mark.parametrize(
    ("name", "standard"), [(name, standard) for standard, names in OTHER_LANGUAGES.items() for name in names.split("|")]
)
def test_names_in_the_languages_of_learners_are_recognized(name: str, standard: str) -> None:
    assert standard_part_of_speech(name) == standard_part_of_speech(name.upper()) == standard


@pytest.mark.parametrize("standard", get_args(PartOfSpeech))
def test_the_standard_names_are_recognized(standard: str) -> None:
    assert standard_part_of_speech(standard) == standard
    assert standard_part_of_speech(f" {standard.upper()} ") == standard


@pytest.mark.parametrize(
    ("name", "standard"),
    [
        ("명사/동사", "noun"), ("n./v.", "noun"), ("동사·형용사", "verb"), ("부사, 명사", "adverb"),
        ("adj. or adv.", "adjective"), ("vocabulary / noun", "noun"), ("grammar (particle)", "particle"),
    ],
)  # fmt: skip
def test_the_first_of_several_parts_of_speech_counts(name: str, standard: str) -> None:
    assert standard_part_of_speech(name) == standard


@pytest.mark.parametrize(
    ("name", "standard"),
    [
        ("ｎｏｕｎ", "noun"), ("명　사", "noun"), ("(n.)", "noun"), ("[명사]", "noun"), ("「동사」", "verb"),
        ("noun:", "noun"), ("proper_noun", "noun"), ("verb-ending", "ending"), ("명사1", "noun"),
    ],
)  # fmt: skip
def test_width_spacing_and_brackets_do_not_matter(name: str, standard: str) -> None:
    assert standard_part_of_speech(name) == standard


@pytest.mark.parametrize(
    "text",
    ["", "-", "?", "vocabulary", "grammar", "word", "Word", "unit 3", "Part 3", "lesson", "type", "A", "N1", "초급",
     "단어", "어휘", "문법", "품사 없음", "unknown", "animals", "a lot", "hanja"],
)  # fmt: skip
def test_other_text_is_not_a_part_of_speech(text: str) -> None:
    assert standard_part_of_speech(text) is None
