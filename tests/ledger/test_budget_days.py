"""Test that budget days follow one time zone, and that a wrong clock has no lasting effect."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from support.ledger import fresh_ledger, ledger_at
from support.parameters import llm_parameters
from support.project import ROOT

from korean_flashcards.domain.calls import Call, ReservationRequest
from korean_flashcards.domain.local_time import local_zone_name, zone_named
from korean_flashcards.domain.parameters import PartBudget
from korean_flashcards.ledger.db import backups
from korean_flashcards.ledger.db.health import health
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.spending import totals

DAY, MONTH = PartBudget(per="day", usd=1.0), PartBudget(per="month", usd=1.0)
SPENT_TODAY = """
import sys; from pathlib import Path
from korean_flashcards.domain.parameters import PartBudget
from korean_flashcards.ledger.facade import Ledger
with Ledger(Path(sys.argv[1]), 2, 30, 3) as ledger:
    print(ledger.budgets.spent(PartBudget(per="day", usd=1.0)).usd, ledger.budgets.foreign_zone())
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with fresh_ledger(tmp_path) as book:
        book.runs.wait_for_others("the same")
        yield book


def in_zone(ledger: Ledger, name: str) -> None:
    with ledger.store.write() as connection:
        connection.exec_driver_sql("UPDATE ledger_settings SET value = ?", (name,))


def record(ledger: Ledger, usd: float, at: float) -> None:
    ledger.budgets.record([
        Call(
            at=at, stage="nuance", term="배", model="openai/m", provider="openai", prompt_version="v", key="k", kind="ask",
            attempt=1, outcome="ok", message=None, tokens_in=1, tokens_out=1, tokens_cached=0, tokens_reasoning=0, usd=usd,
            latency_s=0.1, queue_s=0.0,
        )
    ])  # fmt: skip


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=40), timedelta(days=400)])
def test_a_call_with_a_time_in_the_future_does_not_count_today(ledger: Ledger, ahead: timedelta) -> None:
    at = datetime.now() + ahead
    record(ledger, 0.7, at.timestamp())
    assert ledger.budgets.spent(DAY).usd == 0
    same_month = (at.year, at.month) == (datetime.now().year, datetime.now().month)
    assert ledger.budgets.spent(MONTH).usd == (0.7 if same_month else 0)
    (model,) = totals.models(ledger.store)
    assert (model.today.usd, model.month.usd) == (0, 0.7 if same_month else 0)


def test_a_run_with_a_clock_in_the_future_does_not_stay_the_last_run(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as future:
        future.runs.wait_for_others("a")
        record(future, 0.7, time.time())
        with future.store.write() as connection:
            connection.exec_driver_sql("UPDATE runs SET started = '2099-01-01T00:00:00Z'")
    with ledger_at(tmp_path / "ledger.db") as now:
        now.runs.wait_for_others("b")
        record(now, 0.2, time.time())
    with ledger_at(tmp_path / "ledger.db") as looking:
        assert looking.budgets.spent(PartBudget(per="run", usd=1.0)).usd == 0.2
        assert totals.models(looking.store)[0].last_run.usd == 0.2


def test_a_breaker_that_opened_in_the_future_is_closed_and_can_open_again(ledger: Ledger) -> None:
    parameters = llm_parameters().breaker
    ledger.breakers.open("m", "503", parameters)
    with ledger.store.write() as connection:
        connection.exec_driver_sql("UPDATE llm_breakers SET opened = opened + 9e7, probe_at = probe_at + 9e7")
    assert ledger.breakers.breaker("m").state == "closed"
    assert ledger.breakers.open("m", "502", parameters).state == "open"
    assert ledger.breakers.breaker("m").opened < time.time() + 1


@pytest.mark.slow
def test_machines_in_different_zones_share_one_day(tmp_path: Path) -> None:
    """At any moment, the date differs between UTC-12 and UTC+14. Each call counts toward the day of the ledger's zone."""
    with fresh_ledger(tmp_path) as ledger:
        in_zone(ledger, "Asia/Seoul")
        ledger.runs.wait_for_others("the same")
        record(ledger, 0.25, time.time())
    found = {
        subprocess.run(
            [sys.executable, "-c", SPENT_TODAY, str(tmp_path / "ledger.db")], text=True, check=True, capture_output=True,
            env={"PYTHONPATH": str(ROOT / "src"), "TZ": zone},
        ).stdout
        for zone in ("Etc/GMT+12", "Pacific/Kiritimati", "KST-9", "Asia/Seoul")
    }  # fmt: skip
    assert found == {"0.25 Asia/Seoul\n", "0.25 None\n"}


@pytest.mark.parametrize("offset", [-12, 0, 9, 14])
def test_a_day_ends_at_midnight_in_the_ledgers_zone(ledger: Ledger, offset: int) -> None:
    zone = timezone(timedelta(hours=offset))
    in_zone(ledger, f"{'-' if offset < 0 else '+'}{abs(offset):02}:00")
    midnight = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    record(ledger, 0.5, midnight.timestamp() - 1)
    assert ledger.budgets.spent(DAY).usd == 0
    record(ledger, 0.25, midnight.timestamp())
    assert ledger.budgets.spent(DAY).usd == 0.25


def test_a_refusal_names_the_zone_only_where_it_differs(ledger: Ledger) -> None:
    one = ReservationRequest("r", "k", "배", "nuance", "openai/m", "v", 0.1, 1)
    budget = llm_parameters(budget={"day": {"usd": 0.05}, "run": {"usd": None}}).budget
    here = datetime.now().astimezone().utcoffset() or timedelta()
    other = (datetime.now(UTC) + here + timedelta(hours=3)).strftime("%H")  # any different offset
    assert " for today (" in str(ledger.budgets.reserve([one], budget).refused)
    far = "+14:00" if here < timedelta(hours=10) else "-12:00"
    in_zone(ledger, far)
    assert other and f" for today in {far} (" in str(ledger.budgets.reserve([one], budget).refused)


@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/St_Johns", "KST-9", "<+0545>-5:45", ""])
def test_a_new_ledger_stores_the_machines_zone(tmp_path: Path, zone: str) -> None:
    program = (
        "from datetime import datetime; from korean_flashcards.domain.local_time import *; name = local_zone_name(); "
        "now = datetime.now(); print(name, zone_named(name).utcoffset(now) == now.astimezone().utcoffset())"
    )
    environment = {"PYTHONPATH": str(ROOT / "src")} | ({"TZ": zone} if zone else {})
    out = subprocess.run([sys.executable, "-c", program], env=environment, text=True, capture_output=True, check=True)
    name, same = out.stdout.split()
    assert same == "True" and name == {"KST-9": "+09:00", "<+0545>-5:45": "+05:45"}.get(zone, zone or name)
    with pytest.raises(ValueError, match="unknown time zone"):
        zone_named("Mars/Olympus")
    assert zone_named(local_zone_name())


def named(ledger: Ledger, stamps: list[str]) -> list[str]:
    """Make a backup for each stamp, and return the names from the newest to the oldest."""
    for stamp in stamps:
        made = ledger.backup()
        for file in (made, backups.checksum_file(made)):
            file.rename(file.with_name(file.name.replace(made.name, f"ledger-{stamp}.db.gz")))
    return [file.name.removeprefix("ledger-").removesuffix(".db.gz") for file in backups.listing(ledger.store.path)]


def test_a_backup_from_the_future_is_not_the_newest(ledger: Ledger) -> None:
    ago, future = "20261101T000000000000Z", "20990101T000000000000Z"
    assert named(ledger, [future, ago]) == [ago, future]
    found = health(ledger.store.path)
    assert found.last_backup_at == "2026-11-01T00:00:00Z"
    assert any("while the clock was wrong" in line and future in line for line in found.attention)


def test_backups_from_the_future_do_not_push_out_new_ones(ledger: Ledger) -> None:
    """Three backups are kept. Three from the future must not delete each backup as soon as it is made."""
    named(ledger, ["20990101T000000000000Z", "20990102T000000000000Z", "20990103T000000000000Z"])
    made = [ledger.backup() for _ in range(3)]
    assert backups.listing(ledger.store.path) == made[::-1]


def test_only_backups_from_the_future_are_in_their_order(ledger: Ledger) -> None:
    stamps: list[Any] = ["20990102T000000000000Z", "20990101T000000000000Z"]
    assert named(ledger, stamps) == stamps
