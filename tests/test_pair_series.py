"""Run two commands at the same time: neither fails, nothing is paid for twice, and nothing is lost.

`tests/drills/pair_series.py` is the long series.
"""

import pytest
from drills.pair_series import series

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("pair", ["run + equal run", "run + rollback", "run + restore"])
def test_two_commands_at_the_same_time_do_not_harm_each_other(pair: str) -> None:
    assert list(series([pair], rounds=1, seed=1)) == [(pair, [])]
