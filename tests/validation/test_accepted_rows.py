"""Test that no rule of the vocabulary refuses a word that the import accepts."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from validation.layers import SUITES, a_folder, validator

from korean_flashcards.domain.frame_builder import frame_of
from korean_flashcards.domain.frame_schemas import polars_schema
from korean_flashcards.domain.records import VocabularyItem
from korean_flashcards.formats.item_row import RowError, item_of
from korean_flashcards.formats.list_headers import HEADERS
from korean_flashcards.formats.word_list import ListRow

SIGNS = st.characters(exclude_categories=()) | st.sampled_from(
    "가나각문물[]()/0\0\ud800ㄱㅏ\u1112\u119e\ua960\ud7b0\u3164"
)
TEXT = st.text(SIGNS, max_size=12) | st.integers(90, 600).map(lambda length: "가" * length)
OTHERS = [column for column in HEADERS if column != "term"]
ROWS = st.lists(st.fixed_dictionaries({"term": TEXT}, optional=dict.fromkeys(OTHERS, TEXT)), max_size=60)


@pytest.mark.slow
@given(rows=ROWS)
@settings(max_examples=20)
def test_no_rule_refuses_a_word_that_the_import_accepts(rows):
    words: dict[str, VocabularyItem] = {}
    for number, values in enumerate([{"term": "나무", "definition": "tree"}, *rows], 2):
        with suppress(RowError):
            word = item_of(ListRow(number, values["term"], values), "unit.csv").item
            words.setdefault(word.item_id, word)
    frame = frame_of([word.model_dump() for word in words.values()], polars_schema(VocabularyItem))
    assert validator(SUITES / "vocabulary.yml", a_folder()).validate(frame).equals(frame)
