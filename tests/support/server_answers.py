"""A question and a behaviour → the HTTP answer, with the tokens it claims."""

from dataclasses import dataclass
from typing import Any

from support.server_faults import ERRORS, content, error_body
from support.server_questions import Question
from support.server_script import Script


@dataclass(frozen=True)
class Answer:
    """Status, body (JSON, or a file's bytes), and the tokens that were booked for it: none for an error."""

    status: int
    body: Any
    tokens_in: int = 0
    tokens_out: int = 0


def answer(question: Question, behaviour: str, script: Script, authorization: str = "") -> Answer:
    """What the server says; a behaviour without an answer of its own gets a good one."""
    if behaviour in ERRORS:
        return Answer(ERRORS[behaviour][0], error_body(behaviour, authorization))
    mark = question.digest[:6]
    text, finish_reason = content(behaviour, question.about, mark)
    usage = _usage(question, text, script)
    body = {
        "id": f"chatcmpl-{mark}",
        "object": "chat.completion",
        "created": 0,
        "model": question.model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish_reason}],
        "usage": usage,
    }
    return Answer(200, body, usage["prompt_tokens"], usage["completion_tokens"])


def _usage(question: Question, text: str, script: Script) -> dict[str, Any]:
    tokens_in = question.characters // 4 + 1 if script.tokens_in is None else script.tokens_in
    tokens_out = _tokens_out(question, text, script)
    if (most := question.most_tokens) is not None:
        tokens_out = min(tokens_out, most)
    return {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
        "prompt_tokens_details": {"cached_tokens": min(script.cached_tokens, tokens_in)},
        "completion_tokens_details": {"reasoning_tokens": min(script.reasoning_tokens, tokens_out)},
    }


def _tokens_out(question: Question, text: str, script: Script) -> int:
    if script.tokens_out is not None:
        return script.tokens_out
    if script.tokens_out_spread is not None:
        least, most = script.tokens_out_spread
        return least + int(question.drawn(script.seed, "tokens") * (most - least + 1))
    return len(text) // 4 + 1 + script.reasoning_tokens
