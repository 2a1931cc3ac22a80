"""Test the records of runs: every run has one, killed and stopped runs included, and cleanup keeps the sums by day."""

import _thread
import logging
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from support.ledger import fill_ledger, fresh_ledger, ledger_at
from support.project import ROOT, kill

from korean_flashcards.commands.runs.text import run_lines, runs_table
from korean_flashcards.domain.errors import LedgerError
from korean_flashcards.domain.run_record import RunResult, RunStart, StageFigures
from korean_flashcards.ledger import run_history
from korean_flashcards.ledger.facade import Ledger
from korean_flashcards.ledger.words.rollback import cleanup

START = RunStart(["nuance"], "local", {"limit": 3}, {"limit": 3, "llm": {"model": "openai/test"}})
STAGES = [
    StageFigures("ingress", 0.5),
    StageFigures("nuance", 2.25, 3, 10, 2, 900, 400, 0.25, 1),
    StageFigures("flashcards", 1.0, 2, 5, 2, 100, 50, 0.5, 0),
]
STARTED_RUN = """
import sys
from pathlib import Path
from korean_flashcards.domain.run_record import RunStart
from korean_flashcards.ledger.facade import Ledger
ledger = Ledger(Path(sys.argv[1]), 2, 30, 3)
print(ledger.runs.wait_for_others("f", RunStart(["nuance"], "test", {"words": ["배"]}, {})), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Return an empty ledger."""
    return fresh_ledger(tmp_path)


def run(ledger: Ledger, result: RunResult, fingerprint: str = "f") -> str:
    """Record a run that ends with this result, and return its ID."""
    with ledger_at(ledger.store.path) as one:
        run_id = one.runs.wait_for_others(fingerprint, START)
        one.runs.conclude(result)
    return run_id


def add_call(
    ledger: Ledger, run_id: str, stage: str = "nuance", usd: float | None = 0.002, number: int | None = None
) -> None:
    """Add a call by the run to the ledger."""
    with ledger.store.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO llm_calls (number, at, run_id, stage, term, model, provider, prompt_version, key, kind, attempt, "
            "outcome, tokens_in, tokens_out, tokens_cached, tokens_reasoning, usd, latency_s, queue_s) VALUES "
            "(?, '2026-11-29T10:00:00Z', ?, ?, '배', 'm', 'p', 'v', 'k', 'ask', 1, 'ok', 300, 40, 0, 0, ?, 1, 0)",
            (number, run_id, stage, usd),
        )


def newest(ledger: Ledger) -> run_history.RecordedRun:
    return run_history.find(ledger.store, None)


def test_a_run_is_recorded_with_its_start_its_result_and_its_figures(ledger: Ledger) -> None:
    run_id = run(ledger, RunResult(2, words=3, cards=7, failures=1, stages=STAGES))
    found = newest(ledger)
    assert (found.run_id, found.kind, found.state, found.exit_code) == (run_id, "run", "incomplete", 2)
    assert (found.pipelines, found.environment, found.given) == (["nuance"], "local", {"limit": 3})
    assert found.parameters["llm"] == {"model": "openai/test"} and found.ended and found.seconds >= 0
    assert (found.words, found.cards, found.failures, found.cache_hits, found.cache_misses) == (3, 7, 1, 15, 4)
    assert (found.calls, found.tokens_in, found.tokens_out, found.usd, found.unpriced) == (5, 1000, 450, 0.75, 1)
    assert found.stages == STAGES


def test_an_error_is_recorded_with_its_code_and_message(ledger: Ledger) -> None:
    run(ledger, RunResult(1, "export", "korean.apkg cannot be replaced."))
    found = newest(ledger)
    assert (found.state, found.error_code, found.message) == ("failed", "export", "korean.apkg cannot be replaced.")
    assert found.words is found.usd is found.cache_hits is None


def test_each_of_two_simultaneous_runs_has_its_own_record(ledger: Ledger) -> None:
    with ledger_at(ledger.store.path) as one, ledger_at(ledger.store.path) as two:
        ids = [each.runs.wait_for_others("f", START) for each in (one, two)]
        assert {each.state for each in run_history.listing(ledger.store)[0]} == {"active"}
        add_call(ledger, ids[0], usd=0.5)
        one.runs.conclude(RunResult(0, words=1))
        two.runs.conclude(RunResult(2, words=2))
    found = {each.run_id: each for each in run_history.listing(ledger.store)[0]}
    assert [found[run_id].words for run_id in ids] == [1, 2]
    assert [found[run_id].usd for run_id in ids] == [0.5, None]


def test_the_next_command_records_a_killed_run_with_the_cost_of_its_calls(ledger: Ledger) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", STARTED_RUN, str(ledger.store.path)], text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, env={"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert process.stdout is not None
    run_id = process.stdout.readline().strip()
    add_call(ledger, run_id, usd=0.125)
    add_call(ledger, run_id, "flashcards", usd=None)
    assert newest(ledger).state == "active"
    kill(process)
    assert ledger.runs.sweep() == 1
    found = newest(ledger)
    assert (found.state, found.exit_code, found.error_code) == ("killed", None, "killed")
    assert "killed" in str(found.message) and found.ended
    assert (found.environment, found.given, found.words) == ("test", {"words": ["배"]}, None)
    assert (found.calls, found.tokens_in, found.usd, found.unpriced) == (2, 600, 0.125, 1)
    assert [stage.stage for stage in found.stages] == ["flashcards", "nuance"]


@pytest.mark.parametrize(
    ("settled", "state", "code", "failures"),
    [("2999-01-01T00:00:00Z", "failed", "timeout", 1), ("2999-01-01T00:00:00Z", "dead", "no_definition", 1),
     ("2000-01-01T00:00:00Z", "failed", "timeout", 0)],
)  # fmt: skip
def test_the_record_of_a_killed_run_has_its_failures_and_says_what_is_unknown(
    ledger: Ledger, settled: str, state: str, code: str | None, failures: int
) -> None:
    fill_ledger(ledger, ["배#1", "말#1"])
    ledger.runs.end()
    with subprocess.Popen(
        [sys.executable, "-c", STARTED_RUN, str(ledger.store.path)], text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, env={"PYTHONPATH": str(ROOT / "src")},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        run_id = process.stdout.readline().strip()
        with ledger.store.write() as connection:
            query = "UPDATE tasks SET state = ?, code = ?, attempts = 1, settled = ? WHERE item_id = '배#1'"
            connection.exec_driver_sql(query, (state, code, settled))
        add_call(ledger, run_id)
        kill(process)
    ledger.runs.sweep()
    found = run_history.find(ledger.store, run_id)
    assert (found.failures, found.words, found.cards, found.cache_hits, found.calls) == (failures, None, None, None, 1)
    lines = [" ".join(line.split()) for line in run_lines(found)]
    assert {"words unknown", "cards unknown", f"failures {failures}", "cache hits unknown, 1 misses"} <= set(lines)


def add_dead_run(ledger: Ledger, run_id: str, started: str) -> None:
    """Add a run without a lock file and without an end, as a killed process leaves it."""
    with ledger.store.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO runs (run_id, kind, fingerprint, host, pid, started) VALUES (?, 'run', 'f', 'h', 1, ?)",
            (run_id, f"2026-11-29T{started}Z"),
        )


def finish_task(ledger: Ledger, item_id: str, settled: str) -> None:
    with ledger.store.write() as connection:
        query = "UPDATE tasks SET state = 'done', key = 'k', settled = ? WHERE item_id = ? AND stage = 'nuance'"
        connection.exec_driver_sql(query, (f"2026-11-29T{settled}Z", item_id))


def times(ledger: Ledger, run_id: str) -> tuple[str, str, float]:
    """Return the times that the list of runs and the run's own page show, and the recorded seconds."""
    found = run_history.find(ledger.store, run_id)
    lines = (" ".join(line.split()) for line in run_lines(found))
    row = runs_table([found], 200).splitlines()[1].split()
    (text,) = (line for line in lines if line.startswith("duration"))
    return " ".join(row[row.index(found.state) + 1 : -5]), text.removeprefix("duration "), found.seconds


def test_a_killed_run_took_at_least_the_time_until_its_last_call(ledger: Ledger) -> None:
    add_dead_run(ledger, "dead", "09:59:52")
    add_call(ledger, "dead")
    ledger.runs.sweep()
    assert times(ledger, "dead") == ("8 s+", "at least 8.0 s", 8.0)
    lines = [" ".join(line.split()) for line in run_lines(newest(ledger))]
    assert any(line.startswith("last activity 2026-11-29 ") for line in lines)
    assert not any(line.startswith("ended ") for line in lines)


def test_a_killed_run_without_calls_took_at_least_the_time_until_its_last_finished_task(ledger: Ledger) -> None:
    """Events during a different run do not count, because tasks do not name the run that finished them."""
    fill_ledger(ledger, ["배#1", "말#1", "눈#1"])
    ledger.runs.end()
    add_dead_run(ledger, "first", "08:00:00")
    finish_task(ledger, "배#1", "08:00:05")
    finish_task(ledger, "말#1", "07:59:59")
    ledger.runs.sweep()
    add_dead_run(ledger, "second", "09:00:00")
    add_dead_run(ledger, "third", "09:00:30")
    finish_task(ledger, "배#1", "09:00:10")
    finish_task(ledger, "눈#1", "09:00:40")
    ledger.runs.sweep()
    assert [times(ledger, name)[2] for name in ("first", "second", "third")] == [5.0, 10.0, 0.0]
    assert times(ledger, "third")[:2] == ("-", "unknown")


def test_a_run_never_takes_less_time_than_its_stages(ledger: Ledger) -> None:
    run_id = run(ledger, RunResult(0, stages=[StageFigures("export", 0.75), StageFigures("reporting")]))
    for second, shown in ((0, ("1 s", "0.8 s", 0.75)), (9, ("9 s", "9.0 s", 9.0))):
        with ledger.store.write() as connection:
            query = f"UPDATE runs SET started = '2026-11-29T10:00:00Z', ended = '2026-11-29T10:00:0{second}Z'"
            connection.exec_driver_sql(query)
        assert times(ledger, run_id) == shown
    assert run_history.by_day(ledger.store)[0].seconds == 9


def test_a_run_of_an_older_release_is_listed_without_a_result(ledger: Ledger) -> None:
    with ledger_at(ledger.store.path) as old:
        run_id = old.runs.wait_for_others("f")
    add_call(ledger, run_id)
    found = newest(ledger)
    assert (found.state, found.pipelines, found.usd) == ("unknown", [], 0.002)


def test_nodes_that_are_called_by_hand_are_not_listed(ledger: Ledger) -> None:
    with ledger_at(ledger.store.path) as notebook:
        notebook.runs.enter("run")
    assert run_history.listing(ledger.store) == ([], 0)
    with pytest.raises(LedgerError, match="There are no recorded runs yet"):
        newest(ledger)


@pytest.mark.slow
def test_a_run_that_is_stopped_while_it_waits_is_recorded(ledger: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    """It does not count as the last run, because it has done nothing."""
    with ledger_at(ledger.store.path) as first, ledger_at(ledger.store.path) as second:
        first_id = first.runs.wait_for_others("a", START)
        with caplog.at_level(logging.INFO, logger="korean_flashcards"):
            threading.Timer(1, _thread.interrupt_main).start()
            with pytest.raises(KeyboardInterrupt):
                second.runs.wait_for_others("b", START)
                time.sleep(1)
        assert "Waiting for a run" in caplog.text and second.runs.current is None
    found, total = run_history.listing(ledger.store, exit_codes=[1])
    assert total == 1 and found[0].run_id != first_id
    assert (found[0].error_code, found[0].message) == (
        "interrupted", "Stopped while the run waited for another run to finish.",
    )  # fmt: skip


def test_the_list_is_filtered_by_time_exit_code_and_number(ledger: Ledger) -> None:
    ids = [run(ledger, RunResult(code, None if code != 1 else "ledger", None)) for code in (0, 1, 2, 0)]
    age(ledger, ids[0], "2026-01-01T00:00:00Z")
    found, total = run_history.listing(ledger.store, limit=2)
    assert total == 4 and len(found) == 2 and {each.run_id for each in found} <= set(ids[1:])
    assert {each.run_id for each in run_history.listing(ledger.store, exit_codes=[0, 2])[0]} == {ids[0], ids[2], ids[3]}
    recent, count = run_history.listing(ledger.store, since="2026-01-02T00:00:00Z")
    assert count == 3 and {each.run_id for each in recent} == set(ids[1:])


def test_a_run_is_found_by_the_beginning_or_the_end_of_its_id(ledger: Ledger) -> None:
    first, second = run(ledger, RunResult(0)), run(ledger, RunResult(0))
    for name in (first, first[-8:]):
        assert run_history.find(ledger.store, name).run_id == first
    with pytest.raises(LedgerError, match=rf"2 fits several runs: .*{second}.*Give more of the ID"):
        run_history.find(ledger.store, "2")
    for name in ("nothing", "%", "_"):
        with pytest.raises(LedgerError, match=r"There is no run with the ID .* `kedro runs list` lists the runs"):
            run_history.find(ledger.store, name)


def test_a_corrected_cost_appears_in_the_run(ledger: Ledger) -> None:
    run_id = run(ledger, RunResult(0, stages=[StageFigures("nuance", 1.0, 1, 0, 1, 300, 40, 0.002, 0)]))
    add_call(ledger, run_id, usd=0.002, number=1)
    with ledger.store.write() as connection:
        connection.exec_driver_sql("UPDATE llm_calls SET usd = 0.75, tokens_out = 1000 WHERE number = 1")
    found = newest(ledger)
    assert (found.usd, found.tokens_out, found.stages[0].seconds) == (0.75, 1000, 1.0)


def age(ledger: Ledger, run_id: str, at: str) -> None:
    """Move a run into the past."""
    with ledger.store.write() as connection:
        connection.exec_driver_sql("UPDATE runs SET started = ?, ended = ? WHERE run_id = ?", (at, at, run_id))


def test_cleanup_keeps_the_sums_of_each_day(ledger: Ledger) -> None:
    """The sums are the same before and after, also if a second cleanup adds to the same day."""
    ids = [run(ledger, RunResult(code, words=3, cards=7, failures=1, stages=STAGES)) for code in (0, 2, 1, 0)]
    for number, run_id in enumerate(ids[:3]):
        age(ledger, run_id, f"2026-01-0{1 + number // 2}T0{number}:00:00Z")
    add_call(ledger, ids[0], usd=0.5)
    before = run_history.by_day(ledger.store)
    assert [(day.day, day.runs, day.complete, day.incomplete, day.failed) for day in before[1:]] == [
        ("2026-01-02", 1, 0, 0, 1), ("2026-01-01", 2, 1, 1, 0),
    ]  # fmt: skip
    assert before[2].usd == pytest.approx(1.75) and before[2].cache_hits == 30 and before[2].words == 6
    assert cleanup(ledger.store, ledger.runs, timedelta(days=7), dry_run=True).runs == 3
    assert run_history.by_day(ledger.store) == before and run_history.listing(ledger.store)[1] == 4
    assert cleanup(ledger.store, ledger.runs, timedelta(days=7), dry_run=False).runs == 3
    assert run_history.by_day(ledger.store) == before and run_history.listing(ledger.store)[1] == 1
    later = run(ledger, RunResult(0, words=10))
    age(ledger, later, "2026-01-01T09:00:00Z")
    cleanup(ledger.store, ledger.runs, timedelta(days=7), dry_run=False)
    assert run_history.by_day(ledger.store)[2].runs == 3 and run_history.by_day(ledger.store)[2].words == 16
    assert [day.day for day in run_history.by_day(ledger.store, "2026-01-02T10:00:00Z")][1:] == ["2026-01-02"]


def test_a_record_takes_less_than_50_milliseconds(ledger: Ledger) -> None:
    with ledger_at(ledger.store.path) as one:
        one.runs.wait_for_others("f", START)
        one.runs.conclude(RunResult(0, words=10_000, stages=STAGES * 3))
        started = time.process_time()
        one.runs.end()
        assert time.process_time() - started < 0.05


def test_a_ledger_that_cannot_be_written_does_not_keep_the_run_open(ledger: Ledger) -> None:
    run_id = ledger.runs.wait_for_others("f", START)
    with closing(sqlite3.connect(ledger.store.path)) as connection, connection:
        connection.execute("DROP TABLE run_records")
    ledger.runs.conclude(RunResult(0))
    with pytest.raises(LedgerError):
        ledger.runs.end()
    assert ledger.runs.current is None and not ledger.runs.alive(run_id)
