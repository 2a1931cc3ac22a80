"""Test that output lines fit 80 columns and that commands stay on one line."""

from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.domain.line_wrap import COLUMNS, width, wrapped


@given(st.lists(st.text("ab가漢`", min_size=1, max_size=20), max_size=40))
def test_lines_fit_the_width_and_keep_every_word(words: list[str]) -> None:
    text = " ".join(word.replace("`", "") or "a" for word in words)
    lines = wrapped(text, "  - ").split("\n")
    assert all(width(line) <= COLUMNS for line in lines)
    assert " ".join(lines).split() == ["-", *text.split()]


def test_later_lines_are_indented_to_the_width_of_the_head() -> None:
    first, second = wrapped("word " * 20, "Time       ").split("\n")
    assert first.startswith("Time       word") and second.startswith(" " * 11 + "word")


def test_a_command_stays_on_one_line() -> None:
    command = "`kedro tasks list --code rate_limit`"
    lines = wrapped(f"{'word ' * 13}{command}, then run again", "  - ").split("\n")
    assert [line for line in lines if command in line]


def test_a_word_longer_than_a_line_is_not_broken() -> None:
    assert wrapped(f"see {'x' * 100} there", "  - ").split("\n") == ["  - see", f"    {'x' * 100}", "    there"]


def test_an_empty_text_gives_only_the_head() -> None:
    assert wrapped("", "Time") == "Time"
