"""The model server's own log: a line for each arrival, and one for each answer as it leaves."""

import json
import time
from pathlib import Path
from typing import Any, TextIO

from support.server_answers import Answer
from support.server_questions import Question

CHAT = "POST /v1/chat/completions"
LINE = "batch line"
_NOT_ASKED = dict.fromkeys(("sha256", "attempt", "term", "stage", "format", "model", "options", "cache_control"))


class ServerLog:
    """Two JSON-lines files in a folder; every line is on its way to the disk when the method returns."""

    def __init__(self, folder: Path) -> None:
        self._arrivals = _opened(folder / "requests.jsonl")
        self._answers = _opened(folder / "answers.jsonl")
        self._count = 0

    def question(self, asked: Question, behaviour: str, attempt: int, authorization: str, endpoint: str = CHAT) -> int:
        """A chat request, or a line of a batch; returns its number."""
        return self._arrived(
            {
                "sha256": asked.digest,
                "attempt": attempt,
                "term": asked.about.get("term"),
                "stage": asked.stage,
                "behaviour": behaviour,
                "format": asked.format,
                "authorization": authorization,
                "endpoint": endpoint,
                "kind": asked.kind,
                "model": asked.model,
                "options": asked.options,
                "cache_control": asked.cache_control,
            }
        )

    def call(self, endpoint: str, behaviour: str, authorization: str) -> int:
        """A call of a files or batches endpoint; returns its number."""
        kind = "batch" if "/batches" in endpoint else "file"
        about = {"endpoint": endpoint, "kind": kind, "behaviour": behaviour, "authorization": authorization}
        return self._arrived(_NOT_ASKED | about)

    def answered(self, number: int, given: Answer, delivered: bool) -> None:
        """``delivered``: the asker's connection was open when the answer left."""
        self._write(
            self._answers,
            {
                "n": number,
                "status": given.status,
                "tokens_in": given.tokens_in,
                "tokens_out": given.tokens_out,
                "done_at": time.time(),
                "delivered": delivered,
            },
        )

    def _arrived(self, about: dict[str, Any]) -> int:
        self._count += 1
        self._write(self._arrivals, {"n": self._count, "at": time.time(), **about})
        return self._count

    def _write(self, file: TextIO, record: dict[str, Any]) -> None:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _opened(path: Path) -> TextIO:
    return path.open("a", encoding="utf-8", buffering=1)
