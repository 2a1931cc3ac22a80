"""Test Cohen's kappa: textbook tables, undefined cases, and properties of any table."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from korean_flashcards.quality.agreement import Kappa, kappa

ANY_PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=40)


def table(*rows: Sequence[int]) -> list[tuple[str, str]]:
    """Return the pairs of verdicts from a table of counts. Rows are the first rater, columns the second."""
    return [(str(i), str(j)) for i, row in enumerate(rows) for j, count in enumerate(row) for _ in range(count)]


def test_two_readers_of_fifty_grant_proposals() -> None:
    """Computed by hand: p_o = 0.7, p_e = 0.5; variance (0.02743 + 0.02547 - 0.0025) / (50 x 0.0625) = 0.016128."""
    found = kappa(table([20, 5], [10, 15]))
    assert (found.rated, found.agreed) == (50, 0.7)
    assert found.kappa == pytest.approx(0.4)
    reach = 1.959964 * math.sqrt(0.016128)
    assert (found.low, found.high) == (pytest.approx(0.4 - reach), pytest.approx(0.4 + reach))


def test_diagnoses_of_a_hundred_patients_in_three_classes() -> None:
    """From Fleiss, Statistical Methods for Rates and Proportions, chapter 18: kappa 0.68, 95 % interval 0.50 to 0.85."""
    found = kappa(table([75, 1, 4], [5, 4, 1], [0, 0, 10]))
    assert found.agreed == pytest.approx(0.89)
    assert found.kappa == pytest.approx(0.23 / 0.34)
    assert (found.low, found.high) == (pytest.approx(0.504, abs=0.001), pytest.approx(0.849, abs=0.001))


def test_the_same_share_of_agreement_can_have_different_kappas() -> None:
    """The classic pair of tables: 60 of 100 agree in both, but a frequent verdict makes agreement by chance likelier."""
    assert kappa(table([45, 15], [25, 15])).kappa == pytest.approx(0.1304, abs=0.0001)
    assert kappa(table([25, 35], [5, 35])).kappa == pytest.approx(0.2593, abs=0.0001)


def test_kappa_is_1_for_full_agreement_and_negative_for_opposition() -> None:
    assert kappa(table([5, 0], [0, 5])) == Kappa(10, 1.0, 1.0, 1.0, 1.0)
    assert kappa(table([0, 5], [5, 0]))[:3] == (10, 0.0, -1.0)
    assert kappa([("publish", "reject")] * 3) == Kappa(3, 0.0, 0.0, None, None)
    assert kappa(table([25, 25], [25, 25])).kappa == 0


def test_kappa_is_undefined_without_ratings_or_with_a_single_verdict() -> None:
    assert kappa([]) == Kappa(0, None, None, None, None)
    assert kappa([("publish", "publish")] * 7) == Kappa(7, 1.0, None, None, None)


def test_a_rater_with_a_single_verdict_agrees_only_by_chance() -> None:
    found = kappa([("publish", "publish")] * 6 + [("publish", "reject")] * 2)
    assert found == Kappa(8, 0.75, 0.0, None, None), "an interval without width would suggest certainty"


@given(ANY_PAIRS)
def test_kappa_is_in_its_interval_and_does_not_depend_on_the_order_of_raters(pairs: list[tuple[str, str]]) -> None:
    found, turned = kappa(pairs), kappa([(second, first) for first, second in pairs])
    assert turned == pytest.approx(found, nan_ok=False)
    if found.low is not None:
        assert found.kappa is not None and found.high is not None and found.agreed is not None
        assert -1 <= found.low <= found.kappa <= found.high <= 1 and found.kappa <= found.agreed + 1e-12


@given(ANY_PAIRS, st.integers(2, 5))
def test_repeated_ratings_narrow_the_interval_and_keep_kappa(pairs: list[tuple[str, str]], times: int) -> None:
    once, more = kappa(pairs), kappa(pairs * times)
    assume(
        once.kappa is not None and once.low is not None and once.low > -1 and once.high is not None and once.high < 1
    )
    assert more.kappa == pytest.approx(once.kappa)
    assert more.low is not None and more.high is not None and once.low is not None and once.high is not None
    assert (more.high - more.low) * math.sqrt(times) == pytest.approx(once.high - once.low)
