"""Test that an amount in USD is never shown as nothing, and never far from its value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_flashcards.domain.money import usd_number


@pytest.mark.parametrize(
    ("amount", "decimals", "shown"),
    [
        (0.004, 2, "0.004"), (0.0001, 2, "0.0001"), (0.00004, 4, "0.00004"), (0.015, 2, "0.015"), (1.005, 2, "1.00"),
        (5, 2, "5.00"), (0, 2, "0.00"), (0.0, 4, "0.0000"), (1234.5, 2, "1,234.50"), (0.05, 2, "0.05"),
    ],
)  # fmt: skip
def test_small_amounts_get_more_decimals(amount: float, decimals: int, shown: str) -> None:
    assert usd_number(amount, decimals) == shown


@given(st.floats(1e-12, 1e6), st.integers(0, 6))
def test_a_shown_amount_is_close_to_the_amount(amount: float, decimals: int) -> None:
    assert float(usd_number(amount, decimals).replace(",", "")) == pytest.approx(amount, rel=0.06)
