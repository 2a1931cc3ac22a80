"""Test that equal warnings become one line, and that nothing is lost without saying so."""

import pytest

from korean_flashcards.domain.warning_groups import grouped


def warnings(*reasons: str, code: str = "topik_level") -> list[dict[str, object]]:
    return [{"row": row, "code": code, "reason": reason} for row, reason in enumerate(reasons, 2)]


@pytest.mark.parametrize(
    ("reasons", "sentence"),
    [
        (["it is odd"], "Row 2: it is odd."),
        (["it is odd"] * 2, "Rows 2, 3: it is odd."),
        (["it is odd"] * 1200, "Rows 2, 3, 4, … (1,200 in total): it is odd."),
        (["'A' is odd", "'B' is odd"], "Rows 2, 3: 'A', 'B' is odd."),
        ([f"'{sign}' is odd" for sign in "ABCDE"], "Rows 2, 3, 4, … (5 in total): 'A', 'B', 'C', … is odd."),
        (["a is odd", "b is even"], "Rows 2, 3: a is odd; b is even."),
        (list("abcde"), "Rows 2, 3, 4, … (5 in total): a; b; c; and 2 more."),
    ],
)
def test_warnings_with_one_code_are_one_sentence(reasons, sentence):
    (group,) = grouped(warnings(*reasons))
    assert (group.count, group.sentence) == (len(reasons), sentence)
    assert group.is_abridged == ("…" in sentence)


def test_each_code_has_its_own_group_in_the_order_of_rows():
    both = [*warnings("a", "a", code="one"), *warnings("b", code="two")]
    assert [(group.code, group.count) for group in grouped(both)] == [("one", 2), ("two", 1)]
    assert grouped([]) == ()
