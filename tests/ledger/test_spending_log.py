"""Test that spending that the ledger has lost is noticed, exactly, and counts toward the budgets again."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.commands import kedro_here
from support.ledger import fresh_ledger, ledger_at
from support.parameters import llm_parameters
from support.project import Project

from korean_flashcards.domain.calls import Call, ReservationRequest
from korean_flashcards.domain.parameters import PartBudget
from korean_flashcards.ledger.db.health import health
from korean_flashcards.ledger.db.spending_log import SpendingLog
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.spending import corrections, totals

DAY = PartBudget(per="day", usd=10.0)


def pay(ledger: Ledger, count: int, usd: float = 0.1, outcome: str = "ok", model: str = "openai/m") -> None:
    """Reserve and record calls."""
    requests = [
        ReservationRequest(f"{time.time()}-{number}", "k", "배", "nuance", model, "abc", 1.0, 500)
        for number in range(count)
    ]
    ledger.budgets.reserve(requests, llm_parameters().budget)
    calls = [
        Call(
            at=time.time(), stage=one.stage, term=one.term, model=one.model, provider="openai", prompt_version="abc",
            key=one.key, kind="ask", attempt=1, outcome=outcome, message=None, tokens_in=50, tokens_out=0,
            tokens_cached=0, tokens_reasoning=0, usd=usd, latency_s=0.1, queue_s=0.0, reservation=one.reservation,
        )
        for one in requests
    ]  # fmt: skip
    ledger.budgets.record(calls)


@pytest.fixture
def paid(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger with a call before its backup "old.db", and three calls after it."""
    with fresh_ledger(tmp_path) as ledger:
        pay(ledger, 1)
    shutil.copy(ledger.store.path, tmp_path / "old.db")
    with ledger_at(ledger.store.path) as ledger:
        pay(ledger, 3)
    with ledger_at(ledger.store.path) as ledger:
        yield ledger


def restore(ledger: Ledger) -> None:
    shutil.copy(ledger.store.path.with_name("old.db"), ledger.store.path)


def rounded(ledger: Ledger) -> tuple[float, int, int]:
    spent = ledger.budgets.spent(DAY)
    return round(spent.usd, 6), spent.tokens, spent.requests


def test_an_intact_ledger_has_lost_nothing(paid: Ledger) -> None:
    assert paid.budgets.record_lost(paid.budgets.log) == []
    assert health(paid.store.path).attention == []


def test_spending_after_an_older_copy_counts_again_and_only_once(paid: Ledger) -> None:
    before = rounded(paid)
    paid.close()
    restore(paid)
    assert rounded(paid) == (0.1, 50, 1)
    (told,) = health(paid.store.path).attention
    assert "has lost 3 paid calls, about USD 0.30" in told and "`kedro run` records this spending again" in told
    (lost,) = paid.budgets.record_lost(paid.budgets.log)
    assert (lost.calls, lost.tokens, round(lost.usd, 6)) == (3, 150, 0.3)
    assert rounded(paid) == before == (0.4, 200, 4)
    assert paid.budgets.record_lost(paid.budgets.log) == [] and health(paid.store.path).attention == []


def test_a_plan_counts_lost_spending_without_a_change(paid: Ledger) -> None:
    paid.close()
    restore(paid)
    with paid.rehearsal() as rehearsal:
        assert rounded(rehearsal) == (0.4, 200, 4)
    assert rounded(paid) == (0.1, 50, 1)


def test_a_deleted_write_ahead_log_is_noticed(tmp_path: Path) -> None:
    ledger = fresh_ledger(tmp_path / "run")
    pay(ledger, 2)
    # The process is killed here: its write-ahead log still contains the calls.
    killed = tmp_path / "killed"
    shutil.copytree(tmp_path / "run", killed, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    ledger.close()
    with ledger_at(killed / "ledger.db") as found:
        assert rounded(found) == (0.0, 0, 0)
        assert [lost.calls for lost in found.budgets.record_lost(found.budgets.log)] == [2]
        assert rounded(found) == (0.2, 100, 2)


def write_off(ledger: Ledger) -> None:
    totals.write_off(ledger.store)


def correct(ledger: Ledger) -> None:
    corrections.correct(ledger.store, 1, 10, 0, 0.01)


def raise_cost(ledger: Ledger) -> None:
    corrections.correct(ledger.store, 1, None, None, 5.0)


@pytest.mark.parametrize("change", [write_off, correct, raise_cost])
def test_corrected_calls_are_not_lost(tmp_path: Path, change: Callable[[Ledger], None]) -> None:
    with fresh_ledger(tmp_path) as ledger:
        pay(ledger, 2, outcome="interrupted")
        change(ledger)
        assert ledger.budgets.record_lost(ledger.budgets.log) == []


def test_the_offline_model_is_not_logged(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        pay(ledger, 2, usd=0.0, model="offline/dictionary")
        assert not ledger.budgets.log.path.exists()


@pytest.mark.parametrize("text", ["", "\n1.5\tr", "\n1\tr\tnuance\tm\tmany\t5\t0.1\n", "\0\ufffd"])
def test_lines_that_are_cut_off_are_left_out(paid: Ledger, text: str) -> None:
    with paid.budgets.log.path.open("a", encoding="utf-8") as file:
        file.write(text)
    pay(paid, 1)
    assert paid.budgets.record_lost(paid.budgets.log) == []
    paid.close()
    restore(paid)
    assert sum(one.calls for one in paid.budgets.record_lost(paid.budgets.log)) == 4


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        SpendingLog(ledger.store.path).path.mkdir(parents=True)
        pay(ledger, 1)
        assert rounded(ledger) == (0.1, 50, 1)
        assert ledger.budgets.record_lost(ledger.budgets.log) == []


@pytest.mark.slow
def test_the_commands_name_the_lost_spending_and_a_run_records_it(
    finished: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = finished.copied_to(tmp_path / "project")
    path = project.folder / "data" / "ledger.db"
    shutil.copy(path, tmp_path / "old.db")
    with ledger_at(path) as ledger:
        pay(ledger, 12, usd=0.02)
    shutil.copy(tmp_path / "old.db", path)
    kedro = kedro_here(project, monkeypatch)
    lost = "The ledger has lost 12 paid calls, about USD 0.24"
    options = ("--pipelines=ingress,nuance", "--params=limit=2")
    for command in ("plan", "status"):
        assert lost in kedro(command, options[0]).stderr
    verified = kedro("db", "verify", "--json")
    assert verified.exit_code == 2 and lost in json.dumps(json.loads(verified.stdout))
    assert kedro("db", "health").exit_code == 2
    started = kedro("run", *options)
    assert started.exit_code == 0 and lost in started.stderr and "It was recorded again" in started.stderr
    assert project.ledger("SELECT count(*), round(sum(usd), 6) FROM llm_calls WHERE model = 'openai/m'") == [(12, 0.24)]
    assert "has lost" not in kedro("plan", options[0]).stderr and kedro("db", "health").exit_code == 0


def test_the_check_is_fast_after_many_calls(tmp_path: Path) -> None:
    with fresh_ledger(tmp_path) as ledger:
        pay(ledger, 1)
        (line,) = ledger.budgets.log.path.read_text(encoding="utf-8").split("\n")[1:2]
        with ledger.budgets.log.path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n".replace("\t1\t50\t0.1", "\t0\t0\t0.0") * 10_000)
        began = time.perf_counter()
        assert ledger.budgets.record_lost(ledger.budgets.log) == []
        assert time.perf_counter() - began < 0.5, "about 25 ms on an idle machine"
