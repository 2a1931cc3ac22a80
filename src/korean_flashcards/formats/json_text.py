"""Find the JSON in a model's reply, despite code fences, surrounding text, and trailing commas.

If the JSON is invalid, ``json_mend`` tries to repair it.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.formats.json_mend import closed, mended

_FENCE = re.compile(r"```[\w-]*[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)
# A comma before a closing bracket, outside of strings. The first alternative consumes whole strings.
_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', re.DOTALL)
# A string, or the start of a string that is cut off by the end of the text.
_STRING = re.compile(r'"(?:\\.|[^"\\])*(?:"|\\?\Z)', re.DOTALL)
_OPENING = re.compile(r"""\{\s*(?:"|\Z|/[/*]|'[^'\n]*'\s*:|[^\W\d]\w*\s*:)|\[\s*(?:\{|\Z|/[/*])""")
_DECODER = json.JSONDecoder(strict=False)
_REFUSAL = re.compile(
    r"\b(i(?:['’]m| am) (?:sorry|unable|not able)|i (?:can(?:no|['’])t|won['’]t)|as an ai\b"
    r"|cannot (?:help|assist|comply))",
    re.IGNORECASE,
)


def unfenced(text: str) -> str:
    """Return the content of the first Markdown code fence, or the text itself if there is no fence."""
    match = _FENCE.search(text)
    return match[1] if match else text


def find_json(text: str, whole: Callable[[Any], bool] = lambda value: False, in_list: bool = False) -> Any:
    """Return the JSON object or array in ``text``.

    Args:
        text: The reply.
        whole: A function that returns whether a value is complete. It is called for JSON that lacks only its closing
            brackets.
        in_list: Whether incomplete JSON may end in a list of plain values, even though the list may be missing values.

    Raises:
        ReplyError: The code is ``cut_short`` if an object or array is incomplete; otherwise, it is ``empty``,
            ``refused``, or ``malformed``.
    """
    if not text.strip():
        raise ReplyError(FailureCode.EMPTY, "the reply is empty")
    # Try the unchanged text first: almost every reply is plain JSON, and preparing it takes longer than parsing it.
    for prepared in (str, _plain, lambda text: _plain(unfenced(text))):
        try:
            return _loads(prepared(text))
        # A number with 5,000 digits raises ValueError, and deep nesting raises RecursionError, not JSONDecodeError.
        except (ValueError, RecursionError):
            continue
    return _embedded(text, whole, in_list)


def is_json(text: str) -> bool:
    """Return whether the text is valid JSON and needs no repair."""
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def refusal(text: str) -> ReplyError | None:
    """Return an error if the model declined the task in its reply, or None otherwise."""
    if _REFUSAL.search(text[:400]):
        return ReplyError(FailureCode.REFUSED, f"the model declined: {' '.join(text.split())[:160]}")
    return None


def unwrapped(value: Any) -> Any:
    """Unwrap a record that the model put inside one-element lists or one-member objects."""
    while isinstance(value, dict | list) and len(value) == 1:
        inner = value[0] if isinstance(value, list) else next(iter(value.values()))
        if not isinstance(inner, dict | list):
            break
        value = inner
    return value


def opens_record(text: str) -> bool:
    """Return whether the text contains the start of an object or of an array of objects ("[nam.sʌŋ]" is neither)."""
    return _OPENING.search(text) is not None


def _loads(text: str) -> Any:
    value = json.loads(text, strict=False)
    if not isinstance(value, dict | list):
        raise ValueError("neither an object nor an array")
    return value


def _embedded(text: str, whole: Callable[[Any], bool], in_list: bool) -> Any:
    """Return the largest record in a reply that also contains other text."""
    best: tuple[int, Any] = (0, None)
    rest = text
    while (opening := _OPENING.search(rest)) is not None:
        raw = rest[opening.start() :]
        plain = _plain(raw)
        try:
            value, end = _DECODER.raw_decode(plain)
            rest = plain[end:]
        except (ValueError, RecursionError):
            if (found := mended(raw)) is None:
                # A record inside a broken record is only a part of the reply and must not be used as the whole.
                return _closed(text, plain, whole, in_list)
            value, end = found
            rest = raw[end:]
        best = max(best, (end, value), key=lambda found: found[0])
    if best[0]:
        return best[1]
    raise refusal(text) or _malformed(text)


def _plain(text: str) -> str:
    return _TRAILING_COMMA.sub(lambda match: match[1] or "", text)


def _closed(text: str, plain: str, whole: Callable[[Any], bool], in_list: bool) -> Any:
    """Return the value of JSON that lacks only its closing brackets.

    Raises:
        ReplyError: The code is ``cut_short`` if there are more opening than closing brackets, and ``malformed``
            otherwise.
    """
    found = closed(plain)
    if found is not None and (in_list or not found[1]) and whole(found[0]):
        return found[0]
    bare = _STRING.sub("", plain)
    if sum(map(bare.count, "{[")) > sum(map(bare.count, "}]")):
        message = f"the reply ends in the middle of its JSON: …{text.strip()[-60:]!r}"
        raise ReplyError(FailureCode.CUT_SHORT, message)
    raise _malformed(text)


def _malformed(text: str) -> ReplyError:
    return ReplyError(
        FailureCode.MALFORMED, f"the reply contains no valid JSON object: {' '.join(text.split())[:120]!r}"
    )
