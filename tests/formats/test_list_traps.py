"""Test lists that are easily misread: words that are names of columns, two meanings, grids, note types, and refusals."""

import pytest
from support.read_lists import read_list

from korean_flashcards.domain.errors import WordListError


@pytest.mark.parametrize(
    "first", ["한국어,Korean language", "단어,vocabulary list", "한국어,language", "단어,word", "한글,the Hangul unit"]
)
def test_a_word_that_is_the_name_of_a_column_is_not_a_header(first):
    found = read_list(f"{first}\n뜻,meaning\n예문,example\n발음,pronunciation\n", "a.csv")
    assert found.terms == [first.partition(",")[0], "뜻", "예문", "발음"]
    assert next(iter(found.meanings.values())) == first.partition(",")[2]


@pytest.mark.parametrize(
    "header", ["한국어,English", "단어,source", "한국어,Korean meaning", "어휘,unit", "word,topic"]
)
def test_a_header_stays_a_header(header):
    assert read_list(f"{header}\n가게,store\n나무,tree\n강,river\n", "a.csv").terms == ["가게", "나무", "강"]


@pytest.mark.parametrize(
    ("automatic", "own"), [("자동 번역", "My meaning"), ("Google Translation", "내 뜻"), ("auto translation", "뜻")]
)
@pytest.mark.parametrize("is_reversed", [False, True])
def test_the_learners_meanings_win_and_those_of_a_machine_fill_empty_cells(automatic, own, is_reversed):
    rows = [[automatic, own], ["fallen leaves", ""], ["songpyeon", "rice cake"], ["wind", "the wind"], ["", "cloud"]]
    words = ["단어", "낙엽", "송편", "바람", "구름"]
    cells = [one[::-1] if is_reversed else one for one in rows]
    found = read_list("".join(f"{word},{','.join(pair)}\n" for word, pair in zip(words, cells, strict=True)))
    assert [*found.meanings.values()] == ["fallen leaves", "rice cake", "the wind", "cloud"]
    assert f'"{automatic}" fills the empty meanings of "{own}".' in found.summary


def test_the_translation_of_an_example_does_not_fill_a_meaning():
    found = read_list("단어,뜻,예문,자동 번역\n낙엽,,낙엽이 지다,Leaves fall\n송편,rice cake,송편을 먹다,I eat it\n")
    assert found.meanings == {"낙엽": None, "송편": "rice cake"}


@pytest.mark.parametrize(
    "text",
    [
        "학생,시장,병원\n선생님,과일,의사\n교실,채소,약\n", "학생\t시장\t병원\n선생님\t과일\t의사\n교실\t채소\t약\n",
        "학생,시장,병원,\n선생님,과일,의사,\n교실,채소,약,\n",
    ],
)  # fmt: skip
def test_all_cells_of_a_grid_of_words_are_words(text):
    found = read_list(text)
    assert found.terms == ["학생", "선생님", "교실", "시장", "과일", "채소", "병원", "의사", "약"]
    assert "Words side by side are read one block after the other" in found.summary and not found.rejects


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("먹다,먹어요,먹었어요\n가다,가요,갔어요\n오다,와요,왔어요\n", "2, 3"),
        ("크다,작다\n많다,적다\n길다,짧다\n", "2"),
        ("서점\t책방\tbookshop\n학교\t배움터\tschool\n가게\t상점\tshop\n", "2"),
    ],
)
def test_columns_of_other_korean_words_are_reported(text, columns):
    found = read_list(text)
    assert (
        len(found.terms) == 3 and f"Column {columns} contains more Korean words, which are not read." in found.summary
    )


@pytest.mark.parametrize("text", ["가게,명사\n먹다,동사\n자다,동사\n", "사과,과일\n배,과일\n감,과일\n"])
def test_a_column_of_topics_is_not_a_column_of_words(text):
    assert "more Korean words" not in read_list(text).summary


@pytest.mark.parametrize(
    "rows",
    [
        ["Basic\tbookshop\t서점", "Basic\tschool\t학교", "Korean\t나무\ttree", "Korean\t강\triver"],
        ["Korean\t나무\ttree", "Korean\t강\triver", "Korean\t학교\tschool", "Basic\tbookshop\t서점"],
        ["Basic\tbookshop\t서점", "Basic\tschool\t학교", "Basic\ttree\t나무", "Korean\t강\triver"],
    ],
)
def test_each_note_type_has_its_own_order_of_fields(rows):
    found = read_list("\n".join(["#separator:tab", "#html:false", "#notetype column:1", *rows]))
    assert {**found.meanings} == {"서점": "bookshop", "학교": "school", "나무": "tree", "강": "river"}
    assert not found.rejects


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("rice;\nmeal\t밥\nriver\t강\ntree\t나무\nsea\t바다\n", "rice; meal"),
        ("river\t강\ntree\t나무\nrice (cooked) /\nmeal\t밥\nsea\t바다\n", "rice (cooked) / meal"),
        ("river\t강\nrice,\nmeal\t밥\ntree\t나무\nsea\t바다\n", "rice, meal"),
    ],
)
def test_a_broken_meaning_before_its_word_is_joined(text, meaning):
    found = read_list(text)
    assert found.meanings["밥"] == meaning and len(found.terms) == 4 and not found.rejects
    assert [code for _, code, _ in found.warnings] == ["joined_lines"]


@pytest.mark.parametrize(
    "text",
    [
        "공부 · study\n나무 · tree\n강 · river\n", "공부\t• study\n나무\ttree\n강\triver\n",
        "공부\tstudy <!--SR:!2024-01-01,3,250-->\n나무\ttree\n강\triver <!--SR:!2024-02-01,3,250-->\n",
    ],
)  # fmt: skip
def test_dots_and_comments_are_not_a_part_of_the_meaning(text):
    assert read_list(text).meanings == {"공부": "study", "나무": "tree", "강": "river"}


@pytest.mark.parametrize("rule", ["---", "?", "==="])
def test_a_line_between_the_sides_of_a_card_is_not_a_part_of_the_meaning(rule):
    found = read_list(f"나무\n{rule}\ntree\n\n강\n{rule}\nriver\n\n산\n{rule}\nmountain\n")
    assert found.meanings == {"나무": "tree", "강": "river", "산": "mountain"}


@pytest.mark.parametrize(
    ("name", "text", "cause"),
    [
        ("a.txt", "나무\nnamu\ntree\n강\ngang\nriver\n산\nsan\nmountain\n", "words and meanings on different lines"),
        ("a.md", "# 나무\ntree\n---\n# 강\nriver\n---\n# 산\nmountain\n", "words and meanings on different lines"),
        ("a.md", "# 나무\n\ntree\n\n---\n\n# 강\n\nriver\n\n---\n\n# 산\n\nmountain\n", "on different lines"),
        ("a.txt", "{|\n! 단어 !! 뜻\n|-\n| 나무 || tree\n|-\n| 강 || river\n|}\n", "the markup of a wiki"),
        ("a.jsonl", '{"term": "나무"}\n', "the file type JSON is not supported"),
        ("a.json", '[{"term": "나무"}]', "the file type JSON is not supported"),
    ],
)
def test_a_refusal_names_its_cause(name, text, cause):
    with pytest.raises(WordListError) as error:
        read_list(text, name)
    message = str(error.value)
    assert cause in message and message.endswith("Nothing from this list was imported.") and "first row" not in message
