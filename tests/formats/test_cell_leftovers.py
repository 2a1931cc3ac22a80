"""Test cells with something other than their value: spreadsheet errors, emoji, romanizations, totals, and questions."""

import pytest
from support.read_lists import read_list

from korean_flashcards.domain.warning_groups import grouped
from korean_flashcards.formats.decorations import without_decorations
from korean_flashcards.formats.spreadsheet_errors import is_spreadsheet_error


@pytest.mark.parametrize(
    "error",
    [
        "#N/A", "#VALUE!", "#REF!", "#NAME?", "#DIV/0!", "#ERROR!", "#NULL!", "#NUM!", "#SPILL!", "Loading...", "#NOM?",
        "#이름?", "#¡REF!", "Err:502", "Chargement…",
    ],
)  # fmt: skip
@pytest.mark.parametrize("column", ["english", "example", "notes"])
def test_an_error_of_a_spreadsheet_is_never_a_value(error, column):
    found = read_list(f"korean,{column}\n가을,{error}\n나무,tree\n")
    name = {"english": "definition", "notes": "usage_hint"}.get(column, column)
    assert found.column(name)["가을"] is None
    ((row, code, reason),) = found.warnings
    assert (row, code) == (2, "spreadsheet_error") and f"'{error}'" in reason
    assert read_list(f"korean,{column}\n{error},x\n나무,tree\n").rejects.keys() == {2}


def test_errors_of_a_spreadsheet_are_one_warning_with_the_rows():
    found = read_list("korean,english\n가을,#N/A\n겨울,Loading...\n여름,#VALUE!\n봄,spring\n")
    (group,) = grouped({"row": row, "code": code, "reason": reason} for row, code, reason in found.warnings)
    assert group.sentence == (
        "Rows 2, 3, 4: the definition '#N/A', 'Loading...', '#VALUE!' is an error of the spreadsheet and was left out."
    )


@pytest.mark.parametrize("text", ["#1", "#korean", "Loading dock", "N/A", "# n", "value!", "C#", "#TAG"])
def test_other_text_is_no_error_of_a_spreadsheet(text):
    assert not is_spreadsheet_error(text)


@pytest.mark.parametrize(
    ("term", "meaning"),
    [
        ("포도 (podo)", None), ("볶음밥 (bokkeumbap)", None), ("짜다 (jjada)", None), ("아침 식사 (achim siksa)", None),
        ("조선 (Choson)", None), ("시간 (shigan)", None), ("포도 (grape)", "grape"), ("배 (pear)", "pear"),
        ("사과 (apology)", "apology"),
    ],
)  # fmt: skip
def test_a_romanization_beside_the_word_is_not_its_meaning(term, meaning):
    found = read_list(f"korean,english\n{term},\n")
    assert found.words[0].definition == meaning and found.words[0].term == term.partition(" (")[0]
    assert found.warnings[0][1] == "term_cleaned"


@pytest.mark.parametrize(
    "total", ["총 2개", "계", "총계", "합계", "소계", "Total", "총 120 단어", "전체 50개", "합계:"]
)
@pytest.mark.parametrize("rest", [",,", ",,12", ",3,", ",13개,"])
def test_a_row_of_totals_is_not_a_word(total, rest):
    found = read_list(f"korean,english,level\n나무,tree,1\n강,river,1\n{total}{rest}\n")
    assert found.terms == ["나무", "강"]
    assert any(says in found.rejects[4] for says in ("row of totals", "no Hangul"))


@pytest.mark.parametrize("row", ["계,savings club", "합계,sum total", "소계,subtotal"])
def test_a_word_for_a_total_with_a_meaning_stays(row):
    found = read_list(f"korean,english\n나무,tree\n{row}\n")
    assert found.terms == ["나무", row.partition(",")[0]]
    assert read_list("나무\n합계\n").terms == ["나무", "합계"]


@pytest.mark.parametrize(
    ("cell", "count"), [("네03/예04", 2), ("가구03 / 세간01", 2), ("책01;공책;종이02", 3), ("네/예02", 2)]
)
def test_several_numbered_words_in_one_cell_are_rejected(cell, count):
    assert f"contains {count} words in one cell" in read_list(f"korean,english\n{cell},x\n").rejects[2]


@pytest.mark.parametrize(
    ("padded", "term", "word", "number"),
    [
        ("가구03 수01", "개10", "개", 10), ("배01 눈02 말03", "이27", "이", 27), ("사과05 차01", "가사14", "가사", 14),
        ("가구03 수01", "코로나19", "코로나19", None), ("가구03 수01", "10분", "10분", None),
        ("가구03 수01", "A4용지", "A4용지", None), ("가구03 수01", "제10", "제10", None), ("가구03", "개10", "개10", None),
        ("가구03 수01", "이99", "이99", None),
    ],
)  # fmt: skip
def test_a_list_that_pads_its_dictionary_numbers_also_has_numbers_from_10(padded, term, word, number):
    rows = "".join(f"{one},1\n" for one in [*padded.split(), term])
    found = read_list(f"단어,등급\n{rows}")
    assert (found.terms[-1], found.numbers[-1]) == (word, number)


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("🏠 집들이", "집들이"), ("사과🍎", "사과"), ("⭐배", "배"), ("★ 별", "별"), ("✔말", "말"), ("●귤", "귤"),
        ("1️⃣ 하나", "하나"), ("👨‍👩‍👧 가족", "가족"), ("🇰🇷한국", "한국"), ("**🍚 밥**", "밥"), ("㈜삼성", "㈜삼성"),
        ("○○ 씨", "○○ 씨"),
    ],
)  # fmt: skip
def test_emoji_and_other_decorations_are_not_a_part_of_the_word(cell, word):
    found = read_list(f"korean,english\n{cell},x\n")
    assert found.terms == [word]
    assert [code for _, code, _ in found.warnings] == (["term_cleaned"] if word != cell else [])


@pytest.mark.parametrize("cell", ["🍎", "⭐⭐", "👨‍👩‍👧", "✔"])
def test_a_cell_with_only_emoji_is_rejected(cell):
    assert "contains only markup or symbols" in read_list(f"korean,english\n{cell},x\n나무,tree\n").rejects[2]


@pytest.mark.parametrize("text", ["㈜", "나무", "30℃", "○○", "⑤", ""])
def test_symbols_with_a_meaning_are_no_decorations(text):
    assert without_decorations(text) == text


@pytest.mark.parametrize(
    "cell", ["What does 미세먼지 mean?", "How do you say 사과 in English?", "the Korean word for apple is 사과"]
)
def test_a_question_about_a_word_is_rejected_with_its_cause(cell):
    found = read_list(f"Front,Back\n{cell},x\n미세먼지,fine dust\n우산,umbrella\n")
    assert "is a question or a text about a word" in found.rejects[2] and found.terms == ["미세먼지", "우산"]


@pytest.mark.parametrize("term", ["Noun + 이다", "N에 대해서", "Wi-Fi 비밀번호", "SNS를 하다", "K-pop 콘서트"])
def test_latin_letters_in_a_word_or_a_pattern_stay(term):
    assert read_list(f"korean,english\n{term},x\n").terms == [term]


@pytest.mark.parametrize(
    ("cell", "hanja"),
    [("-", None), ("長-", "長"), ("없음", None), ("無", None), ("—", None), ("親切--", "親切"), ("學校", "學校")],
)
@pytest.mark.parametrize("header", ["hanja", "한자", "원어"])
def test_only_chinese_characters_are_hanja(cell, hanja, header):
    rows = "\n".join(["학생,學生,x", "친구,親舊,x", f"친절하다,{cell},x"])
    assert read_list(f"단어,{header},뜻\n{rows}\n").words[2].hanja == hanja


def test_the_hanja_of_a_word_that_means_nothing_stays():
    assert read_list("단어,한자,뜻\n무,無,nothing\n학교,學校,school\n").words[0].hanja == "無"
