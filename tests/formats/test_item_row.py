"""Test that each row of a word list becomes a word or is rejected with a reason."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from korean_flashcards.domain.records import RejectCode, VocabularyItem
from korean_flashcards.formats.item_row import RowError, item_of, storable
from korean_flashcards.formats.list_headers import HEADERS
from korean_flashcards.formats.word_list import ListRow


def row_of(extra_cells: int = 0, row: int = 5, **values: str) -> ListRow:
    return ListRow(row, ",".join(values.values()), values, {}, extra_cells)


def item(**values: str) -> VocabularyItem:
    return item_of(row_of(**({"term": "나무"} | values)), "unit.csv")[0]


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
        (row_of(term="배[梨]"), RejectCode.INVALID, "square brackets"),
        (row_of(term="가\0"), RejectCode.INVALID, "the term cell contains invalid characters"),
        (
            row_of(term="가", definition="\ud83d"),
            RejectCode.INVALID,
            "the definition cell contains invalid characters",
        ),
        (row_of(term="가", tags="\udcff"), RejectCode.INVALID, "the tags cell contains invalid characters"),
    ],
)
def test_each_reason_for_rejecting_a_row_has_a_code(row, code, says):
    found, reason = rejected(row)
    assert found == code and says in reason


def test_an_invalid_topik_level_is_a_warning():
    word, warnings = item_of(row_of(term="가", topik_level="7"), "unit.csv")
    assert word.topik_level is None
    assert warnings == [("topik_level", "the TOPIK level '7' was ignored because it is not between 1 and 6")]


@pytest.mark.parametrize(
    "term",
    ["'); DROP TABLE tasks;--문", "=cmd|' /C calc'!A1 문", "<script>문</script>", "문😀", "문\x1b", "٣문", "문\u202e"],
)
def test_text_that_looks_like_code_stays_text(term):
    assert item(term=term).term == " ".join(term.split())


ANY = st.text(st.characters(exclude_categories=()) | st.sampled_from("가나문물[]0\0\ud800"), max_size=8)


@given(values=st.fixed_dictionaries({}, optional=dict.fromkeys(HEADERS, ANY)), row=st.integers(1, 10**6))
@example({"term": "가", "frequency": "٣", "position": "٤"}, 2)
@example({"term": "가", "position": "0"}, 1)
@settings(deadline=None, max_examples=200)
def test_any_row_gives_a_storable_word_or_a_storable_reason(values, row):
    try:
        word, _ = item_of(row_of(row=row, **values), "unit.csv")
    except RowError as error:
        assert storable(str(error)).encode()
    else:
        assert b"\0" not in word.model_dump_json().encode() and word.row == row


def test_only_characters_that_cannot_be_stored_are_replaced():
    assert storable("나무\n\t<b>😀\u202e") == "나무\n\t<b>😀\u202e"
    assert storable("a\0b\ud800c") == "a\ufffdb\ufffdc"
