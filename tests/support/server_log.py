"""Log the model server's requests and replies, one line each."""

import json
import time
from pathlib import Path
from typing import Any, TextIO

from support.server_replies import ServerReply
from support.server_requests import ChatRequest

CHAT = "POST /v1/chat/completions"
LINE = "batch line"
_NOT_CHAT = dict.fromkeys(
    ("sha256", "attempt", "term", "stage", "format", "model", "options", "cache_control", "latency")
)


class ServerLog:
    """A writer for two JSON Lines files in a folder. Each line is flushed before the method returns."""

    def __init__(self, folder: Path) -> None:
        self._arrivals = _opened(folder / "requests.jsonl")
        self._replies = _opened(folder / "replies.jsonl")
        self._count = 0

    async def closed(self, _application: object) -> None:
        """Close the files."""
        self._arrivals.close()
        self._replies.close()

    def request(
        self,
        chat: ChatRequest,
        behavior: str,
        attempt: int,
        authorization: str,
        endpoint: str = CHAT,
        latency: float = 0.0,
    ) -> int:
        """Log a chat request or a batch line, and return its number."""
        return self._arrived(
            {
                "sha256": chat.digest,
                "attempt": attempt,
                "term": chat.about.get("term"),
                "stage": chat.stage,
                "behavior": behavior,
                "format": chat.format,
                "authorization": authorization,
                "endpoint": endpoint,
                "kind": chat.kind,
                "model": chat.model,
                "options": chat.options,
                "cache_control": chat.cache_control,
                "latency": latency,
            }
        )

    def call(self, endpoint: str, behavior: str, authorization: str) -> int:
        """Log a call to a files or batches endpoint, and return its number."""
        kind = "batch" if "/batches" in endpoint else "file"
        about = {"endpoint": endpoint, "kind": kind, "behavior": behavior, "authorization": authorization}
        return self._arrived(_NOT_CHAT | about)

    def replied(self, number: int, given: ServerReply, delivered: bool) -> None:
        """Log a reply. ``delivered``: whether the client was connected when the reply was sent."""
        self._write(
            self._replies,
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
