"""Test that simultaneous runs on one ledger share the work, even if one of them dies, and lose no paid reply."""

import _thread
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from support.model_server import ModelServer
from support.project import ROOT, Project, kill
from support.requests_to_send import NuanceRuns
from support.waiting import until as until_true

from korean_flashcards.domain.parameters import TaskParameters
from korean_flashcards.domain.requests import Prompt

pytestmark = pytest.mark.slow
until = partial(until_true, seconds=30)

WORKER = """
import json, sys
from pathlib import Path
from support.requests_to_send import NuanceRuns, rows_of
from korean_flashcards.domain.parameters import TaskParameters
folder, url, count, options = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4])
runs = NuanceRuns(folder, tasks=TaskParameters(max_attempts=3, lease=options.pop("lease", 60)))
replies = runs.run(rows_of([f"낱말{number}#1" for number in range(count)]), url, **options)
print(replies["code"].is_null().sum(), flush=True)
"""


def worker(folder: Path, url: str, count: int, options: str = "{}") -> subprocess.Popen[str]:
    """Start a process that requests every word that no other run is requesting."""
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(folder), url, str(count), options],
        env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"}, text=True, stdout=subprocess.PIPE,
    )  # fmt: skip


def words_with_reply(process: subprocess.Popen[str]) -> int:
    """Wait for the worker to end, and return the number of words that it has a reply for."""
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return int(out)


def suspend(process: subprocess.Popen[str], folder: Path) -> None:
    """Suspend the process outside a transaction: a lock of SQLite that it holds would block every other process."""
    for _ in range(100):
        process.send_signal(signal.SIGSTOP)
        if not any(is_locked(path) for path in folder.rglob("*.db")):
            return
        process.send_signal(signal.SIGCONT)
        time.sleep(0.02)
    raise AssertionError("the process holds a lock all the time")


def is_locked(path: Path) -> bool:
    """Tell whether another process is writing to a SQLite file."""
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        return False


def words_in(folder: Path, count: int) -> tuple[NuanceRuns, pl.DataFrame]:
    """Create a ledger with ``count`` words, and return the runs and the words."""
    runs = NuanceRuns(folder)
    return runs, runs.take(*(f"낱말{number}#1" for number in range(count)))


def requested(server: ModelServer) -> Counter[str]:
    """Count the requests of each word."""
    return Counter(request["term"] for request in server.requests())


def at_once(*work: Callable[[], object]) -> list[object]:
    """Run each function in a separate thread, and return the results."""
    results: list[object] = [None] * len(work)

    def note(number: int) -> None:
        results[number] = work[number]()

    threads = [threading.Thread(target=note, args=(number,)) for number in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_two_runs_in_one_process_send_each_request_once_and_both_get_all_replies(tmp_path: Path) -> None:
    one, words = words_in(tmp_path, 80)
    other = NuanceRuns(tmp_path)
    with ModelServer(latency=0.05) as server:
        results = at_once(*(lambda runs=runs: runs.run(words, server.url, concurrency=5) for runs in (one, other)))
        assert set(requested(server).values()) == {1} and len(requested(server)) == 80
    for replies in results:
        assert isinstance(replies, pl.DataFrame)
        assert replies["item_id"].equals(words["item_id"]) and replies["code"].null_count() == 80
    texts = [replies["text"] for replies in results if isinstance(replies, pl.DataFrame)]
    assert texts[0].equals(texts[1])
    paid = sum(replies.filter(~pl.col("cached")).height for replies in results if isinstance(replies, pl.DataFrame))
    assert paid == 80, "each reply is paid for by one run and cached in the other"
    assert one.sql("SELECT DISTINCT state, attempts FROM tasks WHERE stage = 'nuance'") == [("done", 0)]


def test_the_work_of_a_killed_process_is_taken_over_immediately_and_no_paid_reply_is_lost(tmp_path: Path) -> None:
    runs, words = words_in(tmp_path, 60)
    killed: list[float] = []
    with ModelServer(latency=0.3) as server:
        process = worker(tmp_path, server.url, 60, '{"concurrency": 5, "lease": 9999}')
        until(lambda: len(server.requests()) >= 12)

        def kill_soon() -> None:
            until(lambda: len(server.requests()) >= 30)
            kill(process)
            killed.append(time.monotonic())

        (replies, _) = at_once(lambda: runs.run(words, server.url, concurrency=5), kill_soon)
        assert isinstance(replies, pl.DataFrame) and replies["code"].null_count() == 60
        assert killed and time.monotonic() - killed[0] < 15, "the run did not wait for the lease to expire"
        # The five calls that were pending when the process died may be sent again.
        assert len(requested(server)) == 60 and sum(requested(server).values()) <= 65


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be suspended on this system")
def test_requests_of_a_hung_process_are_taken_over_when_its_lease_expires(tmp_path: Path) -> None:
    runs, words = words_in(tmp_path, 8)
    runs.tasks = TaskParameters(max_attempts=3, lease=2)
    with ModelServer(latency=0.5) as server:
        process = worker(tmp_path, server.url, 8, '{"concurrency": 4, "lease": 2}')
        until(lambda: len(server.requests()) >= 4)
        suspend(process, tmp_path)
        try:
            assert runs.run(words, server.url)["code"].null_count() == 8
        finally:
            process.send_signal(signal.SIGCONT)
        # The process resumes and uses the replies of the other run.
        assert words_with_reply(process) == 8
        assert sum(requested(server).values()) <= 12
    assert runs.sql("SELECT DISTINCT state, attempts FROM tasks WHERE stage = 'nuance'") == [("done", 0)]


def test_a_lease_is_renewed_until_the_reply_arrives(tmp_path: Path) -> None:
    runs, words = words_in(tmp_path, 2)
    other = NuanceRuns(tmp_path, tasks=TaskParameters(max_attempts=3, lease=1))
    runs.tasks = other.tasks
    with ModelServer(latency=3) as server:
        at_once(lambda: runs.run(words, server.url), lambda: other.run(words, server.url))
        assert set(requested(server).values()) == {1}


def test_ctrl_c_releases_unsent_requests_without_counting_an_attempt(tmp_path: Path) -> None:
    runs, words = words_in(tmp_path, 60)
    with ModelServer(latency=0.2) as server:
        presser = threading.Thread(
            target=lambda: (until(lambda: len(server.requests()) >= 10), _thread.interrupt_main())
        )
        presser.start()
        with pytest.raises(KeyboardInterrupt):
            runs.run(words, server.url, concurrency=5)
        presser.join()
        made = len(server.requests())
        assert dict(runs.sql("SELECT state, count(*) FROM tasks WHERE stage = 'nuance' GROUP BY state")) == {
            "done": made, "pending": 60 - made,
        }  # fmt: skip
        assert runs.sql("SELECT sum(attempts), count(run_id) FROM tasks") == [(0, 0)]
        assert runs.run(words, server.url)["code"].null_count() == 60 and len(server.requests()) == 60


def test_waiting_for_another_run_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    runs, words = words_in(tmp_path, 4)
    other = NuanceRuns(tmp_path)
    with ModelServer(latency=1.5) as server, caplog.at_level(logging.INFO, logger="korean_flashcards"):
        first = threading.Thread(target=runs.run, args=(words, server.url))
        first.start()
        until(lambda: len(server.requests()) == 4)
        other.run(words, server.url)
        first.join()
    waits = [record.getMessage() for record in caplog.records if "waiting" in record.getMessage()]
    assert waits == ["nuance: waiting for another run to process 4 words"]


def test_a_run_does_not_retry_requests_that_failed_while_it_waited_for_them(tmp_path: Path) -> None:
    runs, words = words_in(tmp_path, 3)
    other = NuanceRuns(tmp_path)
    with ModelServer(always="wrong_word", latency=0.5) as server:
        results = at_once(*(lambda each=each: each.run(words, server.url, max_attempts=2) for each in (runs, other)))
        assert set(requested(server).values()) == {2}, "only the attempts of one run"
    for replies in results:
        assert isinstance(replies, pl.DataFrame) and replies["code"].to_list() == ["wrong_word"] * 3
    assert runs.task("낱말0#1") == ("failed", 1, "wrong_word")


def test_a_run_with_a_different_prompt_waits_for_the_first_run(tmp_path: Path) -> None:
    runs, words = words_in(tmp_path, 2)
    other = NuanceRuns(tmp_path, Prompt("nuance", "Otherwise."))
    with ModelServer(latency=1) as server:
        runs.ledger.runs.wait_for_others("elsewhere")
        waiting = threading.Thread(target=other.run, args=(words, server.url))
        waiting.start()
        time.sleep(0.5)
        assert server.requests() == []
        runs.ledger.close()
        waiting.join(30)
        assert len(server.requests()) == 2


def test_a_ledger_error_stops_the_calls_and_no_paid_reply_is_lost(tmp_path: Path) -> None:
    from korean_flashcards.domain.errors import LedgerError

    runs, words = words_in(tmp_path, 60)
    with ModelServer(latency=0.2) as server:
        breaker = threading.Thread(
            target=lambda: (until(lambda: len(server.requests()) >= 10), runs.sql("ALTER TABLE tasks RENAME TO gone"))
        )
        breaker.start()
        with pytest.raises(LedgerError):
            runs.run(words, server.url, concurrency=4)
        breaker.join()
        made = len(server.requests())
        runs.sql("ALTER TABLE gone RENAME TO tasks")
        assert made < 60 and runs.run(words, server.url)["code"].null_count() == 60
        assert set(requested(server).values()) == {1}


def test_two_simultaneous_kedro_runs_send_each_request_once(project: Project) -> None:
    project.word_list(
        "term,definition\n" + "".join(f"{word},meaning of {word}\n" for word in "가나다라마바사아자차카타")
    )
    with ModelServer(latency=0.6) as server:
        model = f"llm.model=openai/test,llm.price=unknown_ok,llm.api_base={server.url},llm.concurrency=2"
        options = ["run", "--pipelines", "nuance,flashcards", "--params", model]
        quick = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-test"}
        taken = project.kedro(
            "run", "--pipelines", "ingress", "--params", f"word_lists={project.folder / 'list.csv'}", **quick
        )
        assert taken.code == 0, taken.err
        both = [project.start(*options, **quick) for _ in range(2)]
        ends = [process.communicate(timeout=120) for process in both]
        assert [process.returncode for process in both] == [0, 0], ends
        assert set(Counter(request["sha256"] for request in server.requests()).values()) == {1}
        assert len(server.requests()) == 24
    assert project.frame("flashcards")["item_id"].n_unique() == 12
    assert project.ledger("SELECT DISTINCT state FROM tasks") == [("done",)]
