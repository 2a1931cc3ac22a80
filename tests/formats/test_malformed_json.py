"""Test that almost valid JSON is either read as intended or rejected."""

import json
import re
from typing import Any

import pytest
from formats.samples import CARDS, NUANCE, text_of
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.records import ReplyError
from korean_flashcards.formats.json_text import find_json
from korean_flashcards.formats.record_search import RecordShape

# Matches a whole string or any other single character. The damaging functions must not change the inside of strings.
PIECE = re.compile(r'"(?:\\.|[^"\\])*"|[^"]')
NOTHING = object()


def read(text: str, whole: bool = False) -> Any:
    try:
        return find_json(text, RecordShape(lambda value: 1, 1, lambda value: whole))
    except ReplyError as error:
        assert error.code and str(error)
        return NOTHING


def pieces(text: str) -> list[str]:
    return PIECE.findall(text)


def without_commas(text: str) -> str:
    return "".join(" " if piece == "," else piece for piece in pieces(text))


def doubled_commas(text: str) -> str:
    return "".join(",," if piece == "," else piece for piece in pieces(text))


def trailing_commas(text: str) -> str:
    damaged, last = "", "{"
    for piece in pieces(text):
        damaged += f",{piece}" if piece in "}]" and last not in "{[" else piece
        last = piece if piece.strip() else last
    return damaged


def single_quotes(text: str) -> str:
    return "".join(f"'{piece[1:-1]}'" if piece[0] == '"' and "'" not in piece else piece for piece in pieces(text))


def bare_keys(text: str) -> str:
    parts = pieces(text)
    return "".join(
        piece[1:-1] if after == ":" and re.fullmatch(r'"[^\W\d]\w*"', piece) else piece
        for piece, after in zip(parts, [*parts[1:], ""], strict=True)
    )


def comments(text: str) -> str:
    return "".join(f'{piece} // it is a "comment"\n' if piece in "{[," else piece for piece in pieces(text))


def block_comments(text: str) -> str:
    return "".join(f'{piece}/* and this too, a "comment" */' if piece in "{[," else piece for piece in pieces(text))


def python_literals(text: str) -> str:
    names = {"null": "None", "true": "True", "false": "False"}
    return "".join(
        re.sub(r"(?:null|true|false)(?!\w*\s*:)", lambda word: names[word[0]], piece) if piece[0] != '"' else piece
        for piece in re.findall(r'"(?:\\.|[^"\\])*"|[^"]+', text)
    )


def bare_inner_quotes(text: str) -> str:
    return text.replace('\\"', '"')


# The order in which several kinds of damage are applied. Each kind recognizes only double-quoted strings.
DAMAGES = [
    bare_keys, trailing_commas, without_commas, doubled_commas, python_literals, comments, block_comments, single_quotes,
]  # fmt: skip
WRAPS = ["{}", "```json\n{}\n```", "Here it is, it's the [2] cards:\n{}\nI can't \"wait\"!"]
TEXT = st.text(max_size=8).map(clean) | st.text(st.sampled_from("{}[]\",:'\\/가a b1\n*`-"), max_size=12)
RECORD = st.dictionaries(
    st.sampled_from([*NUANCE, "x y", "z'"]) | TEXT, st.deferred(lambda: VALUE), min_size=1, max_size=4
)
VALUE = st.recursive(
    TEXT | st.none() | st.booleans() | st.integers(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(sorted(NUANCE)) | TEXT, part, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("wrap", WRAPS, ids=["bare", "fence", "prose"])
@pytest.mark.parametrize("value", [NUANCE, {"cards": CARDS}, CARDS], ids=["record", "cards", "list"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_record_with_wrong_punctuation_is_read(damage, wrap, value, indent):
    assert read(wrap.replace("{}", damage(text_of(value, indent)))) == value


def test_quoted_words_without_escapes_are_read():
    record = {"back": 'He said "yes" and, (after "some thought"), "no". Then "남성 합창".', "tags": ['an "oak" tree']}
    assert bare_inner_quotes(text_of(record)).count("\\") == 0
    text = bare_inner_quotes(text_of(record | {"back": record["back"].replace("),", ")").replace(' "no".', " no.")}))
    assert read(text) == record | {"back": 'He said "yes" and, (after "some thought") no. Then "남성 합창".'}


@given(
    RECORD | st.lists(RECORD, min_size=1, max_size=3),
    st.lists(st.sampled_from(DAMAGES), min_size=1, max_size=3, unique=True),
    st.sampled_from([*WRAPS, "{"]),
)
@example({"a": "x', 'b': 'y"}, [single_quotes], "{}")
@example({"a": 'say "b: c" now'}, [bare_keys], "{}")
@example([{"term": None, "false": []}], [bare_keys, python_literals], "{}")
@settings(max_examples=200)
def test_any_damaged_record_is_read_correctly_or_not_at_all(record, damages, wrap):
    text = text_of(record)
    for damage in sorted(damages, key=DAMAGES.index):
        text = damage(text)
    wrapped = wrap.replace("{}", text) if "{}" in wrap else text[:-1]
    assert read(wrapped, whole=True) in (record, NOTHING)


WORDS = st.lists(
    st.sampled_from(["남성", "the", "big", '"man"', '"an oak"', '"no."', "it's", "(or", "x)", "5"]), max_size=6
)


@given(
    st.dictionaries(st.sampled_from(sorted(NUANCE)), WORDS.map(" ".join) | st.lists(WORDS.map(" ".join)), min_size=1)
)
@settings(max_examples=100)
def test_quotation_marks_in_prose_never_change_a_record(record):
    assert read(bare_inner_quotes(text_of(record))) in (record, NOTHING)


@given(RECORD, st.sampled_from([str, *DAMAGES, bare_inner_quotes]), st.data())
@settings(max_examples=200)
def test_a_truncated_record_is_never_read_in_part(record, damage, data):
    """Brackets are not added unless the caller confirms that the record is complete."""
    whole = damage(text_of({"first": "x", **record, "last": "y"}))
    text = whole[: data.draw(st.integers(1, len(whole) - 1), label="cut")]
    assume(not _valid(text))  # an unescaped quotation mark can make the truncated text valid, which nobody can detect
    assert read(text) is NOTHING


def _valid(text: str) -> bool:
    """Return whether the text starts with a valid record."""
    try:
        json.JSONDecoder().raw_decode(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "the "big", man", "b": "c"}', '{"a": "x "b" : "y"}', '{"a": "x" "b"}', '{"a", "b"}', '{"a"="b"}',
        '{"a": nul}', '{"pos": noun}', '{"a": b c d}', '{"a": 1.}', '{"a": ["b", "c"}', '{"a": ["b", "c": "d"}',
        "{'a': 'it's'}", "{'a': 'it's', 'b': 'x'}", '{"a": "b", "a": "c" "d": "e"}', '{"a": ...}',
        '{"a": "b" "c"}', '["a" b "c"]', '{"a": {"b": "c"}, "d": tru}', '{"a": "b"; "c": "d"}',
    ],
)  # fmt: skip
def test_ambiguous_json_is_rejected(text):
    assert read(text) is NOTHING


@given(st.text(st.sampled_from("{}[]\",:'\\/* 가a1N\n"), max_size=40))
@settings(max_examples=200)
def test_reading_a_record_never_loses_letters(body):
    """Text around a record may be lost. Here the record is the whole text, so nothing may be lost."""
    text = '{"a": ' + body + "}"
    if (value := read(text)) is not NOTHING and not re.search(r"/[/*]|\\", text) and not _several(text):
        kept = json.dumps(value, ensure_ascii=False).replace("\\n", "")
        assert re.findall(r"\w", kept) == re.findall(r"\w", text)


def _several(text: str) -> bool:
    """Return whether the record may end before the text does, or may repeat a name (JSON keeps the last value)."""
    return text.count("}") > 1 or text.count(":") > 1
