"""Merge the chunks of an event stream into one completion, because some servers stream even when not asked to."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from korean_flashcards.domain.lazy_regex import lazy_regex

# The line endings in an event stream. The other separators that ``str.splitlines`` uses may be part of the text.
_LINE_END = lazy_regex(r"\r\n|\n|\r")
_STARTS = ("data:", "event:", "id:", "retry:", ":")
_PARTS = ("content", "reasoning_content", "reasoning", "refusal")


def is_event_stream(text: str) -> bool:
    """Return whether a response body is an event stream."""
    return text.startswith(_STARTS)


def merged_events(text: str, load: Callable[[str], Any]) -> tuple[dict[str, Any] | None, bool]:
    """Return a completion merged from a stream's chunks (or None), and whether any chunk was unreadable.

    ``load`` parses JSON text and returns its value, or None if the text is invalid.
    """
    events, damaged = _events(_LINE_END.split(text), load)
    return (_merged(events) if events else None), damaged


def _events(lines: list[str], load: Callable[[str], Any]) -> tuple[list[dict[str, Any]], bool]:
    """Return the JSON objects in an event stream, in order, and whether any of them was unreadable."""
    found: list[dict[str, Any]] = []
    unread: list[str] = []
    damaged = False
    for number, line in enumerate(lines):
        name, _, data = line.partition(":")
        if name.strip() == "data" and data.strip() not in ("", "[DONE]"):
            # An object may span several lines of data.
            value = load(data) if not unread else load("\n".join([*unread, data]))
            unread = [*unread, data] if value is None else []
            found += [value] if isinstance(value, dict) else []
        elif not line.strip():
            damaged, unread = damaged or bool(unread), []
        elif line.lstrip().startswith("{"):  # JSON that follows comments sent to keep the connection open
            value = load("\n".join(lines[number:]))
            return ([*found, value], damaged) if isinstance(value, dict) else (found, True)
    return found, damaged or bool(unread)


def _merged(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return one completion with each choice's text joined, and with the last finish reason, usage, and error."""
    merged: dict[str, Any] = {}
    choices: dict[int, dict[str, Any]] = {}
    for event in events:
        merged |= {name: value for name, value in event.items() if name != "choices" and value}
        listed = event.get("choices")
        for choice in listed if isinstance(listed, list) else ():
            if isinstance(choice, dict):
                index = choice.get("index")
                _add(choices.setdefault(index if isinstance(index, int) else 0, {"message": {}}), choice)
    if choices:
        merged["choices"] = [choices[index] for index in sorted(choices)]
    return merged


def _add(merged: dict[str, Any], choice: Mapping[str, Any]) -> None:
    """Add a choice's chunk to the merged choice."""
    merged |= {name: choice[name] for name in ("finish_reason", "error") if choice.get(name)}
    message = choice.get("delta") or choice.get("message") or {"content": choice.get("text")}
    if not isinstance(message, dict):
        message = {"content": message}
    for name in _PARTS:
        if message.get(name):
            merged["message"].setdefault(name, []).append(message[name])
    calls = message.get("tool_calls")
    if isinstance(calls, list) and calls and isinstance(calls[0], dict) and isinstance(calls[0].get("function"), dict):
        arguments = calls[0]["function"].get("arguments")
        if isinstance(arguments, str) and calls[0].get("index") in (0, None):
            function = merged["message"].setdefault("tool_calls", [{"function": {"arguments": ""}}])[0]["function"]
            function["arguments"] += arguments
