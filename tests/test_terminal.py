"""Text for terminals: harmless and aligned, whatever a word list or a model wrote."""

import io
import json
import unicodedata
from contextlib import redirect_stdout

from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.commands.terminal import echo_json, safe, table, width

ANY = st.text(st.characters(codec="utf-8"), max_size=40)


@given(ANY)
def test_whatever_is_shown_is_one_line_without_control_or_bidirectional_characters(text: str) -> None:
    shown = safe(text)
    assert not any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in shown)
    assert not any(unicodedata.bidirectional(sign) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
                   for sign in shown)  # fmt: skip
    assert len(shown.splitlines()) <= 1


@given(ANY, st.integers(1, 20))
def test_a_cut_text_fits(text: str, longest: int) -> None:
    shown = safe(text, longest)
    assert width(shown) <= longest
    assert shown == safe(text) or shown.endswith("…")


@given(st.lists(st.tuples(st.text("가나ab 1́\x1b\u202e", max_size=80), st.integers()), min_size=1, max_size=5))
def test_columns_begin_below_each_other(rows: list[tuple[str, int]]) -> None:
    lines = table(("word", "count", "note"), [(word, count, "|") for word, count in rows]).split("\n")
    assert len(lines) == len(rows) + 1
    assert {width(line[: line.index("|")]) for line in lines[1:]} == {width(lines[0][: lines[0].index("note")])}


def test_an_escape_sequence_is_shown_not_obeyed() -> None:
    assert safe("배\x1b[31m\x07\u202e") == "배\\x1b[31m\\x07\\u202e"
    assert safe("a\nb\tc\r") == "a b c "
    assert safe(None) == ""


def test_hangul_takes_two_columns() -> None:
    assert width("배a") == 3
    assert table(("word", "n"), [("배", 1_000), ("가다", 5)]) == "word      n\n배    1,000\n가다      5"


def test_an_empty_table_has_its_headers() -> None:
    assert table(("batch", "rows"), []) == "batch  rows"


def test_a_column_of_numbers_stands_to_the_right_and_text_to_the_left() -> None:
    assert table(("a", "b"), [("x", -5), ("yy", 10)]) == "a    b\nx   -5\nyy  10"


@given(ANY)
def test_json_means_the_same_and_is_as_harmless(text: str) -> None:
    out = io.StringIO()
    with redirect_stdout(out):
        echo_json([text])
    assert json.loads(out.getvalue()) == [text]
    for line in out.getvalue().split("\n"):
        assert safe(line) == line


def test_half_a_character_breaks_no_output() -> None:
    assert safe("배\ud83d") == "배\\ud83d"


def test_json_is_utf8_and_escapes_control_characters() -> None:
    out = io.StringIO()
    with redirect_stdout(out):
        echo_json({"word": "배\x1b"})
    assert out.getvalue() == '{\n  "word": "배\\u001b"\n}\n'
    assert json.loads(out.getvalue()) == {"word": "배\x1b"}
