"""Test that litellm is loaded while a run still prepares its requests, and that the terminal shows that it is loaded."""

import io
import logging
import subprocess
import sys

import pytest

from korean_flashcards.llm.dispatch.progress import ProgressDisplay

PROGRAM = """
import sys, threading
from pathlib import Path
from support.requests_to_send import settings
from korean_flashcards.llm.client import LLMClient

options = {"model": sys.argv[1], "cache_only": sys.argv[2] == "cached"}
client = LLMClient(Path(sys.argv[3]))
for _ in range(2):
    client.prepare(settings("http://127.0.0.1:1/v1").model_copy(update=options), words=int(sys.argv[4]))
loading = [thread for thread in threading.enumerate() if thread.name == "load-litellm"]
for thread in loading:
    thread.join()
print(len(loading), "litellm" in sys.modules)
"""


@pytest.mark.parametrize(
    ("model", "mode", "words", "loaded"),
    [
        ("openai/test", "requested", 1, "1 True"),
        ("openai/test", "requested", 0, "0 False"),
        ("openai/test", "cached", 1, "0 False"),
        ("offline/dictionary", "requested", 1, "0 False"),
    ],
)
def test_litellm_is_loaded_early_once_if_it_will_be_used(tmp_path, model, mode, words, loaded):
    command = [sys.executable, "-c", PROGRAM, model, mode, str(tmp_path / "cache"), str(words)]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120)
    assert (result.stdout.strip(), result.stderr) == (loaded, "")


ERASED = "\x1b[1A\x1b[2K"  # the cursor goes up, and the line is erased


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_the_progress_bar_before_the_first_request(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with ProgressDisplay("nuance", "openai/test", total=3, cached=0) as display:
        display._bar[0].refresh()
        assert "nuance (0 cached)" in terminal.getvalue()
        display.begin()
    assert not terminal.getvalue().endswith(ERASED)


def test_a_bar_without_requests_is_removed(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with pytest.raises(RuntimeError), ProgressDisplay("nuance", "openai/test", total=3, cached=0) as display:
        display._bar[0].refresh()
        raise RuntimeError
    assert terminal.getvalue().endswith(ERASED)


def test_nothing_is_logged_before_the_first_request(caplog):
    caplog.set_level(logging.INFO)
    with pytest.raises(RuntimeError), ProgressDisplay("nuance", "openai/test", total=3, cached=0):
        raise RuntimeError
    assert caplog.messages == []
    with ProgressDisplay("nuance", "openai/test", total=3, cached=0) as display:
        display.begin()
    assert [message.partition(" ")[0] for message in caplog.messages] == ["nuance:", "nuance:"]
