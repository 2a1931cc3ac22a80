"""Test that words that differ only in spaces or particles share a stem."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.korean.hangul import split
from korean_flashcards.korean.near import stem

WORDS = st.text(st.sampled_from("가나문물종이양고서울말값사과를은"), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("문", "문"), ("문을", "문"), ("문이", "문"), ("문은", "문"), ("문에", "문"), ("문에서는", "문"), ("문으로", "문"),
        ("나무를", "나무"), ("나무가", "나무"), ("나무로", "나무"), ("물로", "물"),
        ("친구와", "친구"), ("친구과", "친구과"), ("사람과", "사람"), ("사람와", "사람와"), ("문가", "문가"),
        ("나무이", "나무이"),
        ("학교에서", "학교"), ("선생님께서", "선생님"), ("너처럼", "너"), ("잘 지내", "잘지내"), ("잘\u3000지내", "잘지내"),
        ("을", "을"), ("에서", "에서"), ("10에", "10에"), ("tv에서", "tv에서"), ("", ""),
    ],
)  # fmt: skip
def test_a_particle_is_removed_if_it_fits_and_is_not_the_whole_term(term, expected):
    assert stem(term) == expected


@pytest.mark.parametrize("word", ["종이", "포도", "고양이", "사과", "나이", "문", "물", "사랑"])
@pytest.mark.parametrize("pair", ["은는", "이가", "을를", "과와"])
def test_adding_a_particle_keeps_the_stem_of_a_word_that_seems_to_end_in_one(word, pair):
    particle = pair[0] if split(word[-1]).coda else pair[1]
    assert stem(word + particle) == stem(word)


@given(WORDS, st.sampled_from(["에", "에서", "도", "만", "의", "까지", "부터"]))
def test_a_particle_never_changes_the_stem(word, particle):
    assert stem(word + particle) == stem(word)


@given(WORDS)
def test_spaces_and_decomposition_never_change_the_stem(word):
    assert stem(f" {' '.join(word)} ") == stem(unicodedata.normalize("NFD", word)) == stem(word)
    assert stem(stem(word)) == stem(word) != ""
