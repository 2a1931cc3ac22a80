"""Test that a term is read as its writer meant it, and that terms in correct spelling stay unchanged."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.formats.term_text import has_number, numbered_headwords, read_term


def term(text: str, definition: str = "") -> str:
    return read_term(text, definition).term


@pytest.mark.parametrize(
    ("text", "word"),
    [
        # Markup, as Anki and web pages leave it
        ("장갑&nbsp;", "장갑"), ("목도리<br>", "목도리"), ("<b>우산</b>[sound:naver_usan.mp3]", "우산"),
        ("&amp;nbsp;우산", "우산"), ("&lt;b&gt;우산&lt;/b&gt;", "우산"), ("날씨가 {{c1::춥다::cold}}.", "날씨가 춥다"),
        # Prefixes that keep a spreadsheet from reading a formula
        ("'-는데", "-는데"), ('="-지만"', "-지만"), ('"=""-지만"""', "-지만"), ("’-거나", "-거나"), ("=나무", "나무"),
        # Final punctuation, quotation marks
        ("안녕하세요?", "안녕하세요"), ("빨리빨리!", "빨리빨리"), ("뭐?!", "뭐"), ("와！", "와"), ("음…", "음"),
        ("네.", "네"),
        ('"우산"', "우산"), ("‘우산’", "우산"), ("「우산」", "우산"), ('우산"', "우산"), ("“안녕하세요?”", "안녕하세요"),
        # Bullets and enumerations
        ("1. 우산", "우산"), ("2)우산", "우산"), ("(3) 우산", "우산"), ("[4] 우산", "우산"), ("①우산", "우산"),
        ("• 우산", "우산"), ("- 우산", "우산"), ("*우산", "우산"), ("우산*", "우산"), ("✓ 우산", "우산"),
        ("No. 5 우산", "우산"),
        # Notes in brackets, and brackets around a part of a phrase
        ("[감기]에 걸리다", "감기에 걸리다"), ("감기에 [걸리다]", "감기에 걸리다"), ("듣다 [들었어요]", "듣다"),
        ("걷다(걸어요, 걸었어요)", "걷다"), ("춥다 [추워요]", "춥다"), ("남성[nam.sʌŋ]", "남성"),
        ("같이[가치]", "같이"),
        ("같이 [가치]", "같이"), ("밟다 [밥:따]", "밟다"), ("[우산]", "우산"), ("(우산)", "우산"), ("3-2. 우산", "우산"),
        # Marks of dictionaries
        ("먹다 (먹어, 먹으니, 먹는[멍는])", "먹다"), ("값(값이[갑씨], 값만[감만])", "값"), ("먹다[-따]", "먹다"),
        ("먹다[먹어, 먹는[멍는]]", "먹다"), ("배추[-]", "배추"), ("밥[밥]", "밥"),
        ("[속담] 티끌 모아 태산", "티끌 모아 태산"),
        ("사람^", "사람"), ("서울^특별시", "서울특별시"), ("한국^전쟁", "한국전쟁"), ("눈ː", "눈"), ("밤ː나무", "밤나무"),
        ("공부-하다", "공부하다"), ("사랑-스럽다", "사랑스럽다"), ("첫-눈01", "첫눈"), ("한국-어⁰¹", "한국어"),
        ("맨01-", "맨-"),
        ("예쁘다 --", "예쁘다"), ("예쁘다 —", "예쁘다"), ("예쁘다--", "예쁘다"), ("사람†", "사람"),
        ("초ㆍ중ㆍ고", "초·중·고"), ("초・중・고", "초·중·고"), ("5‧18", "5·18"), ("값 [갑]", "값"),
        ("학교01「명사」", "학교"), ("먹다〔동사〕", "먹다"), ("것《의존 명사》", "것"), ("오늘 【명사·부사】", "오늘"),
        ("「명사」 학교", "학교"),
        ("읽다 (읽어요, 읽었어요)", "읽다"), ("읽다〈읽어, 읽으니〉", "읽다"),
        ("우산 /u.san/", "우산"), ("우산 (명사)", "우산"), ("[동사] 가다", "가다"),
    ],
)  # fmt: skip
def test_unambiguous_dirt_is_removed(text, word):
    assert term(text) == word


@pytest.mark.parametrize(
    "text",
    [
        "코로나19", "10분", "A4용지", "2월", "5.18 민주화운동", "8.15광복절", "1. 10분", "3·1운동", "초·중·고",
        "24시간", "배1", "제1",
        "-는데", "~(으)로", "-(으)ㄹ 수 있다", "-ㅂ니다/습니다", "A이/가 B에 어울리다", "이나/나", "-ㄴ데요",
        "-(으)ㄹ게요", "만약 ~", "맨-",
        "N이/가", "V-아/어서", "○○하다", "ㄹ 불규칙", "(사진을) 찍다", "친구(를) 만나다", "계시다 (높임말)",
        "배(과일)", "텔레비전(TV)",
        "서울-부산", "한-미 관계", "한국-어", "명사-하다", "~하다", "-하다", "맨-", "센서스 (인구 조사)", "영화 「괴물」",
        "수학 II", "배Ⅱ", "5·18 민주화운동",
        "TV를 보다", "비타민 C", "ＴＶ를 보다", "그럼, 당연하지", "'); DROP TABLE tasks;--문",
        "=cmd|' /C calc'!A1 문",
    ],
)  # fmt: skip
def test_terms_in_correct_spelling_stay_as_they_are(text):
    assert term(text) == text


@pytest.mark.parametrize(
    ("text", "word", "hanja"),
    [
        ("춥다 (寒-)", "춥다", "寒"), ("우산(雨傘)", "우산", "雨傘"), ("우산[雨傘]", "우산", "雨傘"),
        ("우산 雨傘", "우산", "雨傘"),
        ("雨傘(우산)", "우산", "雨傘"), ("친절하다 (親切하다)", "친절하다", "親切"),
        ("친절하다 親切--", "친절하다", "親切"), ("깨끗하다 --", "깨끗하다", ""), ("순두부 -豆腐", "순두부", "豆腐"),
        ("친절하다 親切하다", "친절하다", "親切"), ("가다¹ 去", "가다", "去"), ("배01 梨", "배", "梨"),
        ("가다〔去〕", "가다", "去"), ("학교[학꾜] 學校", "학교", "學校"), ("가다01「동사」 去", "가다", "去"),
        ("학교 學校 school", "학교", "學校"), ("학교 學校 건물", "학교 學校 건물", ""),
        ("사과05 (沙果)", "사과", "沙果"), ("대한民國", "대한民國", ""),
    ],
)  # fmt: skip
def test_hanja_beside_the_word_are_kept_apart(text, word, hanja):
    found = read_term(text)
    assert (found.term, found.hanja) == (word, hanja)


@pytest.mark.parametrize(
    ("text", "definition", "word", "gloss"),
    [
        ("우산 umbrella", "umbrella", "우산", "umbrella"),
        ("우산 umbrella", "", "우산", "umbrella"),
        ("학교 (學校) school", "", "학교", "school"),
        ("우산 - an umbrella", "", "우산", "an umbrella"),
        ("예쁘다 -- pretty", "", "예쁘다", "pretty"),
        ("친절하다 親切-- kind", "", "친절하다", "kind"),
        ("배¹ pear", "", "배", "pear"),
        ("의사 (doctor)", "medical doctor", "의사", "doctor"),
        ("우산 (n.)", "umbrella", "우산", ""),
        ("비타민 C", "vitamin C", "비타민 C", ""),
        ("노트북 pc", "laptop", "노트북 pc", ""),
    ],
)
def test_an_english_meaning_beside_the_word_is_kept_apart(text, definition, word, gloss):
    found = read_term(text, definition)
    assert (found.term, found.gloss) == (word, gloss)


@pytest.mark.parametrize(
    ("text", "word", "number"),
    [
        ("사과05", "사과", 5), ("-님04", "-님", 4), ("가격03", "가격", 3), ("사과005", "사과", 5),
        ("맨01-", "맨-", 1), ("배00", "배", None),
        ("배¹", "배", 1), ("배<sup>2</sup>", "배", 2), ("배₂", "배", 2), ("배③", "배", 3),
        ("배^2", "배", 2), ("사과_05", "사과", 5), ("배 ①", "배", 1), ("배⑵", "배", 2), ("배❸", "배", 3), ("배¹²", "배", 12),
        ("배(01)", "배", 1), ("배[02]", "배", 2), ("학교01「명사」", "학교", 1),
    ],
)  # fmt: skip
def test_a_dictionary_number_that_is_nothing_else_leaves_the_headword(text, word, number):
    found = read_term(text)
    assert (found.term, found.number) == (word, number)


def test_other_numbers_are_dictionary_numbers_only_if_the_list_numbers_the_headword_twice():
    terms = [
        "배1",
        "배2",
        "걷다 1",
        "걷다 2",
        "눈(1)",
        "눈(2)",
        "코로나19",
        "사과1",
        "사과",
        "창1",
        "창1",
        "제1",
        "제2",
        "1과1",
        "1과2",
    ]
    numbered = numbered_headwords(terms)
    assert numbered == {"배", "걷다", "눈"}
    read = [read_term(text, "", numbered) for text in ("배1", "걷다 2", "눈(1)", "코로나19", "사과1", "창1")]
    assert [(found.term, found.number) for found in read] == [
        ("배", 1), ("걷다", 2), ("눈", 1), ("코로나19", None), ("사과1", None), ("창1", None),
    ]  # fmt: skip
    assert not numbered_headwords(["물0", "물1", "물2", "올림픽1988", "올림픽2"])
    assert numbered_headwords(["1. 배1", "<b>배2</b>"]) == {"배"}


@pytest.mark.parametrize(
    ("terms", "numbers"),
    [
        (["수01", "수12"], [1, 12]),
        (["개01", "개10"], [1, 10]),
        (["배1", "배2", "배10"], [1, 2, 10]),
        (["차 01", "차 11"], [1, 11]),
        (["손⁰¹", "손10"], [1, 10]),
        (["말(1)", "말（12）"], [1, 12]),
        (["김[1]", "김 [2]"], [1, 2]),
        (["굴〈1〉", "굴<2>"], [1, 2]),
    ],
)
def test_padded_and_other_numbers_of_one_headword_are_numbers_of_homographs(terms, numbers):
    numbered = numbered_headwords([*terms, "코로나19", "10분", "A4용지", "2월"])
    found = [read_term(text, "", numbered) for text in terms]
    assert [one.number for one in found] == numbers and {one.term for one in found} == {terms[0][0]} == numbered


@pytest.mark.parametrize("terms", [["수12"], ["코로나19", "수01", "수12"], ["포켓몬01", "포켓몬2026"], ["제1", "제02"]])
def test_a_number_that_only_looks_like_one_stays(terms):
    other = next(term for term in terms if not term.startswith("수0"))
    numbered = numbered_headwords(["10분", "2월", *terms])
    assert read_term("코로나19", "", numbered).term == "코로나19"
    assert {headword for headword in numbered if other.startswith(headword)} == set()


NESTED = [
    "가(나)",
    "(",
    "[가]",
    "가 (a) ",
    "a) ",
    "가) - a) ",
    "가 寒 ",
    "1. ",
    "&amp;",
    "<",
    "들어요, ",
    "-- ",
    "명사/",
    "= ",
]


@pytest.mark.parametrize("part", NESTED)
@pytest.mark.parametrize("length", [900, 10_000, 100_000])
def test_a_long_cell_is_read_or_refused_at_once(part, length):
    for text in (part * (length // len(part)), f"가다 [{part * (length // len(part))}]"):
        start = time.process_time()
        found = read_term(text, "", frozenset({"가"}))
        numbered_headwords([text])
        assert time.process_time() - start < 0.5
        assert length < 1000 or found.term == " ".join(clean(text).split())


def test_invisible_and_decomposed_characters_are_repaired():
    signs = ["\u3164", "\u200d", "\u00a0", "\ufe0f", "\u115f", "\u2063", "\ufeff", "\u202e", "\x00", "\x1f", "\ud800"]
    assert {term(f"한국{sign}") for sign in signs} == {"한국"}
    assert term(unicodedata.normalize("NFD", "한국")) == "한국"
    assert read_term("우산(\uf9e1)").hanja == "李"


PARTS = st.sampled_from(
    [*"가다이 -~()[]/'\"=.?!1205·", "<b>", "&nbsp;", "寒", "umbrella", "들어요", "¹", "• ", "1. ", "ㄹ", "\u1112\u119e"]
)


@given(st.lists(PARTS | st.text(max_size=3), max_size=8).map("".join), st.sampled_from(["", "an umbrella"]))
def test_a_cleaned_term_needs_no_more_cleaning(text, definition):
    found = read_term(text, definition, frozenset({"가"}))
    assert read_term(found.term, definition, frozenset({"가"})).term == found.term
    assert found.number is None or (has_number(text) or not text.isascii())
