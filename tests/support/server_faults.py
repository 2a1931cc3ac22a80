"""Define the faults that the model server can produce instead of a good reply, by name."""

import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from support.model_replies import reply_record

# behavior -> (HTTP status, the error's type and code, message)
ERRORS = {
    "429": (429, "rate_limit_exceeded", "Rate limit reached for requests"),
    "429-rate": (429, "rate_limit_exceeded", "Rate limit reached for requests or tokens of this window"),
    "quota": (429, "insufficient_quota", "You exceeded your current quota, please check your plan and billing details"),
    "500": (500, "server_error", "The server had an error while processing your request"),
    "503": (503, "overloaded", "The engine is currently overloaded"),
    "400": (400, "invalid_request_error", "Invalid value for 'messages'"),
    "401": (401, "invalid_api_key", "Incorrect API key provided: {authorization}"),
    "402": (402, "insufficient_funds", "Insufficient credits"),
    "403": (403, "permission_denied", "Your key may not use this model"),
    "403-ban": (403, "banned", "Your key is banned because it exceeded its rate limit"),
    "404": (404, "model_not_found", "The model does not exist"),
    "context_length": (400, "context_length_exceeded", "This model's maximum context length is 8192 tokens"),
    "schema": (400, "invalid_request_error", "Invalid parameter: 'response_format' of this type is not supported"),
}
_STRING = re.compile(r'"((?:\\.|[^"\\])*)"')


def _half(text: str) -> str:
    return text[: len(text) // 2]


def _single_quoted(text: str) -> str:
    return _STRING.sub(lambda found: "'" + found[1].replace('\\"', '"').replace("'", "\\'") + "'", text)


def _unclean(text: str) -> str:
    return json.dumps(unclean(json.loads(text)))


def unclean(value: Any) -> Any:
    """Return the JSON value with decomposed Hangul and with characters that nobody can see or store in each string."""
    if isinstance(value, str):
        return f"\u202e{unicodedata.normalize('NFD', value)}\0\x1f\u200b\ufeff\ud800"
    if isinstance(value, list):
        return [unclean(item) for item in value]
    return {name: unclean(item) for name, item in value.items()} if isinstance(value, dict) else value


# behavior -> (function that changes the good text, finish_reason)
TEXTS: dict[str, tuple[Callable[[str], str], str]] = {
    "ok": (str, "stop"),
    "cut_short": (_half, "length"),
    "content_filter": (lambda _: "", "content_filter"),
    "empty": (lambda _: "", "stop"),
    "malformed": (_half, "stop"),
    "fenced": (lambda text: f"Here is the JSON you requested:\n```json\n{text}\n```\nAnything else?", "stop"),
    "unclean": (_unclean, "stop"),
    "refusal": (lambda _: "I'm sorry, but I can't help with that request.", "stop"),
    # Complete, but not valid JSON: a local fix loses nothing.
    "trailing_comma": (lambda text: f"{text[:-1]},}}", "stop"),
    "unclosed": (lambda text: text.rstrip("]}"), "stop"),
    "single_quotes": (_single_quoted, "stop"),
    "unquoted_keys": (lambda text: re.sub(r'"(\w+)": ', r"\1: ", text), "stop"),
    "smart_quotes": (lambda text: _STRING.sub(r"“\1”", text), "stop"),
}


def _without_field(record: dict[str, Any]) -> None:
    """Remove the metaphor from a nuance, the last field from a repair, one card, or the back of the only card."""
    cards = record.get("cards")
    if cards is None:
        fields = record.get("fields", record)
        del fields["metaphor" if "metaphor" in fields else list(fields)[-1]]
    elif len(cards) > 1:
        cards.pop()
    else:
        del cards[0]["back"]


def _with_malformed_ipa(record: dict[str, Any]) -> None:
    """Replace the IPA with two parts in brackets, or a card's front with an empty string."""
    if "cards" in record:
        record["cards"][0]["front"] = ""
    else:
        record.get("fields", record)["ipa"] = "[a][b]"


def _with_long_field(record: dict[str, Any]) -> None:
    """Set a meaning (or a repair's last field) to more than 500 characters, or a card's back to more than 4,000."""
    if "cards" in record:
        record["cards"][0]["back"] *= 20
    else:
        fields = record.get("fields", record)
        fields["primary_meaning" if "primary_meaning" in fields else list(fields)[-1]] = "it never ends, " * 40


def _with_other_ipa(record: dict[str, Any]) -> None:
    """Set the valid IPA of a different word, or add Markdown to a card."""
    if "cards" in record:
        record["cards"][0]["back"] += "\n\n**Remember** this."
    else:
        record.get("fields", record)["ipa"] = "[toŋ.nip̚]"


# behavior -> function that changes the good record before it becomes a text
RECORDS: dict[str, Callable[[dict[str, Any]], None]] = {
    "missing_field": _without_field,
    "bad_ipa": _with_malformed_ipa,
    "other_ipa": _with_other_ipa,
    "too_long": _with_long_field,
}
# No reply arrives: the server hangs, resets the connection, or resets it after it has booked the reply.
SILENT = ("hang", "reset", "lost")
BEHAVIORS = (*ERRORS, *TEXTS, *RECORDS, "wrong_word", *SILENT)


def content(behavior: str, about: dict[str, Any], mark: str) -> tuple[str, str]:
    """Return the text and the finish_reason of a reply to the user JSON. Unknown behaviors produce a good reply."""
    record = reply_record({**about, "term": "딴말"} if behavior == "wrong_word" else about, mark)
    if behavior in RECORDS:
        RECORDS[behavior](record)
    change, finish_reason = TEXTS.get(behavior, TEXTS["ok"])
    return change(json.dumps(record, ensure_ascii=False)), finish_reason


def error_body(behavior: str, authorization: str) -> dict[str, Any]:
    """Return OpenAI's error object."""
    _, code, message = ERRORS[behavior]
    message = message.format(authorization=authorization)
    return {"error": {"message": message, "type": code, "code": code, "param": None}}
