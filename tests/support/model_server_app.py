"""The process of ``ModelServer``: ``python -m support.model_server_app SCRIPT_JSON LOG_FILE``; prints its port."""

import asyncio
import hashlib
import json
import os
import socket
import struct
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from aiohttp import web

from support.model_replies import reply_text
from support.model_server import Script

# behaviour -> (HTTP status, the error's type or code, message)
ERRORS = {
    "429": (429, "rate_limit_exceeded", "Rate limit reached for requests"),
    "quota": (429, "insufficient_quota", "You exceeded your current quota, please check your plan and billing details"),
    "500": (500, "server_error", "The server had an error while processing your request"),
    "503": (503, "overloaded", "The engine is currently overloaded"),
    "400": (400, "invalid_request_error", "Invalid value for 'messages'"),
    "401": (401, "invalid_api_key", "Incorrect API key provided: {authorization}"),
    "402": (402, "insufficient_funds", "Insufficient credits"),
    "403": (403, "permission_denied", "Your key may not use this model"),
    "404": (404, "model_not_found", "The model does not exist"),
    "context_length": (400, "context_length_exceeded", "This model's maximum context length is 8192 tokens"),
    "schema": (400, "invalid_request_error", "Invalid parameter: 'response_format' of this type is not supported"),
}
# behaviour -> (text instead of the good one, finish_reason); {text} is the good one, {half} its first half
TEXTS = {
    "ok": ("{text}", "stop"),
    "cut_short": ("{half}", "length"),
    "content_filter": ("", "content_filter"),
    "empty": ("", "stop"),
    "malformed": ("{half}", "stop"),
    "fenced": ("Here is the JSON you asked for:\n```json\n{text}\n```\nAnything else?", "stop"),
    "refusal": ("I'm sorry, but I can't help with that request.", "stop"),
    "wrong_word": ("{other}", "stop"),
}
BEHAVIOURS = (*ERRORS, *TEXTS, "hang", "reset")


class App:
    """Decides, logs and answers; one instance a process."""

    def __init__(self, script: Script, log: Path) -> None:
        self.script = script
        self.log = log.open("a", encoding="utf-8", buffering=1)
        self.calls = 0
        self.attempts: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.by_term: Counter[str] = Counter()

    async def chat(self, request: web.Request) -> web.Response:
        """POST /v1/chat/completions."""
        body = await request.json()
        content = body["messages"][-1]["content"]
        question = _parsed(content)
        digest = hashlib.sha256(json.dumps([body["model"], body["messages"]]).encode()).hexdigest()
        kind = (body.get("response_format") or {}).get("type")
        self.calls += 1
        behaviour = self._behaviour(digest, str(question.get("term", "")), kind)
        authorization = request.headers.get("Authorization", "")
        self._note(digest, question, behaviour, kind, authorization)
        await asyncio.sleep(3600 if behaviour == "hang" else self.script.latency)
        if behaviour == "reset":
            _reset(request)
            return web.Response()
        if behaviour in ERRORS:
            return self._error(behaviour, authorization)
        return _completion(body["model"], behaviour, question, digest[:6], len(content))

    def _behaviour(self, digest: str, term: str, kind: str | None) -> str:
        script = self.script
        if (kind == "json_schema" and script.rejects_schema) or (kind == "json_object" and script.rejects_json_object):
            return "schema"
        self.attempts[digest] += 1
        if term in script.by_term:
            planned = script.by_term[term]
            self.by_term[term] += 1
            return planned[self.by_term[term] - 1] if self.by_term[term] <= len(planned) else "ok"
        if script.from_call and self.calls >= script.from_call[0]:
            return script.from_call[1]
        if self.failures[digest] >= script.fails_at_most:
            return script.always
        drawn = hashlib.sha256(f"{script.seed} {digest} {self.attempts[digest]}".encode()).digest()
        left = int.from_bytes(drawn[:8], "big") / 2**64
        for behaviour, share in script.shares.items():
            left -= share
            if left < 0:
                self.failures[digest] += 1
                return behaviour
        return script.always

    def _note(self, digest: str, question: dict[str, Any], behaviour: str, kind: str | None, key: str) -> None:
        record = {
            "n": self.calls,
            "at": time.time(),
            "sha256": digest,
            "attempt": self.attempts[digest],
            "term": question.get("term"),
            "stage": "flashcards" if "card_types" in question else "nuance",
            "behaviour": behaviour,
            "format": kind,
            "authorization": key,
        }
        self.log.write(json.dumps(record, ensure_ascii=False) + "\n")

    def _error(self, behaviour: str, authorization: str) -> web.Response:
        status, code, message = ERRORS[behaviour]
        header = {"Retry-After": self.script.retry_after} if behaviour == "429" and self.script.retry_after else {}
        error = {"message": message.format(authorization=authorization), "type": code, "code": code, "param": None}
        return web.json_response({"error": error}, status=status, headers=header)


def _completion(model: str, behaviour: str, question: dict[str, Any], mark: str, asked: int) -> web.Response:
    template, finish_reason = TEXTS[behaviour]
    good = reply_text(question, mark)
    other = reply_text({**question, "term": "딴말"}, mark) if "{other}" in template else ""
    text = template.replace("{text}", good).replace("{half}", good[: len(good) // 2]).replace("{other}", other)
    tokens_in, tokens_out = asked // 4 + 1, len(text) // 4 + 1
    return web.json_response(
        {
            "id": f"chatcmpl-{mark}",
            "object": "chat.completion",
            "created": 0,
            "model": model,
            "choices": [
                {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish_reason}
            ],
            "usage": {
                "prompt_tokens": tokens_in,
                "completion_tokens": tokens_out,
                "total_tokens": tokens_in + tokens_out,
            },
        }
    )


def _parsed(content: str) -> dict[str, Any]:
    try:
        question = json.loads(content)
    except ValueError:
        return {"term": content}
    return question if isinstance(question, dict) else {"term": content}


def _reset(request: web.Request) -> None:
    """Drop the connection with a TCP RST: with a linger time of 0, closing does not say goodbye."""
    if request.transport is not None:
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        request.transport.abort()


async def _serve(script: Script, log: Path) -> None:
    application = web.Application(client_max_size=2**24)
    application.router.add_post("/v1/chat/completions", App(script, log).chat)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    await web.SockSite(runner, listening).start()
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def _end_with_parent() -> None:
    """The parent's end of the pipe closes when it stops us or dies."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(_serve(Script(**json.loads(sys.argv[1])), Path(sys.argv[2])))
