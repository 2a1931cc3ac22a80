"""Test that no hook shows a key in an uncaught error."""

import os
import subprocess
import sys

import pytest
from support.project import ROOT

from korean_flashcards.llm.secrets import HIDDEN, redact_error

KEY = "Pl4nted+Key/0123456789=abcdefgh"
# A program with its own hooks, which print everything in an error. Then it installs the redaction, twice.
PROGRAM = """
import os, sys, threading
from korean_flashcards.llm.secrets import redact_logs_and_tracebacks

KEY = os.environ["OPENAI_API_KEY"]

def show(error):
    while error is not None:
        print(type(error).__name__, error.args, vars(error), getattr(error, "filename", None), file=sys.stderr)
        error = error.__cause__ or error.__context__

def hook(kind, error, trace):
    print("previous hook", file=sys.stderr)
    show(error)
    sys.__excepthook__(kind, error, trace)

def thread_hook(caught):
    print("previous thread hook", caught.thread.name, file=sys.stderr)
    show(caught.exc_value)
    threading.__excepthook__(caught)

class Refused(Exception):
    def __init__(self, sent):
        super().__init__("refused", {"sent": sent}, sent.encode())
        self.headers = {"Authorization": "Bearer " + sent}
        self.answer = "no good: " + sent
        self.sent = sent.encode()

    def __str__(self):
        return "refused with " + KEY

def fail():
    try:
        try:
            raise OSError(2, "no such key " + KEY, "/keys/" + KEY)
        except OSError:
            raise KeyError(KEY)
    except KeyError as error:
        problem = Refused(KEY)
        problem.add_note("a note on " + KEY)
        raise problem from error

if "own" in sys.argv:
    sys.excepthook, threading.excepthook = hook, thread_hook
redact_logs_and_tracebacks()
redact_logs_and_tracebacks()
thread = threading.Thread(target=fail, name="worker")
thread.start()
thread.join()
if "syntax" in sys.argv:
    compile("x = '" + KEY + "' +", "made.py", "exec")
if "group" in sys.argv:
    raise ExceptionGroup("all with " + KEY, [Refused(KEY), ValueError(KEY)])
fail()
"""


def ended(*arguments: str) -> str:
    """Run the program and return its standard error."""
    environment = os.environ | {"OPENAI_API_KEY": KEY, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"}
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert result.returncode == 1
    assert KEY not in result.stderr and KEY not in result.stdout
    return result.stderr


def test_previous_hooks_run_once_and_see_no_key() -> None:
    shown = ended("own")
    assert shown.count("previous thread hook worker") == shown.count("\nprevious hook") == 1
    assert shown.count("Exception in thread worker") == 1
    for part in (f"{{'Authorization': '{HIDDEN}", f"no good: {HIDDEN}", f"a note on {HIDDEN}", f"/keys/{HIDDEN}",
                 f"refused with {HIDDEN}", f"no such key {HIDDEN}", "KeyError"):  # fmt: skip
        assert shown.count(part) >= 2, part  # once in the thread, once at the end of the program


def test_tracebacks_are_complete_except_for_the_key() -> None:
    shown = ended()
    assert shown.count("Traceback (most recent call last)") == 6
    assert shown.count(f"refused with {HIDDEN}\na note on {HIDDEN}") == 2
    assert "The above exception was the direct cause" in shown and "During handling of the above" in shown


def test_source_lines_of_a_syntax_error_are_shown_without_the_key() -> None:
    shown = ended("syntax")
    assert f"x = '{HIDDEN}' +" in shown and "SyntaxError: invalid syntax" in shown


def test_all_members_of_a_group_are_shown_without_the_key() -> None:
    shown = ended("group")
    assert f"ExceptionGroup: all with {HIDDEN} (2 sub-exceptions)" in shown and f"ValueError: {HIDDEN}" in shown


def test_values_without_a_key_are_not_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    cause, place = ValueError(["a", 1], b"\xff", {"b": 2}), object()
    error = RuntimeError("plain", place)
    error.__cause__, cause.__context__ = cause, error  # a cycle must not loop forever
    before = cause.args
    redact_error(error)
    assert cause.args is before and error.args[1] is place
    decoding = UnicodeDecodeError("utf-8", f"key {KEY} \xff".encode("latin-1"), 0, 4, KEY)
    redact_error(decoding)
    assert (decoding.object, decoding.reason) == (f"key {HIDDEN} \xff".encode("latin-1"), HIDDEN)
