"""Test that each row of a word list becomes a word or is rejected with a reason."""

import json
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from korean_flashcards.domain.clean_text import clean, clean_values
from korean_flashcards.domain.records import RejectCode, VocabularyItem
from korean_flashcards.formats.item_row import RowError, RowWord, item_of
from korean_flashcards.formats.list_headers import HEADERS
from korean_flashcards.formats.word_list import ListRow


def row_of(extra_cells: int = 0, row: int = 5, **values: str) -> ListRow:
    return ListRow(row, ",".join(values.values()), values, {}, extra_cells)


def item(**values: str) -> VocabularyItem:
    return item_of(row_of(**({"term": "나무"} | values)), "unit.csv").item


def rejected(row: ListRow) -> tuple[RejectCode, str]:
    with pytest.raises(RowError) as caught:
        item_of(row, "unit.csv")
    return caught.value.code, str(caught.value)


def test_a_row_becomes_a_word_with_its_file_and_row_number():
    word = item(definition="tree", hanja="", tags="a b, c", frequency="1,200", position="7", topik_level="TOPIK 2")
    assert word == VocabularyItem(
        item_id="나무#1", term="나무", homograph=1, term_number=7, definition="tree", topik_level=2, frequency=1200,
        tags=["a_b", "c"], file="unit.csv", row=5,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "code", "says"),
    [
        (row_of(term=""), RejectCode.NO_TERM, "the term is empty"),
        (row_of(), RejectCode.NO_TERM, "the term is empty"),
        (row_of(term="tree"), RejectCode.NO_HANGUL, "'tree' contains no Hangul syllables"),
        (row_of(term="가" * 101), RejectCode.TOO_LONG, "the term has 101 characters; the limit is 100"),
        (
            row_of(term="가", definition="x" * 501),
            RejectCode.TOO_LONG,
            "the definition has 501 characters; the limit is 500",
        ),
        (row_of(term="가", extra_cells=1), RejectCode.EXTRA_CELLS, "1 more cell than the header"),
        (row_of(term="가", extra_cells=2), RejectCode.EXTRA_CELLS, "2 more cells than the header"),
        (row_of(term="높다 [낮다]"), RejectCode.INVALID, "square brackets"),
        (row_of(term="배[梨"), RejectCode.INVALID, "square brackets"),
        (row_of(term="<br>"), RejectCode.NO_TERM, "'<br>' contains only markup"),
        (row_of(term="\u200b"), RejectCode.NO_TERM, "the term is empty"),
        (row_of(term="#NAME?"), RejectCode.INVALID, "text that the spreadsheet took for a formula"),
        (row_of(term="#REF!"), RejectCode.INVALID, "a spreadsheet's error"),
        (row_of(term="Err:508"), RejectCode.INVALID, "a spreadsheet's error"),
        (row_of(term='=HYPERLINK("https://example.org","우산")'), RejectCode.INVALID, "is a formula"),
        (row_of(term="Total: 6"), RejectCode.INVALID, "a row of totals"),
        (row_of(term="합계: 1,200개"), RejectCode.INVALID, "a row of totals"),
        (row_of(term="총 단어 수: 6"), RejectCode.INVALID, "a row of totals"),
        (row_of(term="계", definition="3"), RejectCode.INVALID, "a row of totals"),
        (row_of(term="ㅋㅋㅋ"), RejectCode.NO_HANGUL, "only separate letters"),
        (row_of(term="ㅎㅏㄴㄱㅡㄹ"), RejectCode.NO_HANGUL, "only separate letters"),
        (row_of(term="ﾡￂﾤ"), RejectCode.NO_HANGUL, "only separate letters"),
        (row_of(term="네ㅋㅋ"), RejectCode.INVALID, "an incomplete syllable after 네: ㅋㅋ"),
        (row_of(term="ᄒᆞᆫ글"), RejectCode.INVALID, "form no modern syllable"),
        (row_of(term="ᄇ니다"), RejectCode.INVALID, "form no modern syllable"),
        (row_of(term="나랏말ᄊᆞ미"), RejectCode.INVALID, "form no modern syllable"),
        (row_of(term="책/공책"), RejectCode.INVALID, "2 words in one cell"),
        (row_of(term="책; 공책; 종이"), RejectCode.INVALID, "3 words in one cell"),
        (row_of(term="크다 ↔ 작다"), RejectCode.INVALID, "2 words in one cell"),
    ],
)
def test_each_reason_for_rejecting_a_row_has_a_code(row, code, says):
    found, reason = rejected(row)
    assert found == code and says in reason


def test_an_invalid_topik_level_is_a_warning():
    found = item_of(row_of(term="가", topik_level="7"), "unit.csv")
    assert found.item.topik_level is None
    assert found.warnings == [("topik_level", "the TOPIK level '7' was ignored because it is not between 1 and 6")]


@pytest.mark.parametrize(
    ("term", "warning"),
    [
        ("만나서 반갑습니다.", "“만나서 반갑습니다.” was read as “만나서 반갑습니다”"),
        ("네…", "“네…” was read as “네”"),
        ("'-는데", "“'-는데” was read as “-는데”"),
        ("우산(雨傘)", "“우산(雨傘)” was read as “우산” (hanja: 雨傘)"),
        ("우산 umbrella", "“우산 umbrella” was read as “우산” (meaning: umbrella)"),
        ("사과05", "“사과05” was read as “사과” (dictionary number: 5)"),
    ],
)
def test_a_cleaned_term_is_a_warning(term, warning):
    assert item_of(row_of(term=term), "unit.csv").warnings == [("term_cleaned", warning)]


def test_what_the_reader_cannot_see_is_repaired_without_a_warning():
    found = item_of(
        row_of(term="\u1112\u1161\u11ab\u200b국\x1f", definition="Korea\ufeff\ud800", tags="a\0b"), "unit.csv"
    )
    assert (found.item.term, found.item.definition, found.item.tags, found.warnings) == ("한국", "Korea", ["ab"], [])


def test_notes_beside_the_word_fill_only_empty_columns():
    assert item(term="우산(雨傘)").hanja == "雨傘" and item(term="우산(雨傘)", hanja="雨伞").hanja == "雨伞"
    assert item(term="의사 (doctor)").definition == "doctor"
    assert item(term="의사 (doctor)", definition="physician").definition == "physician"


def test_the_dictionary_number_of_a_row_is_kept_apart():
    assert item_of(row_of(term="사과05"), "unit.csv").dictionary_number == 5
    assert item_of(row_of(term="배2"), "unit.csv").dictionary_number is None
    found = item_of(row_of(term="배2"), "unit.csv", frozenset({"배"}))
    assert (found.item.item_id, found.item.homograph, found.dictionary_number) == ("배#1", 1, 2)


@pytest.mark.parametrize(
    "term",
    [
        "안녕하세요?",
        "책/공책",
        "사과05",
        "우산(雨傘)",
        "친절하다 親切--",
        "수12",
        "🏠 집들이",
        "노래 #music",
        "총 2개",
        "(polite: 드시다)",
    ],
)
def test_a_term_from_an_earlier_release_stays_as_it_is(term):
    word = VocabularyItem(item_id=f"{term}#1", term=term, homograph=1, term_number=4, file="unit.csv", row=5)
    row = replace(row_of(term=term), problem="continues the row above")
    assert item_of(row, "unit.csv", as_written={term}) == RowWord(word, [])


@pytest.mark.parametrize(
    "term", ["'); DROP TABLE tasks;--문", "=cmd|' /C calc'!A1 문", "<script src='문'", "٣문", "{{문}}"]
)
def test_text_that_looks_like_code_stays_text(term):
    assert item(term=term).term == term


ANY = st.text(st.characters(exclude_categories=()) | st.sampled_from("가나문물[]0\0\ud800"), max_size=8)


@given(values=st.fixed_dictionaries({}, optional=dict.fromkeys(HEADERS, ANY)), row=st.integers(1, 10**6))
@example({"term": "가", "frequency": "٣", "position": "٤"}, 2)
@example({"term": "가", "position": "0"}, 1)
@settings(max_examples=200)
def test_any_row_gives_a_clean_word_or_a_clean_reason(values, row):
    try:
        word = item_of(row_of(row=row, **values), "unit.csv").item
    except RowError as error:
        assert clean(str(error)) == str(error)
    else:
        texts = json.loads(word.model_dump_json())
        assert clean_values(texts) == texts and word.row == row


@pytest.mark.parametrize("nothing", ["-", "–", "?", "...", "()", "……"])
def test_a_definition_without_letters_is_no_definition(nothing):
    assert item_of(row_of(term="사람", definition=nothing), "list.csv").item.definition is None
    assert item_of(row_of(term="하트", definition="❤"), "list.csv").item.definition == "❤"


@pytest.mark.parametrize("term", ["가다→오다", "가방 vs 핸드백", "가다 -> 오다", "크다 => 작다"])
def test_two_words_with_a_sign_between_them_are_rejected(term):
    with pytest.raises(RowError, match="2 words in one cell"):
        item_of(row_of(term=term, definition="x"), "list.csv")


@pytest.mark.parametrize("cell", ["장갑,gloves", "장갑; gloves", "장갑, gloves"])
def test_a_meaning_in_the_term_cell_is_the_definition(cell):
    item = item_of(row_of(term=cell), "list.csv").item
    assert (item.term, item.definition) == ("장갑", "gloves")
