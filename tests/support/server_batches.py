"""Store files and batches in memory, as OpenAI does, without HTTP."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

from support.server_choice import Choice
from support.server_faults import SILENT
from support.server_log import LINE, ServerLog
from support.server_replies import ServerReply, reply_to
from support.server_requests import ChatRequest
from support.server_script import Script

# The error of a line that was not processed.
_UNDONE = {
    "expired": ("batch_expired", "This request could not be executed before the completion window expired."),
    "cancelled": ("batch_cancelled", "This request was not executed because the batch was cancelled."),
}


class Files:
    """Uploaded files and result files, stored by ID."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[dict[str, Any], bytes]] = {}
        self._count = 0

    def add(self, data: bytes, filename: str, purpose: str) -> dict[str, Any]:
        """Store a file and return OpenAI's file object."""
        self._count += 1
        file_id = f"file-{self._count}"
        about = {
            "id": file_id,
            "object": "file",
            "bytes": len(data),
            "created_at": int(time.time()),
            "filename": filename,
            "purpose": purpose,
            "status": "processed",
        }
        self._files[file_id] = (about, data)
        return about

    def about(self, file_id: str) -> dict[str, Any]:
        """Return the file object. Raises KeyError."""
        return self._files[file_id][0]

    def data(self, file_id: str) -> bytes:
        """Return a file's content. Raises KeyError."""
        return self._files[file_id][1]

    def delete(self, file_id: str) -> dict[str, Any]:
        """Delete a file. Raises KeyError."""
        del self._files[file_id]
        return {"id": file_id, "object": "file", "deleted": True}


@dataclass
class _Batch:
    about: dict[str, Any]
    lines: list[dict[str, Any]]
    authorization: str
    ends_at: float
    end: str
    produced: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"output": [], "error": []})

    @property
    def ended(self) -> bool:
        return self.about["status"] in {"completed", "expired", "failed", "cancelled"}


class Batches:
    """Batches in order of creation. A batch is processed by the first call that reads it after its end time."""

    def __init__(self, script: Script, files: Files, choice: Choice, log: ServerLog) -> None:
        self._script, self._files, self._choice, self._log = script, files, choice, log
        self._batches: dict[str, _Batch] = {}

    def create(self, wanted: dict[str, Any], authorization: str) -> dict[str, Any]:
        """Create a batch in the state "validating". Raises KeyError if the input file does not exist."""
        data, now = self._files.data(wanted["input_file_id"]), time.time()
        lines, problems = _checked(data, wanted["endpoint"])
        about = {
            "id": f"batch_{len(self._batches) + 1}",
            "object": "batch",
            "status": "validating",
            "created_at": int(now),
            "expires_at": int(now) + 24 * 3600,
            "request_counts": {"total": 0, "completed": 0, "failed": 0},
            "output_file_id": None,
            "error_file_id": None,
            "errors": None,
            "metadata": wanted.get("metadata"),
            **{name: wanted[name] for name in ("input_file_id", "endpoint", "completion_window")},
        }
        batch = _Batch(about, lines, authorization, now + self._script.batch_seconds, self._script.batch_end)
        if problems:
            _refuse(batch, problems)
        self._batches[about["id"]] = batch
        return dict(about)

    def look(self, batch_id: str) -> dict[str, Any]:
        """Return the current batch object. Raises KeyError."""
        batch = self._batches[batch_id]
        if not batch.ended and time.time() >= batch.ends_at:
            self._finish(batch)
        elif batch.about["status"] == "validating":
            batch.about |= {"status": "in_progress", "in_progress_at": int(time.time())}
            batch.about["request_counts"] = {"total": len(batch.lines), "completed": 0, "failed": 0}
        return batch.about

    def cancel(self, batch_id: str) -> dict[str, Any]:
        """Cancel a batch and return it in the state "cancelling". The next call reads the batch as "cancelled".

        Raises:
            KeyError: There is no batch with this ID.
            ValueError: The batch has ended.
        """
        self.look(batch_id)
        batch = self._batches[batch_id]
        if batch.ended:
            raise ValueError(f"Cannot cancel a batch with status '{batch.about['status']}'.")
        batch.ends_at, batch.end = 0.0, "cancelled"
        batch.about |= {"status": "cancelling", "cancelling_at": int(time.time())}
        return batch.about

    def listed(self, after: str | None, limit: int) -> dict[str, Any]:
        """Return a page of batch objects, newest first, in OpenAI's format."""
        ids = list(reversed(self._batches))
        ids = ids[ids.index(after) + 1 :] if after in self._batches else ids
        page = [self.look(batch_id) for batch_id in ids[:limit]]
        first, last = (page[0]["id"], page[-1]["id"]) if page else (None, None)
        return {"object": "list", "data": page, "first_id": first, "last_id": last, "has_more": len(ids) > limit}

    def _finish(self, batch: _Batch) -> None:
        if batch.end == "failed":
            _refuse(batch, [("token_limit_exceeded", "Enqueued token limit reached for this model.", None)])
            return
        total = len(batch.lines)
        done = total if batch.end == "completed" else round(total * self._script.batch_done)
        for line in batch.lines[:done]:
            self._work(batch, line)
        for line in batch.lines[done:]:
            code, message = _UNDONE[batch.end]
            batch.produced["error"].append(_result(line, None, {"code": code, "message": message}))
        failed = len(batch.produced["error"])
        batch.about |= {
            "status": batch.end,
            f"{batch.end}_at": int(time.time()),
            "request_counts": {"total": total, "completed": total - failed, "failed": failed},
        }
        for name, results in batch.produced.items():
            if results:
                # Providers do not keep the order of the lines.
                data = "".join(json.dumps(result, ensure_ascii=False) + "\n" for result in reversed(results))
                kept = self._files.add(data.encode(), f"{batch.about['id']}_{name}.jsonl", "batch_output")
                batch.about[f"{name}_file_id"] = kept["id"]

    def _work(self, batch: _Batch, line: dict[str, Any]) -> None:
        chat = ChatRequest.read(line["body"])
        behavior = self._choice.of_line(chat)
        attempt = self._choice.attempts[chat.digest]
        number = self._log.request(chat, behavior, attempt, batch.authorization, LINE)
        # No client waits for a line, so a fault without a reply becomes an error of the provider.
        given = reply_to(chat, "500" if behavior in SILENT else behavior, self._script, batch.authorization)
        self._log.replied(number, given, delivered=True)
        batch.produced["output" if given.status == 200 else "error"].append(_result(line, given, None))


def _checked(data: bytes, endpoint: str) -> tuple[list[dict[str, Any]], list[tuple[str, str, int | None]]]:
    """Return the lines, and the problems as (code, message, line number) tuples."""
    lines: list[dict[str, Any]] = []
    problems: list[tuple[str, str, int | None]] = []
    seen: set[str] = set()
    for number, text in enumerate(data.decode().splitlines(), start=1):
        try:
            line = json.loads(text)
            name, url = line["custom_id"], line["url"]
            ChatRequest.read(line["body"])
        except (ValueError, KeyError, TypeError):
            problems.append(("invalid_json_line", "This line is not a request.", number))
            continue
        if name in seen:
            problems.append(("duplicate_custom_id", f"The custom_id {name!r} is not unique.", number))
        if url != endpoint or line.get("method") != "POST":
            problems.append(("invalid_url", f"The batch is for POST {endpoint}.", number))
        seen.add(name)
        lines.append(line)
    return lines, problems or ([] if lines else [("empty_file", "The input file is empty.", None)])


def _refuse(batch: _Batch, problems: list[tuple[str, str, int | None]]) -> None:
    data = [{"code": code, "message": message, "line": line, "param": None} for code, message, line in problems]
    batch.about |= {
        "status": "failed", "failed_at": int(time.time()), "errors": {"object": "list", "data": data},
    }  # fmt: skip


def _result(line: dict[str, Any], given: ServerReply | None, error: dict[str, str] | None) -> dict[str, Any]:
    """Return a line for the output or error file."""
    name = line["custom_id"]
    response = given and {"status_code": given.status, "request_id": f"req_{name}", "body": given.body}
    return {"id": f"batch_req_{name}", "custom_id": name, "response": response, "error": error}
