"""Create the HTTP reply for a request and a behavior, with its token counts."""

from dataclasses import dataclass
from typing import Any

from support.server_faults import ERRORS, content, error_body
from support.server_requests import ChatRequest
from support.server_script import Script


@dataclass(frozen=True)
class ServerReply:
    """A reply: its status, its body (JSON, or a file's bytes), and its token counts, which are 0 for an error."""

    status: int
    body: Any
    tokens_in: int = 0
    tokens_out: int = 0


def reply_to(chat: ChatRequest, behavior: str, script: Script, authorization: str = "") -> ServerReply:
    """Return the reply for a behavior. Behaviors without a specific reply produce a good one."""
    if behavior in ERRORS:
        return ServerReply(ERRORS[behavior][0], error_body(behavior, authorization))
    mark = chat.digest[:6]
    text, finish_reason = content(behavior, chat.about, mark)
    usage = _usage(chat, text, script)
    body = {
        "id": f"chatcmpl-{mark}",
        "object": "chat.completion",
        "created": 0,
        "model": chat.model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish_reason}],
        "usage": usage,
    }
    return ServerReply(200, body, usage["prompt_tokens"], usage["completion_tokens"])


def _usage(chat: ChatRequest, text: str, script: Script) -> dict[str, Any]:
    tokens_in = chat.characters // 4 + 1 if script.tokens_in is None else script.tokens_in
    tokens_out = _tokens_out(chat, text, script)
    if (most := chat.most_tokens) is not None:
        tokens_out = min(tokens_out, most)
    return {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
        "prompt_tokens_details": {"cached_tokens": min(script.cached_tokens, tokens_in)},
        "completion_tokens_details": {"reasoning_tokens": min(script.reasoning_tokens, tokens_out)},
    }


def _tokens_out(chat: ChatRequest, text: str, script: Script) -> int:
    if script.tokens_out is not None:
        return script.tokens_out
    if script.tokens_out_spread is not None:
        least, most = script.tokens_out_spread
        return least + int(chat.drawn(script.seed, "tokens") * (most - least + 1))
    return len(text) // 4 + 1 + script.reasoning_tokens
