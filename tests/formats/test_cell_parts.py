"""Test cells with more than one value: row numbers and parts of speech beside words and meanings."""

import pytest
from support.read_lists import read_list

from korean_flashcards.domain.warning_groups import grouped

WORDS = ["가게", "가까이", "가능하다", "가루"]


@pytest.mark.parametrize(
    "text",
    [
        "1 가게 store\n2 가까이 near\n3 가능하다 to be possible\n4 가루 powder\n",
        "1 가게\tstore\n2 가까이\tnear\n3 가능하다\tto be possible\n4 가루\tpowder\n",
        "001 가게,store\n002 가까이,near\n003 가능하다,to be possible\n004 가루,powder\n",
        "단어,뜻\n1 가게,store\n2 가까이,near\n3 가능하다,to be possible\n4 가루,powder\n",
        "501 가게 - store\n502 가까이 - near\n503 가능하다 - to be possible\n505 가루 - powder\n",
        "1 가게\n2 가까이\n1 가능하다\n2 가루\n",
    ],
)
def test_row_numbers_before_the_words_are_left_out(text):
    found = read_list(text)
    assert found.terms == WORDS
    (group,) = grouped({"row": row, "code": code, "reason": reason} for row, code, reason in found.warnings)
    assert group.code == "row_number" and "the row number before the word was left out" in group.sentence


@pytest.mark.parametrize(
    "terms",
    [
        ["10분", "3월", "2인분"], ["1 시간", "2 시간", "3 시간"], ["1박 2일", "2인분", "3월"],
        ["5 가게", "1 나무", "9 강", "2 하늘"],
        ["1988 올림픽", "2002 월드컵", "2018 겨울"],
        ["1 가게", "나무", "강", "3 하늘"],
    ],
)  # fmt: skip
def test_numbers_that_are_not_of_rows_stay(terms):
    found = read_list("".join(f"{term}\tx{number}\n" for number, term in enumerate(terms)))
    assert found.terms == terms and not found.warnings


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("가게 명사 store\n가까이 부사 near\n가능하다 형용사 to be possible\n가루 powder\n",
         ["명사", "부사", "형용사", None]),
        ("가게 명 store\n가까이 부 near\n가능하다 형 to be possible\n가루 명 powder\n", ["명", "부", "형", "명"]),
        ("가게 n. store\n가까이 adv. near\n가능하다 adj. to be possible\n가루 n. powder\n", ["n.", "adv.", "adj.", "n."]),
        ("가게 (명사) store\n가까이 (부사) near\n가능하다 (형용사) possible\n가루 (명사) powder\n",
         ["명사", "부사", "형용사", "명사"]),
        ("1 가게 명사\n2 가까이 부사\n3 가능하다 형용사\n4 가루 명사\n", ["명사", "부사", "형용사", "명사"]),
        ("한국어,영어\n가게 명사,store\n가까이 부사,near\n가능하다 형용사,possible\n가루 명사,powder\n",
         ["명사", "부사", "형용사", "명사"]),
    ],
)  # fmt: skip
def test_a_part_of_speech_after_the_word_is_not_a_part_of_the_word(text, names):
    found = read_list(text)
    assert found.terms == WORDS and [*found.column("pos").values()] == names
    assert found.meanings["가게"] in ("store", None) and "were read separately" in found.summary


@pytest.mark.parametrize(
    "terms",
    [["한 명", "두 명", "세 명"], ["한 명", "두 대", "세 부"], ["할 수", "갈 수", "볼 수"], ["책 한 부", "신문 두 부"]],
)
def test_a_counter_after_a_number_is_not_a_part_of_speech(terms):
    found = read_list("".join(f"{term}\tx{number}\n" for number, term in enumerate(terms)))
    assert found.terms == terms and not any(found.column("pos").values())


@pytest.mark.parametrize("header", ["번호 어휘 품사 영어", "번호 단어 뜻 품사", "순번 어휘 의미"])
def test_a_page_header_is_not_a_word(header):
    rows = ["1 가게 명사 store", "2 가까이 부사 near", "3 가능하다 형용사 possible", "4 가루 명사 powder"]
    for place in (0, 2):
        found = read_list("\n".join([*rows[:place], header, *rows[place:]]))
        assert found.terms == WORDS and found.meanings["가루"] == "powder"
        assert found.column("pos")["가까이"] == "부사"
        assert found.rejects == {place + 1: f"the term {header!r} is a page header, not a word"}


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["noun umbrella", "adjective cloudy; murky", "verb to go"], ["noun", "adjective", "verb"]),
        (["(n) umbrella", "(adj) cloudy; murky", "(v) to go"], ["n", "adj", "v"]),
        (["n. umbrella", "adj. cloudy; murky", "v.i. to go"], ["n.", "adj.", "v.i."]),
        (["명사 umbrella", "형용사 cloudy; murky", "동사 to go"], ["명사", "형용사", "동사"]),
    ],
)
@pytest.mark.parametrize("header", ["", "word\tdefinition\n"])
def test_a_part_of_speech_before_the_meaning_is_not_a_part_of_the_meaning(cells, names, header):
    rows = "".join(f"{word}\t{cell}\n" for word, cell in zip(["우산", "흐리다", "가다"], cells, strict=True))
    found = read_list(header + rows)
    assert found.meanings == {"우산": "umbrella", "흐리다": "cloudy; murky", "가다": "to go"}
    assert [*found.column("pos").values()] == names


@pytest.mark.parametrize(
    ("text", "pos", "meaning"),
    [
        ("우산\tnoun (things)\tumbrella\n가다\tverb (motion)\tto go\n", "noun (things)", "umbrella"),
        ("우산\tnoun phrase\tumbrella\n가다\tverb phrase\tto go\n", "noun phrase", "umbrella"),
        ("단어,품사,뜻\n우산,noun common,umbrella\n가다,verb irregular,to go\n", "noun common", "umbrella"),
        ("단어,뜻\n권,counter for books\n마리,counter for animals\n", None, "counter for books"),
        ("단어,뜻\n다섯,number five\n여섯,number six\n", None, "number five"),
    ],
)
def test_other_cells_that_begin_with_a_part_of_speech_stay(text, pos, meaning):
    word = read_list(text).words[0]
    assert (word.pos, word.definition) == (pos, meaning)
