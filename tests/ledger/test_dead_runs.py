"""Test that a run that dies is charged for its calls in flight, once, and for nothing else."""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.ledger import fresh_ledger, ledger_at
from support.parameters import llm_parameters
from support.project import kill

from korean_flashcards.domain.calls import PaidReply, ReservationRequest
from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.parameters import PartBudget
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.spending import totals

DYING = Path(__file__).parents[1] / "support" / "dying_run.py"
DAY = PartBudget(per="day", usd=20.0)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kill a run with 20 reservations that has sent 3 calls and recorded 1 of them, and return the ledger's folder."""
    folder = tmp_path_factory.mktemp("killed")
    path = folder / "ledger.db"
    fresh_ledger(folder).close()
    process = subprocess.Popen([sys.executable, str(DYING), str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "reserved\n"
    kill(process)
    return folder


@pytest.fixture
def after_a_kill(killed: Path, tmp_path: Path) -> Iterator[Ledger]:
    """Open a copy of the ledger of the killed run."""
    shutil.copytree(killed, tmp_path, dirs_exist_ok=True)
    with ledger_at(tmp_path / "ledger.db") as ledger:
        yield ledger


def unknown(key: str, since: float) -> None:
    """Return no reply, as an empty cache does."""


def calls(ledger: Ledger) -> list[tuple[Any, ...]]:
    with ledger.store.read() as connection:
        query = "SELECT key, outcome, round(usd, 6), tokens_in, tokens_out, booked FROM llm_calls ORDER BY number"
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_a_killed_run_is_charged_only_for_the_calls_that_left(after_a_kill: Ledger) -> None:
    assert after_a_kill.budgets.settle_dead(unknown) == 2
    assert calls(after_a_kill)[1:] == [
        ("k1", "interrupted", 0.1, 0, 100, "reserved"), ("k2", "interrupted", 0.1, 0, 100, "reserved"),
    ]  # fmt: skip
    found = after_a_kill.budgets.spent(DAY)
    assert found.usd == pytest.approx(0.21) and found.reserved_usd == 0 and found.requests == 3
    assert list((after_a_kill.store.path.parent / ".runs").glob("*.sent")) == []


def test_without_its_list_of_sent_calls_a_dead_run_is_charged_for_all_reservations(after_a_kill: Ledger) -> None:
    (listed,) = (after_a_kill.store.path.parent / ".runs").glob("*.sent")
    listed.unlink()
    assert after_a_kill.budgets.settle_dead(unknown) == 19


def test_a_call_whose_note_was_cut_off_never_left(after_a_kill: Ledger) -> None:
    (listed,) = (after_a_kill.store.path.parent / ".runs").glob("*.sent")
    listed.write_bytes(listed.read_bytes()[:-1])
    assert after_a_kill.budgets.settle_dead(unknown) == 1


def test_a_cached_reply_counts_at_its_own_cost_and_tokens(after_a_kill: Ledger) -> None:
    """The cost of an accepted reply includes the earlier attempts of the run, which are recorded already."""
    with after_a_kill.store.write() as connection:
        connection.exec_driver_sql("UPDATE llm_calls SET key = 'k2'")
    paid = {"k1": PaidReply(0.02, 7, 8), "k2": PaidReply(0.04, 12, 15, whole=True)}
    after_a_kill.budgets.settle_dead(lambda key, since: paid.get(key))
    assert calls(after_a_kill)[1:] == [("k1", "ok", 0.02, 7, 8, "reported"), ("k2", "ok", 0.03, 7, 10, "reported")]


def test_a_reply_that_is_recorded_already_does_not_pay_for_the_call_in_flight(after_a_kill: Ledger) -> None:
    with after_a_kill.store.write() as connection:
        connection.exec_driver_sql("UPDATE llm_calls SET key = 'k2'")
    after_a_kill.budgets.settle_dead(lambda key, since: PaidReply(0.01, 5, 5, whole=True) if key == "k2" else None)
    assert calls(after_a_kill)[2] == ("k2", "interrupted", 0.1, 0, 100, "reserved")


def test_runs_that_start_together_after_a_crash_book_each_call_once(after_a_kill: Ledger) -> None:
    others = [ledger_at(after_a_kill.store.path) for _ in range(4)]
    ready = threading.Barrier(len(others))
    counts = []

    def slow(key: str, since: float) -> None:
        time.sleep(0.02)

    def begin(ledger: Ledger) -> None:
        ledger.runs.wait_for_others("same")
        ready.wait()
        counts.append(ledger.budgets.settle_dead(slow))
        ledger.close()

    threads = [threading.Thread(target=begin, args=(ledger,)) for ledger in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(counts) == [0, 0, 0, 2]
    assert [key for key, *_ in calls(after_a_kill)] == ["k0", "k1", "k2"]


def test_a_run_that_ends_keeps_its_sent_calls_for_the_next_run_and_releases_the_others(tmp_path: Path) -> None:
    """A second Ctrl-C cancels calls in flight, which the provider may bill."""
    wanted = [ReservationRequest(f"r{n}", f"k{n}", "배", "nuance", "openai/m", "abc", 0.1, 100) for n in range(5)]
    with fresh_ledger(tmp_path) as ledger:
        ledger.runs.wait_for_others("same")
        ledger.budgets.reserve(wanted, llm_parameters().budget)
        ledger.budgets.sent("r4")
    with ledger_at(tmp_path / "ledger.db") as ledger:
        assert ledger.budgets.spent(DAY).reserved_usd == pytest.approx(0.1)
        assert ledger.budgets.settle_dead(unknown) == 1


def test_a_run_without_calls_in_flight_leaves_no_list(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        ledger.runs.wait_for_others("same")
        one = ReservationRequest("r1", "k1", "배", "nuance", "openai/m", "abc", 0.1, 100)
        ledger.budgets.reserve([one], llm_parameters().budget)
    assert list((tmp_path / ".runs").iterdir()) == []


def test_a_call_that_cannot_be_noted_is_an_error(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        ledger.runs.wait_for_others("same")
        (tmp_path / ".runs" / f"{ledger.runs.current}.sent").symlink_to("/dev/full")
        one = ReservationRequest("r1", "k1", "배", "nuance", "openai/m", "abc", 0.1, 100)
        ledger.budgets.reserve([one], llm_parameters().budget)
        with pytest.raises(LedgerError, match="The call was not made"):
            ledger.budgets.sent("r1")


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        ({"day": {"usd": 0.25}}, "USD 0.2000 for 2 calls"),
        ({"month": {"usd": None, "tokens": 250}}, "200 tokens for 2 calls"),
        ({"parts": [{"per": "day", "model": "openai/m", "requests": 3}]}, None),
        ({"parts": [{"per": "day", "model": "openai/m", "usd": 0.05}]}, "USD 0.2000 for 2 calls"),
        ({"run": {"usd": 0.05}}, None),
    ],
)
def test_a_refusal_names_the_command_only_if_interrupted_calls_count(
    after_a_kill: Ledger, limits: dict[str, Any], named: str | None
) -> None:
    after_a_kill.runs.wait_for_others("same")
    after_a_kill.budgets.settle_dead(unknown)
    one = ReservationRequest("new", "k", "배", "nuance", "openai/m", "abc", 0.1, 100)
    none = {"usd": None}
    budget = llm_parameters(budget={"run": none, "day": none, "month": none} | limits).budget
    refused = str(after_a_kill.budgets.reserve([one], budget).refused)
    assert ("`kedro llm reset --interrupted`" in refused) == (named is not None), refused
    assert named is None or f"includes {named} that ended without a reply when a run was killed" in refused
    if named:
        totals.write_off(after_a_kill.store)
        assert after_a_kill.budgets.spent(DAY).usd == pytest.approx(0.01)
        assert "--interrupted" not in str(after_a_kill.budgets.reserve([one], budget).refused)
