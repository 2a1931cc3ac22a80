"""Text for terminals: control characters are escaped, columns are aligned, and tables fit into 80 columns."""

import io
import json
import unicodedata
from contextlib import redirect_stdout

from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.commands.layout import detailed_table, fitted_table, hanging_table, wrapped
from korean_flashcards.commands.terminal import echo_json, safe, table
from korean_flashcards.domain.line_wrap import width

ANY = st.text(st.characters(codec="utf-8"), max_size=40)


@given(ANY)
def test_safe_text_is_one_line_without_control_or_bidirectional_characters(text: str) -> None:
    shown = safe(text)
    assert not any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in shown)
    assert not any(unicodedata.bidirectional(sign) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
                   for sign in shown)  # fmt: skip
    assert len(shown.splitlines()) <= 1


@given(ANY, st.integers(1, 20))
def test_a_shortened_text_fits(text: str, longest: int) -> None:
    shown = safe(text, longest)
    assert width(shown) <= longest
    assert shown == safe(text) or shown.endswith("…")


@given(st.lists(st.tuples(st.text("가나ab 1́\x1b\u202e", max_size=80), st.integers()), min_size=1, max_size=5))
def test_columns_are_aligned(rows: list[tuple[str, int]]) -> None:
    lines = table(("word", "count", "note"), [(word, count, "|") for word, count in rows]).split("\n")
    assert len(lines) == len(rows) + 1
    assert {width(line[: line.index("|")]) for line in lines[1:]} == {width(lines[0][: lines[0].index("note")])}


def test_an_escape_sequence_is_shown_as_text() -> None:
    assert safe("배\x1b[31m\x07\u202e") == "배\\x1b[31m\\x07\\u202e"
    assert safe("a\nb\tc\r") == "a b c "
    assert safe(None) == ""


def test_a_hangul_syllable_is_two_columns_wide() -> None:
    assert width("배a") == 3
    assert table(("word", "n"), [("배", 1_000), ("가다", 5)]) == "word      n\n배    1,000\n가다      5"


def test_an_empty_table_has_headers() -> None:
    assert table(("batch", "rows"), []) == "batch  rows"


def test_numbers_are_aligned_to_the_right_and_text_to_the_left() -> None:
    assert table(("a", "b"), [("x", -5), ("yy", 10)]) == "a    b\nx   -5\nyy  10"


@given(st.lists(st.tuples(ANY, ANY, ANY, st.integers(0, 10**9)), max_size=5), ANY)
def test_tables_fit_into_80_columns(rows: list[tuple[str, str, str, int]], text: str) -> None:
    headers = ("batch", "state", "model", "rows")
    lines = fitted_table(headers, rows).split("\n")
    assert len(lines) == len(rows) + 1
    lines += detailed_table(headers, rows, [[text * 5] for _ in rows])
    lines += hanging_table((*headers, "reason"), [(*row, [text * 5, "text"]) for row in rows])
    assert max(map(width, lines)) <= 80


def test_a_table_that_fits_is_not_cut() -> None:
    rows = [("x" * 40, "y" * 38), ("a", "b")]
    assert fitted_table(("one", "two"), rows) == table(("one", "two"), rows)
    assert fitted_table(("one", "two"), [("x" * 41, "y" * 38)]).endswith("x…  " + "y" * 38)


def test_details_are_indented_below_their_row() -> None:
    lines = detailed_table(("batch", "rows"), [("a", 1), ("b", 2)], [["first", "second"], []])
    assert list(lines) == ["batch  rows", "a         1", "    first", "    second", "b         2"]


def test_the_last_column_of_a_hanging_table_wraps() -> None:
    lines = list(hanging_table(("row", "reason"), [("배", ["word " * 20, "text"]), ("b", ["short"])]))
    assert lines[:2] == ["row  reason", "배   " + "word " * 14 + "word"]
    assert lines[2:] == ["     " + "word " * 4 + "word", "     text", "b    short"]


@given(ANY)
def test_json_escapes_control_characters_and_keeps_its_meaning(text: str) -> None:
    out = io.StringIO()
    with redirect_stdout(out):
        echo_json([text])
    assert json.loads(out.getvalue()) == [text]
    for line in out.getvalue().split("\n"):
        assert safe(line) == line


def test_a_lone_surrogate_is_escaped() -> None:
    assert safe("배\ud83d") == "배\\ud83d"


def test_json_is_utf8_and_escapes_control_characters() -> None:
    out = io.StringIO()
    with redirect_stdout(out):
        echo_json({"word": "배\x1b"})
    assert out.getvalue() == '{\n  "word": "배\\u001b"\n}\n'
    assert json.loads(out.getvalue()) == {"word": "배\x1b"}


def test_a_command_in_wrapped_text_stays_on_one_line() -> None:
    command = "`kedro review next --verdict reject`"
    assert [line for line in wrapped(f"{'word ' * 13}(to edit: {command})") if command in line]


def test_a_command_longer_than_a_line_is_broken() -> None:
    assert all(width(line) <= 80 for line in wrapped(f"`kedro run {'x' * 100} {'y' * 50}`"))
