"""Find the JSON in what a model sent: fences, talk before and after, trailing commas are no obstacle."""

import json
import re
from typing import Any

from korean_flashcards.contracts import FailureCode, ReplyError

_FENCE = re.compile(r"```[\w-]*[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)
# A comma before a closing bracket, outside of strings (the first alternative swallows whole strings).
_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', re.DOTALL)
_REFUSAL = re.compile(
    r"\b(i(?:['’]m| am) (?:sorry|unable|not able)|i (?:can(?:no|['’])t|won['’]t)|as an ai\b"
    r"|cannot (?:help|assist|comply))",
    re.IGNORECASE,
)


def unfenced(text: str) -> str:
    """Return the content of the first Markdown fence, or the text itself where there is none."""
    match = _FENCE.search(text)
    return match[1] if match else text


def find_json(text: str) -> Any:
    """Return the JSON object or array in ``text``.

    Raises ReplyError: ``empty``; ``refused``; ``cut_short`` when an object or array never ends; ``malformed``.
    """
    if not text.strip():
        raise ReplyError(FailureCode.EMPTY, "the reply is empty")
    for candidate in (text, unfenced(text)):
        try:
            return _loads(candidate)
        except json.JSONDecodeError:
            continue
    return _embedded(text)


def refusal(text: str) -> ReplyError | None:
    """Return the error for a reply that declines the task in words, else None."""
    if _REFUSAL.search(text[:400]):
        return ReplyError(FailureCode.REFUSED, f"the model declined: {' '.join(text.split())[:160]}")
    return None


def _loads(text: str) -> Any:
    value = json.loads(_TRAILING_COMMA.sub(lambda match: match[1] or "", text), strict=False)
    if not isinstance(value, dict | list):
        raise json.JSONDecodeError("neither an object nor an array", text, 0)
    return value


def _embedded(text: str) -> Any:
    """The largest object or array that stands in the text, with talk around it."""
    plain = _TRAILING_COMMA.sub(lambda match: match[1] or "", text)
    decoder = json.JSONDecoder(strict=False)
    best: tuple[int, Any] = (0, None)
    start = 0
    while (match := re.search(r"[{\[]", plain[start:])) is not None:
        start += match.start()
        try:
            value, end = decoder.raw_decode(plain, start)
        except json.JSONDecodeError:
            start += 1
            continue
        if end - start > best[0] and _is_record(value):
            best = (end - start, value)
        start = end
    if best[0] and not _never_ends(plain):
        return best[1]
    raise _why_not(text, plain)


def _is_record(value: Any) -> bool:
    """An object, or an array of objects: "[nam.sʌŋ]" in the talk is neither."""
    return bool(value) and (isinstance(value, dict) or all(isinstance(part, dict) for part in value))


def _never_ends(plain: str) -> bool:
    """Whether the first bracket that opens a record has no partner: what stands inside is only a part of the reply."""
    bare = re.sub(r'"(?:\\.|[^"\\])*"', '""', plain, flags=re.DOTALL)
    opening = re.search(r'\{\s*"|\[\s*\{', bare)
    return opening is not None and bare[opening.start() :].count("{") > bare[opening.start() :].count("}")


def _why_not(text: str, plain: str) -> ReplyError:
    if declined := refusal(text):
        return declined
    if _never_ends(plain):
        return ReplyError(FailureCode.CUT_SHORT, f"the reply ends in the middle of its JSON: …{text.strip()[-60:]!r}")
    return ReplyError(FailureCode.MALFORMED, f"no JSON object in the reply: {' '.join(text.split())[:120]!r}")
