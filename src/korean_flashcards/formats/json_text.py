"""Find the JSON in what a model sent: fences, talk before and after, trailing commas are no obstacle.

What cannot be read as it is, ``json_mend`` may mend.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from korean_flashcards.domain.records import FailureCode, ReplyError
from korean_flashcards.formats.json_mend import closed, mended

_FENCE = re.compile(r"```[\w-]*[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)
# A comma before a closing bracket, outside of strings (the first alternative swallows whole strings).
_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', re.DOTALL)
# A string, also one that the end of the text cuts short.
_STRING = re.compile(r'"(?:\\.|[^"\\])*(?:"|\\?\Z)', re.DOTALL)
_OPENING = re.compile(r"""\{\s*(?:"|\Z|/[/*]|'[^'\n]*'\s*:|[^\W\d]\w*\s*:)|\[\s*(?:\{|\Z|/[/*])""")
_DECODER = json.JSONDecoder(strict=False)
_REFUSAL = re.compile(
    r"\b(i(?:['’]m| am) (?:sorry|unable|not able)|i (?:can(?:no|['’])t|won['’]t)|as an ai\b"
    r"|cannot (?:help|assist|comply))",
    re.IGNORECASE,
)


def unfenced(text: str) -> str:
    """Return the content of the first Markdown fence, or the text itself where there is none."""
    match = _FENCE.search(text)
    return match[1] if match else text


def find_json(text: str, whole: Callable[[Any], bool] = lambda value: False, in_list: bool = False) -> Any:
    """Return the JSON object or array in ``text``.

    ``whole`` says of a value that lacked only its last brackets whether all that was requested is in it. ``in_list``: it
    may also end in an open list of plain values, which may have had more.
    Raises ReplyError: ``empty``; ``refused``; ``cut_short`` when an object or array never ends; ``malformed``.
    """
    if not text.strip():
        raise ReplyError(FailureCode.EMPTY, "the reply is empty")
    # As it is first: nearly every reply is plain JSON, and to mend it takes longer than to read it.
    for prepared in (str, _plain, lambda text: _plain(unfenced(text))):
        try:
            return _loads(prepared(text))
        # Not JSONDecodeError alone: a number of 5,000 digits is a ValueError, brackets without end a RecursionError.
        except (ValueError, RecursionError):
            continue
    return _embedded(text, whole, in_list)


def is_json(text: str) -> bool:
    """Whether the text is JSON as it is, so that nothing of it has to be mended."""
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def refusal(text: str) -> ReplyError | None:
    """Return the error for a reply that declines the task in words, else None."""
    if _REFUSAL.search(text[:400]):
        return ReplyError(FailureCode.REFUSED, f"the model declined: {' '.join(text.split())[:160]}")
    return None


def unwrapped(value: Any) -> Any:
    """Return what stands inside lists of one and objects with one name: models wrap a record in them."""
    while isinstance(value, dict | list) and len(value) == 1:
        inner = value[0] if isinstance(value, list) else next(iter(value.values()))
        if not isinstance(inner, dict | list):
            break
        value = inner
    return value


def opens_record(text: str) -> bool:
    """Whether an object or an array of objects begins somewhere in the text: "[nam.sʌŋ]" in the talk is neither."""
    return _OPENING.search(text) is not None


def _loads(text: str) -> Any:
    value = json.loads(text, strict=False)
    if not isinstance(value, dict | list):
        raise ValueError("neither an object nor an array")
    return value


def _embedded(text: str, whole: Callable[[Any], bool], in_list: bool) -> Any:
    """The largest record that stands in the text, with talk around it."""
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
                # What stands inside of a broken record is only a part of the reply: never taken for the whole.
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
    """The value of JSON that begins and does not end, where it lacks only its last brackets.

    Raises ReplyError: ``cut_short`` where more brackets open than close, else ``malformed``.
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
    return ReplyError(FailureCode.MALFORMED, f"no valid JSON object in the reply: {' '.join(text.split())[:120]!r}")
