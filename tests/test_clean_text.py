"""Text is cleaned in the same way wherever it enters."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.domain.clean_text import clean, clean_values, is_clean

TROUBLE = "\0\x1f\u200b\u200d\ufeff\ud83d\ude00\uf9e1\u1112\u1161\u11ab가👩木\ufe0f\u034f\u2f25\uffa1\x1b[m"
ANY_TEXT = st.text(st.characters() | st.sampled_from(TROUBLE))


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("남\0성", "남성"),
        ("남\x1f성\x7f", "남성"),
        ("\ufeff남성\u200b", "남성"),
        ("\u202e남성\u202c \u2066x\u2069", "남성 x"),
        ("남\u00ad성\u2060", "남성"),
        ("\u1102\u1161\u11b7\u1109\u1165\u11bc", "남성"),
        ("\uf9e1\u5b50", "李子"),
        ("남\u3164성", "남성"),
        ("남\ud800성", "남성"),
        ("\ud83d\ude00", "😀"),
        ("남\u200d성", "남성"),
        ("葛\U000e0100", "葛"),
        ("남성\ufe0f", "남성"),
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("a\tb", "a\tb"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\U0001fffeb\ufdd0", "ab"),
        ("a\u034fb\U0001d173", "ab"),
        ("\u2f25", "女"),
        ("\uffa1\uffc2", "ㄱㅏ"),
    ],
)
def test_what_cannot_be_seen_or_stored_is_removed(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@pytest.mark.parametrize("text", ["👩‍👩‍👧 family", "می‌خواهم", "❤️", "a\u00a0b", "ㄱㄴㄷ", "2\u202f000", "葛 과 木"])
def test_what_can_be_seen_is_kept(text: str) -> None:
    assert clean(text) == text


@given(ANY_TEXT)
def test_cleaned_text_is_storable_and_stays_the_same_when_it_is_cleaned_again(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned and is_clean(cleaned)
    assert is_clean(text) == (cleaned == text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in cleaned if character not in "\t\n")


def test_text_that_looks_clean_is_clean() -> None:
    every = map(chr, range(sys.maxunicode + 1))
    # A control character keeps ``clean`` from returning the text unchanged at first sight.
    printable = (one for one in every if one.isprintable())
    assert [one for one in printable if clean(f"a{one}\n{one}가") != clean(f"\x07a{one}\n{one}가")] == []


def test_every_string_in_a_value_is_cleaned() -> None:
    value = {"te\0rm": ["남\u200b성", {"n": 1, "x": None, "y": "\ufeff"}]}
    assert clean_values(value) == {"term": ["남성", {"n": 1, "x": None, "y": ""}]}
