"""Test lists whose rows are not CSV: aligned columns, dashes, Markdown, broken lines, line pairs, blocks side by side."""

import pytest
from support.read_lists import read_list
from support.workbook import workbook

from korean_flashcards.domain.errors import WordListError
from korean_flashcards.formats.markdown import without_markdown

FRUIT = {"사과": "apple", "배": "pear", "귤": "tangerine"}


@pytest.mark.parametrize(
    "text",
    [
        "사과    명사    apple\n배    명사    pear\n귤    명사    tangerine\n",
        "  사과     명사   apple\n  배       명사   pear\n\n  귤       명사   tangerine\n",
        "단어    품사    뜻\n사과    명사    apple\n배      명사    pear\n귤      명사    tangerine\n",
        "번호  어휘  품사  영어\n1     사과  명사  apple\n2     배    명사  pear\n3     귤    명사  tangerine\n",
    ],
)
def test_columns_aligned_with_spaces_are_columns(text):
    found = read_list(text)
    assert found.meanings == FRUIT and set(found.column("pos").values()) == {"명사"}
    assert "The columns are separated by spaces." in found.summary


def test_page_titles_and_broken_lines_of_aligned_columns_are_no_words():
    text = (
        "TOPIK I 필수 어휘                         1\n\n"
        "번호   어휘          품사      영어       등급\n"
        "1      가격          명사      price      1\n"
        "2      거절하다      동사      to turn    2\n"
        "                               down\n\n"
        "TOPIK I 필수 어휘                         2\n\n"
        "번호   어휘          품사      영어       등급\n"
        "3      가수                    singer     1\n"
        "4      값            명사      price      1\n"
    )
    found = read_list(text)
    assert found.meanings == {"가격": "price", "거절하다": "to turn down", "가수": "singer", "값": "price"}
    assert found.column("pos")["가수"] is None and found.rejects.keys() == {8}
    assert found.column("row") == {"가격": 4, "거절하다": 5, "가수": 11, "값": 12}


@pytest.mark.parametrize(
    "text",
    [
        "사과,  apple,  fruit\n배,  pear,  fruit\n귤,  tangerine,  fruit\n",
        "사과  -  apple\n배  -  pear\n귤  -  tangerine\n",
        "사과\tapple  pie\n배\tpear\n귤\ttangerine\n",
        "사과 apple\n배 pear\n귤 tangerine\n",
        "사과\n배\n귤\n",
    ],
)
def test_spaces_beside_other_separators_separate_no_columns(text):
    found = read_list(text)
    assert found.terms == [*FRUIT] and "separated by spaces" not in found.summary


@pytest.mark.parametrize(
    "text", ["날씨가  좋다\n비가  온다\n", "크다  작다\n많다  적다\n높다  낮다\n", "잘  자\n잘  가\n"]
)
def test_two_spaces_in_korean_text_separate_no_columns(text):
    assert read_list(text).terms == [" ".join(line.split()) for line in text.splitlines()]


def test_a_term_cell_with_several_columns_is_rejected():
    found = read_list("korean,english\n사과    명사    apple,x\n배,pear\n")
    assert found.terms == ["배"] and "contains several columns" in found.rejects[2]


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("학교 - школа\n병원 - больница\n왼쪽 – левая сторона\n", ["школа", "больница", "левая сторона"]),
        ("왼쪽 — left\n오른쪽 – right\n똑바로 - straight\n", ["left", "right", "straight"]),
        ("Урок 5\n\n학교 — школа\n병원 — больница\n왼쪽 − левая сторона\n", ["школа", "больница", "левая сторона"]),
        ("left — 왼쪽\nright – 오른쪽\nstraight - 똑바로\n", ["left", "right", "straight"]),
        ("우산 umbrella\n왼쪽 — left\n나무 tree\n", ["umbrella", "left", "tree"]),
        ("korean,russian\n학교 - школа,\n왼쪽 – левая сторона,\n강,река\n", ["школа", "левая сторона", "река"]),
        ("korean,english\n왼쪽,— left\n학교,– school\n강,- river\n", ["left", "school", "river"]),
        ("학교 -- 学校です\n왼쪽 – ひだり\n강 - かわ\n", ["学校です", "ひだり", "かわ"]),
    ],
)
def test_any_dash_separates_the_word_and_its_meaning_in_any_language(text, meanings):
    found = read_list(text)
    assert [word.definition for word in found.words] == meanings
    assert not any(sign in word.term for word in found.words for sign in "-–—− ")


@pytest.mark.parametrize("sign", [" → ", " => ", "::", "：", " >> ", " ....... ", " = ", ": "])
def test_other_signs_between_the_word_and_its_meaning_are_not_a_part_of_it(sign):
    assert read_list("".join(f"{word}{sign}{meaning}\n" for word, meaning in FRUIT.items())).meanings == FRUIT


@pytest.mark.parametrize("term", ["한-미 관계", "-고 싶다", "~기 - ~는 것", "텔레비전 - TV"])
def test_a_dash_in_a_term_stays(term):
    assert read_list(f"korean,english\n{term},x\n나무,tree\n").terms == [term, "나무"]


MARKED = [
    "**{}**", "*{}*", "__{}__", "_{}_", "***{}***", "=={}==", "~~{}~~", "[[{}]]", "[[words/{0}|{0}]]", "`{}`", "{} #fruit",
    "[{0}](https://ko.wikipedia.org/wiki/{0})", "[{0}](https://ko.wiktionary.org/wiki/{0}_(말))", "[[{0}|{0} (과일)]]",
    "**{}** #fruit/red #korean", "- **{}**", "1. **{}**", "- [ ] {}", "- [x] {}", "**[[{}]]**",
]  # fmt: skip


@pytest.mark.parametrize("marked", MARKED)
@pytest.mark.parametrize("shape", ["{}\t{}", "| {} | {} |", "{} - {}", "{}: {}"])
def test_markdown_is_not_a_part_of_the_word(marked, shape):
    if (marked.startswith("- [") and "|" in shape) or ("://" in marked and ": " in shape):
        return
    if "|" in shape:
        marked = marked.replace("|", "\\|")
        text = "| 단어 | 뜻 |\n|---|:---:|\n"
    else:
        text = "단어\t뜻\n" if "\t" in shape else ""
    for word, meaning in FRUIT.items():
        text += shape.format(marked.format(word), meaning) + "\n"
    found = read_list(text)
    assert (found.meanings, found.rejects) == (FRUIT, {})
    assert {code for _, code, _ in found.warnings} == {"term_cleaned"}


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("to **make**", "to make"), ("to make \\| to create", "to make | to create"), ("*only* in speech", "only in speech"),
        ("밥을 [[먹다|먹어요]].", "밥을 먹어요."), ("2*3*4", "2*3*4"), ("a_b_c", "a_b_c"), ("I __ to ___.", "I __ to ___."),
        ("우산*, 사과*", "우산*, 사과*"), ("~~하다", "~~하다"), ("C#", "C#"), ("don`t and can`t", "don`t and can`t"),
        ("[see 1](p. 3)", "[see 1](p. 3)"), ("a = b == c", "a = b == c"), ("#1 우산", "#1 우산"), ("A \\ B", "A \\ B"),
    ],
)  # fmt: skip
def test_only_markup_of_markdown_is_removed(cell, plain):
    assert without_markdown(cell) == plain


@pytest.mark.parametrize(
    "front",
    [
        "---\ntags: [korean, vocab]\ncreated: 2024-03-02\n---\n",
        "---\ntitle: Words; more | words\naliases:\n  - a, b\n  - c\n---\n",
        "---\ndeck: 한국어, 1과\n# a comment\nlist: {a: 1, b: 2}\n...\n",
    ],
)
def test_front_matter_and_the_layout_row_are_no_rows(front):
    table = "\n# 한국어 단어장\n\n| 단어 | 뜻 |\n| --- | :---: |\n| 사과 | apple |\n| 배 | pear \\| a pear |\n"
    found = read_list(front + table)
    assert found.meanings == {"사과": "apple", "배": "pear | a pear"} and found.rejects == {}
    assert found.words[0].row == front.count("\n") + 6


def test_words_between_two_lines_of_hyphens_stay():
    assert read_list("---\n사과 - apple\n배 - pear\n---\n귤 - tangerine\n").meanings == FRUIT


@pytest.mark.parametrize(
    "line",
    ["(polite: 드시다)", "e.g. 일찍 자요", "예: 밥을 먹다", "(formal 식사하다)", "see also 가다", "Polite: 드시다"],
)
@pytest.mark.parametrize("cells", ["\t", ","])
def test_a_line_that_continues_a_meaning_is_not_a_word(line, cells):
    found = read_list(f"먹다{cells}to eat\n{line}\n자다{cells}to sleep\n강{cells}river\n")
    assert found.meanings == {"먹다": "to eat", "자다": "to sleep", "강": "river"}
    assert "continues the row above" in found.rejects[2]


@pytest.mark.parametrize(
    ("rest", "meaning"),
    [
        ("(polite: 드시다)", "to eat (polite: 드시다)"), ("e.g. 밥을 먹다", "to eat e.g. 밥을 먹다"),
        ("cf. 마시다", "to eat cf. 마시다"),
    ],
)  # fmt: skip
def test_a_meaning_before_the_word_is_joined_from_two_lines(rest, meaning):
    found = read_list(f"to go\t가다\nto eat\n{rest}\t먹다\nto drink\t마시다\n")
    assert found.meanings == {"가다": "to go", "먹다": meaning, "마시다": "to drink"}
    assert found.warnings == [(3, "joined_lines", "the meaning was joined from two lines")]


@pytest.mark.parametrize("term", ["PC방", "Wi-Fi 비밀번호", "A형 간염", "(으)로", "예", "예의"])
def test_a_word_without_other_cells_stays(term):
    assert read_list(f"먹다\tto eat\n{term}\n자다\tto sleep\n강\triver\n").terms == ["먹다", term, "자다", "강"]


@pytest.mark.parametrize(
    "text",
    [
        "사과 (sagwa) - apple\n배 (bae) - pear\n귤 (gyul) - tangerine\n",
        "사과 (sagwa)\tapple\n배 (bae)\tpear\n귤 (gyul)\ttangerine\n",
        "1. **사과** (sagwa) – apple\n2. **배** (bae) – pear\n3. **귤** (gyul) – tangerine\n",
        "Here are 3 words:\n\n### 🍎 Fruits\n- 사과 [sagwa]: apple\n- 배 [bae]: pear\n- 귤 [gyul]: tangerine\n",
        "사과 [sagwa] → apple\n배 [bae] → pear\n귤 [gyul] → tangerine\n",
        "1. 사과 (Sagwa) - apple\n   - Example: 사과를 먹어요. (I eat an apple.)\n2. 배 (Bae) - pear\n"
        "   - **Example:** 배가 달아요. (The pear is sweet.)\n3. 귤 (Gyul) - tangerine\n   - Example: 귤이 좋아요. (Yum.)\n",
        "* **사과** (*sagwa*) — apple\n* **배** (*bae*) — pear\n* **귤** (*gyul*) — tangerine\n\nShall I add more? 😊\n",
    ],
)
def test_lists_of_chat_programs_are_read_without_the_romanization(text):
    found = read_list(text)
    assert found.meanings == FRUIT
    assert {"term_cleaned"} == {code for _, code, _ in found.warnings}


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n  "])
def test_lines_with_a_word_and_lines_with_its_meaning_are_pairs(gap):
    text = "".join(f"{word}{gap}{meaning}\n" for word, meaning in FRUIT.items())
    found = read_list(text)
    assert found.meanings == FRUIT and "Each word and its meaning were on two lines." in found.summary
    assert read_list("".join(f"{meaning}\n{word}\n" for word, meaning in FRUIT.items())).meanings == FRUIT


@pytest.mark.parametrize(
    "text", ["사과\napple\n배\npear\n", "apple\nbanana\n사과\n배\ncherry\n", "사과\napple\n배\n귤\nx\n"]
)
def test_irregular_lines_are_not_joined_and_the_message_says_what_is_needed(text):
    try:
        found = read_list(text)
    except WordListError as error:
        assert "one row per word: the word, a tab, and its meaning" in str(error)
    else:
        assert not any(found.meanings.values()) and found.rejects


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("단어,뜻,쪽,,단어,뜻,쪽\n사과,apple,1,,배,pear,3\n귤,tangerine,2,,,,\n", '"columns 1–3", "columns 5–7"'),
        ("Nr,Korean,English,Nr,Korean,English\n1,사과,apple,3,배,pear\n2,귤,tangerine,,,\n",
         '"columns 1–3", "columns 4–6"'),
        ("word\tmeaning\tword\tmeaning\tword\tmeaning\n사과\tapple\t귤\ttangerine\t배\tpear\n",
         '"columns 1–2", "columns 3–4", "columns 5–6"'),
    ],
)  # fmt: skip
def test_blocks_side_by_side_are_read_one_after_the_other(text, blocks):
    found = read_list(text)
    assert found.meanings == FRUIT and found.terms[0] == "사과" and found.terms[-1] == "배"
    assert f"read one block after the other: {blocks}" in found.summary
    assert len(set(found.column("row").values())) == 3


def test_blocks_side_by_side_in_a_sheet_are_read():
    rows = [["색인"], ["단어", "뜻", None, "단어", "뜻"], ["사과", "apple", None, "배", "pear"], ["귤", "tangerine"]]
    found = read_list(workbook({"색인": rows, "More": [["단어", "뜻"], ["강", "river"]]}), "index.xlsx")
    assert found.meanings == FRUIT | {"강": "river"}
    assert found.column("row") == {"사과": 3, "귤": 4, "배": 1003, "강": 2002}


@pytest.mark.parametrize(
    "text",
    [
        "사과,apple,배,pear\n귤,tangerine,감,persimmon\n",
        "사과\tapple\t\t배\tpear\n귤\ttangerine\t\t감\tpersimmon\n",
        "사과    apple    배    pear\n귤    tangerine    감    persimmon\n",
    ],
)
def test_pairs_side_by_side_are_read_without_a_header(text):
    found = read_list(text)
    assert found.meanings == FRUIT | {"감": "persimmon"} and "side by side" in found.summary


@pytest.mark.parametrize(
    "text",
    [
        "사과,apple,과일,fruit\n배,pear,과일,fruit\n개,dog,동물,animal\n",
        "사과,apple,사과를 먹다.,I eat an apple.\n배,pear,배가 달다.,The pear is sweet.\n",
        "사과,apple,명사,noun\n가다,to go,동사,verb\n",
        "사과,apple,사과,Apfel\n배,pear,배,Birne\n",
    ],
)
def test_other_columns_beside_a_pair_are_no_words(text):
    found = read_list(text)
    assert len(found.words) == text.count("\n") and "side by side" not in found.summary


def test_columns_with_different_names_beside_each_other_are_one_block():
    found = read_list("단어,뜻,단어,예문\n사과,apple,사과,사과를 먹다.\n배,pear,배,배가 달다.\n")
    assert found.meanings == {"사과": "apple", "배": "pear"} and "contains more words" in found.summary
