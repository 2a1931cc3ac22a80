"""Fuzz test: random responses cause no traceback, no hang and no wrong reply, and every paid call is booked."""

import json
import logging
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from support.fuzzed_responses import RECORD, TERM, FuzzedResponse, fuzzed_response
from support.raw_server import RawServer
from support.requests_to_send import NuanceRuns

from korean_flashcards.domain.errors import FlashcardsError
from korean_flashcards.formats.nuance_reply import read_nuance

EXPECTED = read_nuance(RECORD, TERM, 0)
PRICES = {name: {"input": 1.0, "output": 4.0} for name in ("openai/test", "anthropic/claude-test")}
LONGEST = 2000
FORBIDDEN = ("Traceback", "object at 0x", "litellm.", "<class", "unexpected ", "because of a bug")
TIMEOUT = 2.0
NO_REPLY = {"text": None, "code": None, "pending": None, "message": None}


class FuzzedRuns:
    """Runs of one word, each against its own response from the same server."""

    def __init__(self, folder: Path, log: pytest.LogCaptureFixture) -> None:
        self.folder, self.log = folder, log
        self.server = RawServer(lambda *_: self.fuzzed.response)

    def faults(self, fuzzed: FuzzedResponse) -> list[str]:
        """Return what is wrong with the run against one response."""
        self.fuzzed, before = fuzzed, len(self.server.requests)
        self.log.clear()
        started = time.monotonic()
        runs, reply, messages = self._run()
        found = [f"took {took:.0f} s"] if (took := time.monotonic() - started) > 30 else []
        messages += [record.getMessage() for record in self.log.records]
        found += [f"said {said[:200]!r}" for said in messages if any(word in said for word in FORBIDDEN)]
        found += [f"garbled {said[:200]!r}" for said in messages if not said.isprintable() or len(said) > 2000]
        found += wrong(reply, fuzzed)
        return found + wrong_bookings(runs, len(self.server.requests) - before, reply, fuzzed)

    def _run(self) -> tuple[NuanceRuns, dict[str, Any], list[str]]:
        """Run the word. Return the runs, the reply, and the stored messages."""
        runs, messages, reply = NuanceRuns(Path(tempfile.mkdtemp(dir=self.folder))), [], NO_REPLY
        try:
            replies = runs.run(
                runs.take(f"{TERM}#1"), self.server.url, model=self.fuzzed.model, max_attempts=1, backoff=0.0,
                max_wait=0.01, max_pause=0.3, timeout=TIMEOUT, max_tokens=LONGEST, prices=PRICES, price="known",
            )  # fmt: skip
            (reply,) = replies.to_dicts()
        except FlashcardsError as error:
            messages.append(str(error))
        for table in ("llm_calls", "tasks"):
            messages += [said for (said,) in runs.sql(f"SELECT message FROM {table} WHERE message IS NOT NULL")]
        return runs, reply, messages + ([reply["message"]] if reply["message"] else [])


def accepted(reply: dict[str, Any]) -> bool:
    return reply["text"] is not None and reply["code"] is None and reply["pending"] is None


def wrong(reply: dict[str, Any], fuzzed: FuzzedResponse) -> list[str]:
    """Return why a reply should not have been accepted, and codes that mean a bug."""
    if not accepted(reply):
        return ["ended with a bug"] if reply["code"] == "internal" else []
    text = reply["text"]
    if "\ufffd" in text:
        return ["accepted damaged text"]
    record = read_nuance(text, TERM, 0)
    return [] if record == EXPECTED or fuzzed.altered else [f"accepted a different text: {text[:300]!r}"]


def wrong_bookings(runs: NuanceRuns, requests: int, reply: dict[str, Any], fuzzed: FuzzedResponse) -> list[str]:
    """Return what is wrong with the recorded calls."""
    rows = runs.sql("SELECT tokens_in, tokens_out, usd, booked, outcome FROM llm_calls")
    paid = [row for row in rows if row[0] + row[1] > 0]
    found = [f"left {count} reservations" for (count,) in runs.sql("SELECT count(*) FROM llm_reservations") if count]
    # On a busy machine, a call may time out before the server has read it. Such a call is booked too.
    timed_out = sum(row[4] == "timeout" for row in rows)
    if fuzzed.paid and not requests <= len(paid) <= requests + timed_out:
        found.append(f"{requests} paid requests, booked {rows}")
    if fuzzed.free and paid and all(row[4] != "timeout" for row in paid):
        found.append(f"booked a free response: {rows}")
    if any((row[1] > LONGEST and row[3] != "reserved") or (row[2] or 0) > 0.02 for row in rows):
        found.append(f"booked too much: {rows}")
    if accepted(reply) and not paid:
        found.append(f"accepted without booking: {rows}")
    return found


def check(numbers: range, folder: Path, log: pytest.LogCaptureFixture, slow: bool) -> None:
    log.set_level(logging.WARNING)
    log.set_level(logging.INFO, "korean_flashcards")
    runs, found = FuzzedRuns(folder, log), {}
    with runs.server:
        runs.faults(fuzzed_response(0, slow=False))  # the first call imports litellm
        for number in numbers:
            fuzzed = fuzzed_response(number, slow)
            if faults := runs.faults(fuzzed):
                found[number] = [", ".join(fuzzed.steps), *faults]
    assert not found, json.dumps(found, indent=1)


@pytest.mark.slow
def test_fifteen_fuzzed_responses(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    check(range(15), tmp_path, caplog, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 500, 125))
def test_five_hundred_fuzzed_responses(tmp_path: Path, caplog: pytest.LogCaptureFixture, start: int) -> None:
    check(range(1000 + start, 1000 + start + 125), tmp_path, caplog, slow=True)
