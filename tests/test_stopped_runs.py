"""Signals that end `kedro run`: a closed terminal, `kill`, and Ctrl-C at any moment, also twice."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.project import Project, kill, unwrapped
from support.waiting import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process at once on any signal"),
]
ENVIRONMENT = {"KEDRO_DATASET_VALIDATION": "off", "OPENAI_API_KEY": "sk-planted-secret-0123456789"}


def options(server: ModelServer, *more: str) -> list[str]:
    """Return the arguments for an analysis of 60 words."""
    model = f"llm.model=openai/test,llm.price=unknown_ok,llm.api_base={server.url},limit=60"
    return ["run", "--pipelines", "ingress,nuance", "--params", ",".join([model, "llm.concurrency=5", *more])]


def assert_nothing_was_lost(project: Project, server: ModelServer) -> None:
    """Check that every call was answered, stored and booked, and that the next run requests only the rest."""
    made = len(server.requests())
    assert 12 <= made < 40 and all(request["delivered"] for request in server.requests())
    assert project.ledger("SELECT count(*) FROM llm_calls WHERE outcome = 'ok'") == [(made,)]
    assert project.kedro(*options(server), **ENVIRONMENT).code == 0
    assert len(server.requests()) == 60, "nothing was requested twice"


@pytest.mark.parametrize(
    "signals",
    [
        pytest.param(["SIGHUP"], id="the connection drops"),
        pytest.param(["SIGHUP", "SIGHUP"], id="the system and the shell report it"),
        pytest.param(["SIGTERM", "SIGHUP"], id="a service is stopped"),
        pytest.param(["SIGINT", "SIGHUP"], id="Ctrl-C, then the terminal is closed"),
    ],
)
def test_a_hung_up_run_waits_for_its_calls(here: Project, signals: list[str]) -> None:
    with ModelServer(latency=0.5) as server:
        process = here.start(*options(server), **ENVIRONMENT)
        until(lambda: len(server.requests()) >= 12)
        for name in signals:
            process.send_signal(getattr(signal, name))
            time.sleep(0.2)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 1 and "in flight, so that no reply is lost" in said, said
        assert "All replies received so far are cached." in said and "cut off" not in said
        assert_nothing_was_lost(here, server)


def test_a_run_survives_the_end_of_its_terminal_until_its_calls_have_ended(here: Project) -> None:
    """The terminal is a real one, so the run cannot write to it any more."""
    with ModelServer(latency=0.5) as server:
        ours, theirs = os.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", IN_TERMINAL, os.ttyname(theirs), *options(server)],
            cwd=here.folder, env={**os.environ, **ENVIRONMENT, "PYTHONUTF8": "1"}, start_new_session=True,
        )  # fmt: skip
        os.set_blocking(ours, False)
        shown = b""
        while len(server.requests()) < 12:
            time.sleep(0.02)
            try:
                shown += os.read(ours, 65536)
            except BlockingIOError:
                continue
        os.close(ours)
        process.wait(timeout=60)
        os.close(theirs)
        assert b"nuance" in shown
        assert_nothing_was_lost(here, server)


# Opens the terminal as the controlling one, and runs Kedro in it.
IN_TERMINAL = """
import os, runpy, sys
terminal = os.open(sys.argv[1], os.O_RDWR)
for number in (0, 1, 2):
    os.dup2(terminal, number)
os.close(terminal)
sys.argv[1:] = sys.argv[2:]
runpy.run_module("kedro", run_name="__main__", alter_sys=True)
"""


def test_a_run_that_ignores_hangups_goes_on(project: Project) -> None:
    """`nohup` lets its command ignore the signal."""
    with ModelServer(latency=0.2) as server:
        process = subprocess.Popen(
            ["nohup", sys.executable, "-m", "kedro", *options(server)],
            cwd=project.folder, env={**os.environ, **ENVIRONMENT, "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until(lambda: len(server.requests()) >= 12)
        process.send_signal(signal.SIGHUP)
        assert process.wait(timeout=90) == 0
        assert len(server.requests()) == 60


def test_a_second_ctrl_c_says_how_many_calls_were_cut_off(here: Project) -> None:
    with ModelServer(from_call=(11, "hang")) as server:
        process = here.start(*options(server), **ENVIRONMENT)
        until(lambda: len(server.requests()) >= 15)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        until(lambda: "Press Ctrl-C again" in process.stderr.readline())
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 1 and "Traceback" not in said, said
        assert "5 calls in flight were cut off, so you may have to pay for them twice." in said
    status = unwrapped(here.kedro("llm", "status").out)
    assert "Calls in flight when a run crashed: 5." in status
    assert here.kedro("llm", "calls").out.count("interrupted") == 5
    assert "Booked 5 interrupted calls at USD 0." in here.kedro("llm", "reset", "--interrupted").out


def test_a_run_that_stops_before_the_import_does_not_count_words(project: Project) -> None:
    """The second run waits for the first one, which has other parameters."""
    project.word_list("term,definition\n문,door\n물,water\n")
    with ModelServer(always="hang") as server:
        first = project.start(*options(server), **ENVIRONMENT)
        until(lambda: len(server.requests()) >= 5)
        second = project.start(*options(server, "word_lists=list.csv"), **ENVIRONMENT)
        assert second.stderr is not None
        until(lambda: "Waiting for a run" in second.stderr.readline())
        second.send_signal(signal.SIGINT)
        _, said = second.communicate(timeout=60)
        kill(first)
    assert second.returncode == 1 and "Still pending" not in said
    assert "The word lists had not been imported yet, so the number of pending words is unknown." in unwrapped(said)


@pytest.mark.parametrize("command", [["run"], ["status"], ["llm", "calls"]])
def test_ctrl_c_shows_no_traceback_of_the_project(here: Project, command: list[str]) -> None:
    """Kedro imports itself first, for a few tenths of a second. There, the project cannot change anything."""
    here.kedro("status")
    for tenths in range(1, 20, 3):
        process = here.start(*command)
        time.sleep(tenths / 10)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode in (0, 1, 130, -signal.SIGINT, 2), said
        assert "Traceback" not in said or "korean_flashcards" not in said, said


IMPORTED = """
import os, signal, sys
sys.argv[0] = {name!r}
import korean_flashcards
{then}
os.kill(os.getpid(), signal.SIGINT)
"""


@pytest.mark.parametrize(
    ("name", "then", "code", "says"),
    [
        ("/usr/bin/kedro", "", 130, "Error: Stopped before the command started. Nothing was changed.\n"),
        ("/usr/bin/kedro", "korean_flashcards.commands.early_interrupt.disarm()", -signal.SIGINT, "KeyboardInterrupt"),
        ("/usr/bin/other", "", -signal.SIGINT, "KeyboardInterrupt"),
    ],
)
def test_ctrl_c_during_imports_ends_only_kedro_commands(
    tmp_path: Path, name: str, then: str, code: int, says: str
) -> None:
    ran = python(IMPORTED.format(name=name, then=then), tmp_path)
    assert (ran.returncode, ran.stderr) == (code, says) or (code != 130 and says in ran.stderr), ran


SWALLOWED = """
import os, signal, time
from korean_flashcards.commands.stop_signals import stopping_gently
from korean_flashcards.commands.swallowed_interrupts import repeat_swallowed_interrupts

class Destroyed:
    def __del__(self):
        os.kill(os.getpid(), signal.{name})
        sum(range(100))  # Python calls the handler here, and ignores the exception

repeat_swallowed_interrupts()
try:
    with stopping_gently():
        Destroyed()
        time.sleep(90)
except KeyboardInterrupt:
    print("stopped")
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_while_an_object_is_destroyed_still_stops_the_command(tmp_path: Path, name: str) -> None:
    ran = python(SWALLOWED.format(name=name), tmp_path)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("stopped\n", "", 0)


REPLACED = """
import os, signal
from korean_flashcards.commands.stop_signals import stopping_gently
from korean_flashcards.domain.errors import CacheError

try:
    with stopping_gently():
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt:
            raise {error}("a library's own error") from None
except (KeyboardInterrupt, Exception) as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize(("error", "raised"), [("ValueError", "KeyboardInterrupt"), ("CacheError", "CacheError")])
def test_a_stop_stays_a_stop_if_a_library_raises_its_own_error(tmp_path: Path, error: str, raised: str) -> None:
    assert python(REPLACED.format(error=error), tmp_path).stdout == f"{raised}\n"


def python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the code in a new process. The package need not be installed."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, env=environment, timeout=60
    )
