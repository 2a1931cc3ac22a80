"""Requests that the offline model failed are not composed again, unless the code has changed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from offline.sample import PROMPT, SETTINGS

from korean_flashcards.domain.records import FailureCode, ReplyError, Stage
from korean_flashcards.domain.requests import ChatReply, ChatTemplate, Request
from korean_flashcards.llm import client as client_module
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.llm.providers import offline
from korean_flashcards.llm.providers.offline.composition import Refusal, compose
from korean_flashcards.llm.providers.offline.known_failures import KnownFailures

TEMPLATE = ChatTemplate("nuance", "offline/dictionary@6", PROMPT.text, {}, None, None)
SETTINGS_ = SETTINGS.model_copy(update={"model": "offline/dictionary"})
UNDEFINED, REJECTED, GOOD = (
    json.dumps(word, ensure_ascii=False)
    for word in ({"term": "거야"}, {"term": "물", "definition": "water"}, {"term": "불", "definition": "fire"})
)


class Runs:
    """Runs with the offline model, which note what is composed."""

    def __init__(self, folder: Path) -> None:
        self.file, self.version, self.composed = folder / "failures.json", "1", list[str]()
        self._folder, self._number = folder, 0

    def compose(self, request: tuple[Stage, str]) -> str | Refusal:
        self.composed.append(request[1])
        return compose(request)

    def run(self, *users: str, stage: Stage = "nuance") -> list[ChatReply]:
        """Request these replies with an empty reply cache, and return them."""
        self.composed.clear()
        self._number += 1
        client = LLMClient(self._folder / f"cache{self._number}", KnownFailures(self.file, lambda: self.version))
        requests = [Request(f"{number:064}", user, accept) for number, user in enumerate(users)]
        replies = client.complete(replace(TEMPLATE, stage=stage), requests, SETTINGS_)
        client.close()
        return [replace(reply, latency_s=0.0) for reply in replies]


def accept(text: str) -> None:
    """Reject the reply about water."""
    if "water" in text:
        raise ReplyError(FailureCode.CONTRACT, "no water")


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    runs = Runs(tmp_path)
    monkeypatch.setattr(offline, "compose", runs.compose)
    yield runs


def test_refused_and_rejected_replies_are_composed_once(runs: Runs) -> None:
    first = runs.run(UNDEFINED, REJECTED, GOOD)
    assert sorted({*runs.composed}) == sorted([UNDEFINED, REJECTED, GOOD])
    again = runs.run(UNDEFINED, REJECTED, GOOD)
    assert runs.composed == [GOOD] and again == first
    assert [reply.code for reply in again] == ["no_definition", "contract", None]
    assert runs.run(UNDEFINED, REJECTED, GOOD) == first


def test_a_changed_row_is_composed(runs: Runs) -> None:
    runs.run(UNDEFINED)
    changed = json.dumps({"term": "거야", "definition": "it is"}, ensure_ascii=False)
    runs.run(changed)
    assert runs.composed == [changed]


def test_the_stages_are_told_apart(runs: Runs) -> None:
    failures = KnownFailures(runs.file, lambda: "1")
    failures.add(("nuance", UNDEFINED), "text")
    assert failures.of(("flashcards", UNDEFINED)) is None and failures.of(("nuance", UNDEFINED)) == "text"


@pytest.mark.parametrize(
    "change", ["version", "missing", "cut off", "no JSON object", "null", "a list", "an empty reply", "other code"]
)
def test_replies_are_composed_again_after_a_change(runs: Runs, change: str) -> None:
    runs.run(UNDEFINED)
    match change:
        case "version":
            runs.version = "2"
        case "missing":
            runs.file.unlink()
        case "cut off":
            runs.file.write_bytes(runs.file.read_bytes()[:-9])
        case "no JSON object":
            runs.file.write_text("[]")
        case "null" | "a list" | "an empty reply":
            content = json.loads(runs.file.read_text())
            damaged = {"null": None, "a list": [], "an empty reply": {name: [] for name in content["failures"]}}[change]
            runs.file.write_text(json.dumps(content | {"failures": damaged}))
        case _:
            runs.file.write_text(runs.file.read_text().replace("no_definition", "no_code"))
    [reply] = runs.run(UNDEFINED)
    assert runs.composed == [UNDEFINED] and reply.code == "no_definition"
    runs.run(UNDEFINED)
    assert not runs.composed


def test_a_file_that_cannot_be_written_does_not_stop_a_run(runs: Runs) -> None:
    runs.file.mkdir()
    assert [reply.code for reply in runs.run(UNDEFINED, GOOD)] == ["no_definition", None]


def test_known_failures_start_no_processes(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    started = list[int]()
    monkeypatch.setattr(client_module, "SMALLEST_TO_SHARE", 2)
    monkeypatch.setattr(client_module.WorkerPool, "start", lambda pool, prepare, count: started.append(count))
    other = json.dumps({"term": "거예요"}, ensure_ascii=False)
    runs.run(UNDEFINED, other)
    runs.run(UNDEFINED, other)
    assert len(started) == 2 and started[1] == 0 and (started[0] > 0 or client_module.cores() == 1)
