"""Write and read batch files in OpenAI's format, with one line per request or reply."""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger(__name__)

ENDPOINT = "/v1/chat/completions"
# Maximum size of a file: 50,000 requests and 200 MB (OpenAI, API reference, "Create batch"). We assume that 1 MB is
# 10^6 bytes.
MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000
# Error codes for a line that was not processed (OpenAI, "Batch API": expiration and cancellation).
_NOT_WORKED_ON = {"batch_expired", "batch_cancelled"}


@dataclass(frozen=True, slots=True)
class BatchReply:
    """The outcome of one line in a batch.

    Attributes:
        body: The response to the request: a completion, or an object with an ``error`` field.
        status: The HTTP status that an individual call would have returned, or None if the provider reports only an
            error object.
        undone: Whether the provider left the line unprocessed.
    """

    key: str
    body: dict[str, Any]
    status: int | None
    undone: bool


def request_line(key: str, body: dict[str, Any]) -> bytes:
    """Return a request's line in the batch file, with the request's key as its ID."""
    line = {"custom_id": key, "method": "POST", "url": ENDPOINT, "body": body}
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def split_files(sizes: Sequence[int], most_requests: int, most_bytes: int) -> Iterator[slice]:
    """Yield one slice of ``sizes`` (in bytes) for each file. A file may exceed a limit only if it has a single line."""
    start, held = 0, 0
    for number, size in enumerate(sizes):
        if number > start and (number - start == most_requests or held + size > most_bytes):
            yield slice(start, number)
            start, held = number, 0
        held += size
    if start < len(sizes):
        yield slice(start, len(sizes))


def read_replies(lines: Iterable[bytes]) -> Iterator[BatchReply]:
    """Yield the replies in an output or error file. Unreadable lines are logged and skipped."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _batch_reply(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                logger.warning(
                    "Line %s of the batch file does not contain a reply. The word will be requested again.",
                    f"{number:,}",
                )


def _batch_reply(line: dict[str, Any]) -> BatchReply:
    response, error = line.get("response") or {}, line.get("error") or {}
    body = {"error": error} if error else response.get("body") or {}
    undone = isinstance(error, dict) and error.get("code") in _NOT_WORKED_ON
    return BatchReply(line["custom_id"], body, response.get("status_code"), undone)
