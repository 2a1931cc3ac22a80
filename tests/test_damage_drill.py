"""Damage a project and follow the advice: the project runs again, and no readable reply is paid for twice.

`tests/drills/damage_drill.py` is the long drill.
"""

import pytest
from drills.damage_drill import series

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "only", ["reply cache", "ledger.db", "03_primary/nuance.parquet", "manifest.json", "globals.yml"]
)
def test_the_advice_after_damage_leads_to_a_complete_run(only: str) -> None:
    problems = [f"{outcome.case}: {outcome.problems}" for outcome in series(1, only) if outcome.problems]
    assert not problems, "\n".join(problems)
