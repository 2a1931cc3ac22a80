"""Run two commands at the same time: neither fails, nothing is paid for twice, and nothing is lost.

`tests/drills/pair_series.py` is the long series.
"""

import pytest
from drills.pair_series import series

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("pair", "validation"), [("run + equal run", "on"), ("run + rollback", "off"), ("run + restore", "off")]
)
def test_two_commands_at_the_same_time_do_not_harm_each_other(
    pair: str, validation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two equal runs write the same results of validation. For the others, validation only takes time."""
    monkeypatch.setenv("KEDRO_DATASET_VALIDATION", validation)
    assert list(series([pair], rounds=1, seed=1)) == [(pair, [])]
