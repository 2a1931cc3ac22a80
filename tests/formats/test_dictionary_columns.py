"""Test columns of dictionaries and of reading programs: explanations, sense numbers, translations, hints."""

import pytest
from support.read_lists import read_list


@pytest.mark.parametrize(
    ("row", "hanja", "hint", "definition"),
    [
        ("학교,學校", "學校", None, None), ("사과05,沙果", "沙果", None, None), ("친절하다,親切", "親切", None, None),
       
        ("하다01,사랑을 ~", None, "사랑을 ~", None), ("수,할 ~ 있다", None, "할 ~ 있다", None),
        ("나03,~는 학생", None, "~는 학생", None),
        ("사람,인간", None, None, "인간"), ("배,pear (about ~ 300 g)", None, None, "pear (about ~ 300 g)"),
        ("강,學校", None, None, "學校"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("header", ["풀이", "뜻풀이"])
def test_an_explanation_in_hanja_or_with_a_gap_is_not_a_meaning(row, hanja, hint, definition, header):
    found = read_list(f"단어,{header}\n{row}\n가로등,街路燈\n길,도로\n")
    word = found.words[0]
    assert (word.hanja, word.usage_hint, word.definition) == (hanja, hint, definition)
    assert (f'"{header}": ' in found.summary) and "read as hanja" in found.summary


def test_hanja_as_meanings_for_readers_of_chinese_stay():
    found = read_list("单词,意思\n학교,學校\n학생,學生\n사다,买\n", "words.csv")
    assert found.meanings == {"학교": "學校", "학생": "學生", "사다": "买"}


@pytest.mark.parametrize("example", ["용례", "예문", "Example"])
@pytest.mark.parametrize("header", ["영어 대역어", "대역어", "중국어 대역어", "English equivalent"])
def test_a_translation_of_the_word_is_never_that_of_the_example(header, example):
    rows = "가게,가게에 가다,store; shop,A place\n값,값이 비싸다,price,An amount\n"
    text = f"표제어,{example},{header},영어 대역어 뜻풀이\n{rows}"
    found = read_list(text)
    assert found.meanings == {"가게": "store; shop", "값": "price"}
    assert not any(found.column("example_translation").values())


@pytest.mark.parametrize("header", ["의미 번호", "뜻 번호", "의미번호", "sense no", "Meaning number"])
def test_the_number_of_a_sense_is_not_a_position(header):
    found = read_list(f"단어,{header},의미\n가다,1,go\n오다,1,come\n가다,2,run\n")
    assert [word.term_number for word in found.words] == [1, 2, 3] and header in found.summary


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("term,hint 1\n광장,square\n깜짝,with a start\n", [None, None]),
        ("term,hint,notes\n광장,square,x\n깜짝,with a start,idiom\n", ["x", "idiom"]),
        ("term,notes\n광장,square\n깜짝,with a start\n", [None, None]),
        ("term,hint1,hint1 locale,hint2,hint2 locale\n광장,square,en,place,fr\n깜짝,with a start,en,surprise,fr\n",
         [None, None]),
    ],
)  # fmt: skip
def test_hints_are_the_meanings_of_a_list_without_others(text, hints):
    found = read_list(text)
    assert found.meanings == {"광장": "square", "깜짝": "with a start"}
    assert [*found.column("usage_hint").values()] == hints
    assert "No column of meanings found. " in found.summary and "looks like meanings" in found.summary


def test_two_hints_in_one_language_are_one_meaning():
    found = read_list("term,hint 1,hint 2\n광장,square,plaza\n깜짝,with a start,\n눈치,,tact\n")
    assert found.meanings == {"광장": "square; plaza", "깜짝": "with a start", "눈치": "tact"}
    assert '"hint 2" continues the meanings of "hint 1".' in found.summary and "Not used" not in found.summary


@pytest.mark.parametrize(
    "text",
    [
        "term,usage hint\n광장,formal\n깜짝,in speech\n",
        "term,notes\n광장,TOPIK 2\n깜짝,TOPIK 3\n",
        "term,notes\n먹다,irregular\n자다,irregular\n듣다,an irregular verb\n",
        "term,hint\n광장,서울 광장\n깜짝,깜짝 놀라다\n",
        "term,meaning,hint\n광장,square,place\n깜짝,with a start,surprise\n",
    ],
)
def test_other_hints_stay_hints(text):
    found = read_list(text)
    assert all(found.column("usage_hint").values()) and "looks like meanings" not in found.summary


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("단어;뜻;메모\n어이없다;dumbfounded; absurd;\n나무;tree;plant\n강;river;water\n", 2),
        ("korean,english\n나무,tree\n강,river,\n봄,spring\n", 3),
        ("word\tmeaning\tnotes\n나무\ttree\tx\n강\triver\tstream\t\n봄\tspring\t\n", 3),
    ],
)
def test_more_cells_than_in_other_rows_are_a_warning(text, row):
    found = read_list(text)
    assert [(number, code) for number, code, _ in found.warnings] == [(row, "surplus_cells")]


@pytest.mark.parametrize("text", ["단어;뜻;\n나무;tree;\n강;river;\n", "단어;뜻\n나무;tree;\n강;river;\n봄;spring;\n"])
def test_a_separator_at_the_end_of_each_row_is_no_surplus_cell(text):
    assert read_list(text).warnings == []
