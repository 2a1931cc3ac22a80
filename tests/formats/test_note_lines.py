"""Test lines in lists of words that are about the list: titles, notes, and totals."""

import pytest
from support.read_lists import read_list

ROWS = "나무\ttree\n강\triver\n하늘\tsky\n"


@pytest.mark.parametrize(
    "note",
    [
        "*숙제: 3과 예문 쓰기", "※ 시험 범위: 1~3과", "출처: 국립국어원", "다음 시간에 계속", "참고 - 국립국어원 자료",
        "주의: 발음",
        "※ 발음에 주의", "* 예문 쓰기 숙제", "선생님: 김민수", "다음 주에 이어서",
    ],
)  # fmt: skip
@pytest.mark.parametrize("header", ["", "단어\t뜻\n"])
def test_a_note_below_the_words_is_rejected_with_its_cause(note, header):
    found = read_list(f"{header}{ROWS}{note}\t\n")
    assert found.terms == ["나무", "강", "하늘"]
    (reason,) = found.rejects.values()
    assert reason == f"the term {note!r} is a note, not a word: if it is a word, add its meaning"


@pytest.mark.parametrize("total", ["총 단어 수", "단어 수", "전체 어휘 수", "총 학습 수"])
def test_the_number_of_words_is_a_total(total):
    found = read_list(f"단어,뜻\n나무,tree\n강,river\n{total},2\n")
    assert found.terms == ["나무", "강"] and "row of totals" in found.rejects[4]


@pytest.mark.parametrize(
    ("row", "term"),
    [
        ("* 배\tpear", "배"), ("※ 감기에 걸리다\t", "감기에 걸리다"), ("* 배\t", "배"), ("출처\t", "출처"),
        ("참고\treference", "참고"),
        ("주의\t", "주의"), ("계속\t", "계속"), ("다음 주\t", "다음 주"), ("다음 주 월요일\t", "다음 주 월요일"),
        ("총수\t", "총수"),
        ("가: 안녕\tA: hi", "가: 안녕"),
    ],
)  # fmt: skip
def test_a_word_that_looks_like_a_note_stays(row, term):
    assert read_list(f"{ROWS}{row}\n").terms == ["나무", "강", "하늘", term]


@pytest.mark.parametrize("title", ["어휘 색인 서강한국어 2A", "음식", "제목 없음", "서강한국어 어휘 목록"])
@pytest.mark.parametrize("rows", [ROWS, ROWS.replace("\t", ","), ROWS.replace("\t", " - ")])
def test_a_title_above_the_words_is_reported(title, rows):
    found = read_list(f"{title}\n{rows}")
    assert found.meanings == {"나무": "tree", "강": "river", "하늘": "sky"}
    assert "is the title of the list, not a word" in found.rejects[1]


@pytest.mark.parametrize(
    "text",
    [
        "배\n나무\ttree\n강\n",
        "감기에 걸리다\n나무\ttree\n강\triver\n하늘\tsky\n",
        "배\n나무\n강\n하늘\n",
        f"{ROWS}배\n",
    ],
)
def test_a_word_without_a_meaning_is_not_a_title(text):
    assert not read_list(text).rejects
