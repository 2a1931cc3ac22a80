"""The files of a batch in OpenAI's format: one line per request, one line per reply. Pure."""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger(__name__)

ENDPOINT = "/v1/chat/completions"
# OpenAI, API reference, "Create batch": a file holds up to 50,000 requests and 200 MB (read as 10^6 bytes, the fewer).
MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000
# The error codes of a line that was never worked on (OpenAI, "Batch API": expiration and cancelling).
_NOT_WORKED_ON = {"batch_expired", "batch_cancelled"}


@dataclass(frozen=True, slots=True)
class BatchReply:
    """The outcome of one line: ``body`` is the completion, or ``message`` says why there is none (``status``: HTTP).

    ``undone``: the provider did not work on it.
    """

    key: str
    body: dict[str, Any] | None
    status: int | None
    message: str
    undone: bool


def request_line(key: str, body: dict[str, Any]) -> bytes:
    """Return the line of the request with this key."""
    line = {"custom_id": key, "method": "POST", "url": ENDPOINT, "body": body}
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def split_files(sizes: Sequence[int], most_requests: int, most_bytes: int) -> Iterator[slice]:
    """Yield which lines, of these sizes in bytes, go into which file: each keeps both limits, or has one line only."""
    start, held = 0, 0
    for number, size in enumerate(sizes):
        if number > start and (number - start == most_requests or held + size > most_bytes):
            yield slice(start, number)
            start, held = number, 0
        held += size
    if start < len(sizes):
        yield slice(start, len(sizes))


def read_replies(lines: Iterable[bytes]) -> Iterator[BatchReply]:
    """Yield the replies in the lines of an output or error file; a line that cannot be read is logged and left out."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _batch_reply(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                logger.warning("Line %s of a batch's file is not a reply; its word is requested again.", f"{number:,}")


def _batch_reply(line: dict[str, Any]) -> BatchReply:
    response, error = line.get("response") or {}, line.get("error") or {}
    status, body = response.get("status_code"), response.get("body") or {}
    if status == 200 and not error:
        return BatchReply(line["custom_id"], body, status, "", undone=False)
    problem = error or (body.get("error") or {})
    message = " ".join(str(problem[name]) for name in ("code", "message") if problem.get(name))
    return BatchReply(line["custom_id"], None, status, message, undone=error.get("code") in _NOT_WORKED_ON)
