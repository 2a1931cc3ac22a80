"""Read the body of a provider's response: the text, the finish reason, the claimed usage, and any error.

Providers use a few formats and deviate from each of them. No value in the body causes an error: unreadable values are
treated as absent.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.llm.providers.json_body import read_json

# Finish reasons, in the providers' wording. Other reasons are kept unchanged.
_LENGTH = {"length", "max_tokens", "max_output_tokens", "model_length"}
_FILTERED = {
    "content_filter", "content-filter", "safety", "refusal", "recitation", "prohibited_content", "blocklist", "spii",
    "sensitive", "moderation", "guardrail_intervened",
}  # fmt: skip
_FAILED = {"error", "failed", "malformed_function_call", "network_error"}
_THINKING = {"thinking", "reasoning", "redacted_thinking", "reasoning_text"}
# Text that starts like this is an answer, even if the provider labels it as reasoning.
_ANSWER_STARTS = ("{", "[", "```")
# The values of "object" and the prefixes of "id" that identify a completion, even if everything else is missing.
_OBJECTS, _IDS = ("chat.completion", "text_completion", "response"), ("chatcmpl-", "cmpl-", "gen-", "msg_", "resp_")
_SURROGATE = lazy_regex("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ReplyBody:
    """A provider's response in a common format.

    Attributes:
        text: The reply, or an empty string.
        finish_reason: "stop", "length", "content_filter", "error", a provider-specific value, or None.
        usage: The tokens and cost that the provider claims, unchecked.
        error: The error object, or None. ``text`` may still contain part of a reply.
        reasoning: The visible reasoning and all other text that is billed but is not part of the reply.
        chat: Whether the body is in OpenAI's chat completion format, which is read without litellm.
        paid: Whether a model wrote the body, even if nothing else could be read.
        damaged: Whether some of the text could not be read.
    """

    text: str = ""
    finish_reason: str | None = None
    usage: Mapping[str, Any] = field(default_factory=dict)
    error: Any = None
    reasoning: str = ""
    chat: bool = False
    paid: bool = False
    damaged: bool = False


def read_body(body: bytes) -> ReplyBody | None:
    """Return a response's content, or None if the response is not JSON (for example, a web page)."""
    value, replaced, incomplete = read_json(body)
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, dict)), None)
    if not isinstance(value, dict):
        return None
    read = _read(value)
    text, reasoning = storable(read.text), storable(read.reasoning)
    # Replaced bytes outside the text do no harm.
    damaged = incomplete or (replaced and "\ufffd" in text)
    paid = read.paid or bool(read.text) or (not read.error and _is_completion(value))
    return replace(read, text=text, reasoning=reasoning, paid=paid, damaged=damaged)


def storable(text: str) -> str:
    """Return the text without lone surrogates, which neither files nor databases can store."""
    return _SURROGATE.sub("", text)


def _read(value: Mapping[str, Any]) -> ReplyBody:
    error = value.get("error") or (value if value.get("type") == "error" else None)
    if "choices" in value or isinstance(value.get("message"), dict):
        return _chat(value, error)
    if isinstance(content := value.get("content"), list | dict | str):  # Anthropic
        reason, usage = _reason(value.get("stop_reason")), _mapping(value.get("usage"))
        return ReplyBody(_joined(content), reason, usage, error, _thinking(content), paid=True)
    if "candidates" in value or "promptFeedback" in value:  # Gemini
        return _gemini(value, error)
    return ReplyBody(usage=_mapping(value.get("usage")), error=error)


def _is_completion(value: Mapping[str, Any]) -> bool:
    """Return whether a model wrote this object, judging by its keys and its ID."""
    kind, name = str(value.get("object")), str(value.get("id"))
    named = kind.startswith(_OBJECTS) or name.startswith(_IDS)
    return named or value.get("role") == "assistant" or bool(value.get("usage"))


def _chat(value: Mapping[str, Any], error: Any) -> ReplyBody:
    """Read a chat completion. If no choice is usable, the text is empty."""
    usable = [one for one in _list(value.get("choices")) if isinstance(one, dict)]
    choices = usable or [dict(value)]
    read = [_choice(one) for one in choices]
    text, reason = next(((text, reason) for text, reason in read if text.strip()), read[0])
    error = error or next((one["error"] for one in choices if one.get("error")), None)
    # All choices are paid for, and so is any text in a message besides its content.
    others = "".join(map(_all_text, choices))
    others = others.replace(text, "", 1) if text else others
    paid = bool(usable) or not error or "usage" in value
    return ReplyBody(text, reason, _mapping(value.get("usage")), error, others, chat=True, paid=paid)


def _choice(choice: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return one choice's text and finish reason."""
    message = choice.get("message") or choice.get("delta") or {}
    reason = _reason(choice.get("finish_reason"))
    if isinstance(message, str):
        return message, reason
    if not isinstance(message, dict):
        return _joined(choice.get("text")), reason
    text = _joined(message.get("content")) or _joined(choice.get("text")) or _arguments(message)
    if text.strip():
        return text, reason
    if refusal := message.get("refusal"):
        return _joined(refusal) or str(refusal), "content_filter"
    return _answer_in_reasoning(message), reason


def _joined(content: Any) -> str:
    """Return the text of a message's content, which is a string or a list of parts. Reasoning parts are left out."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        if str(content.get("type", "")).lower() in _THINKING or content.get("thought") is True:
            return ""
        if content.get("type") == "tool_use":
            return _json(content.get("input"))
        named = next((content[name] for name in ("text", "content", "value", "refusal") if content.get(name)), "")
        # Some servers send the reply's JSON as an object instead of a string.
        return _joined(named) if named or "type" in content or not content else _json(content)
    return "".join(map(_joined, content)) if isinstance(content, list) else ""


def _thinking(content: Any) -> str:
    """Return the text of the reasoning parts, which ``_joined`` leaves out."""
    if isinstance(content, list):
        return "".join(map(_thinking, content))
    if isinstance(content, dict) and (
        str(content.get("type", "")).lower() in _THINKING or content.get("thought") is True
    ):
        return _joined([content[name] for name in ("thinking", "reasoning", "text", "summary") if content.get(name)])
    return ""


def _all_text(choice: Mapping[str, Any]) -> str:
    """Return all text that the model wrote in a choice."""
    message = choice.get("message") or choice.get("delta") or {}
    if not isinstance(message, dict):
        return _joined(message) + _joined(choice.get("text"))
    content = message.get("content")
    reasoning = _joined(message.get("reasoning_content") or message.get("reasoning")) + _thinking(content)
    return (
        _joined(content)
        + _joined(choice.get("text"))
        + _arguments(message)
        + reasoning
        + _joined(message.get("refusal"))
    )


def _arguments(message: Mapping[str, Any]) -> str:
    """Return the arguments of all function calls, which some models send when asked to follow a schema."""
    calls = [one for one in _list(message.get("tool_calls")) if isinstance(one, dict)]
    functions = [_mapping(one.get("function")) for one in calls] or [_mapping(message.get("function_call"))]
    return "\n".join(filter(None, (_json(function.get("arguments")) for function in functions)))


def _answer_in_reasoning(message: Mapping[str, Any]) -> str:
    """Return the answer if a server mislabeled it as reasoning, or an empty string if the reasoning is prose."""
    text = _joined(message.get("reasoning_content") or message.get("reasoning"))
    return text if text.lstrip().startswith(_ANSWER_STARTS) else ""


def _gemini(value: Mapping[str, Any], error: Any) -> ReplyBody:
    candidates = [one for one in _list(value.get("candidates")) if isinstance(one, dict)]
    first = candidates[0] if candidates else {}
    reason = first.get("finishReason") or _mapping(value.get("promptFeedback")).get("blockReason")
    parts, usage = _mapping(first.get("content")).get("parts"), _mapping(value.get("usageMetadata"))
    return ReplyBody(_joined(parts), _reason(reason), usage, error, _thinking(parts), paid=not error)


def _reason(value: Any) -> str | None:
    """Return the finish reason, translated to OpenAI's name where one exists."""
    if not isinstance(value, str) or not value:
        return None
    word = value.lower()
    for known, name in ((_LENGTH, "length"), (_FILTERED, "content_filter"), (_FAILED, "error")):
        if word in known:
            return name
    return "stop" if word in ("stop", "end_turn", "stop_sequence", "eos", "tool_calls", "tool_use") else word


def _json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) if value else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
