"""Mend JSON that is nearly right, and prove that nothing was lost, merged or invented.

json-repair guesses, and some guesses drop or move text. So what it makes is taken only where it has the same brackets,
strings, numbers and colons in the same order as the source: commas, the kind of quotation mark, comments and the
spelling of null, true and false are all that may differ.
"""

import json
import re
from typing import Any

# A quotation mark inside a string that should have been escaped is told from the string's end where it can be nothing
# else: "the "big" man" has a quoted piece between a space and more text, with no punctuation of JSON in it.
_QUOTED_INSIDE = r"""(?<=[\s(])"(?![\s"])[^"\\:,{}\[\]\n]*(?<!\s)"(?=\s*[^\s,:{}\[\]"'/])"""
_TOKEN = re.compile(
    rf"""\s+ | , | //[^\n]* | /\*.*?\*/
    | (?P<mark>[{{}}\[\]:])
    | "(?P<text>(?:\\.|[^"\\]|{_QUOTED_INSIDE})*)"
    | '(?P<single>(?:\\.|[^'\\])*)'
    | (?P<key>[^\W\d]\w*)(?=\s*:)
    | (?P<bare>[\w.+-]+)""",
    re.VERBOSE | re.DOTALL,
)
_LITERALS = {"None": "null", "True": "true", "False": "false"}
_ESCAPE_OR_QUOTE = re.compile(r"\\.|\"", re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}


def mended(text: str) -> tuple[Any, int] | None:
    """Return the object or array that begins ``text`` and where it ends; None where mending it would be a guess."""
    source = _tokens(text)
    if source is None:
        return None
    import json_repair  # 30 ms, and nearly no reply needs it

    tokens, end = source
    try:
        value: Any = json_repair.repair_json(text[:end], return_objects=True, skip_json_loads=True)
        again = _tokens(json.dumps(value, ensure_ascii=False))
    except (ValueError, RecursionError):
        return None
    return (value, end) if again is not None and again[0] == tokens else None


def closed(text: str) -> tuple[Any, bool] | None:
    """Return the value of JSON that lacks nothing but its last brackets, None for any other; and whether it ends in a list.

    It may still lack members that were never sent: that only the reader of the record can tell. Of an open list of plain
    values nobody can: how many there should be is not known.
    """
    text = text.rstrip().removesuffix("```").rstrip()
    open_brackets: list[str] = []
    for bracket in re.findall(r'"(?:\\.|[^"\\])*"|[{}\[\]]', text, re.DOTALL):
        if bracket in _CLOSING:
            open_brackets.append(bracket)
        elif bracket in _CLOSING.values() and (not open_brackets or _CLOSING[open_brackets.pop()] != bracket):
            return None
    last = text[-1:]
    if not open_brackets or last not in '"}]':
        return None
    try:
        value = json.loads(text + "".join(_CLOSING[bracket] for bracket in reversed(open_brackets)), strict=False)
    except (ValueError, RecursionError):
        return None
    return value, open_brackets[-1] == "[" and last != "}"


def _tokens(text: str) -> tuple[list[str], int] | None:
    """What the JSON at the start of ``text`` consists of, as JSON and without commas, and its length.

    None where it does not end, or has something that is no part of JSON.
    """
    tokens: list[str] = []
    depth = position = 0
    while (match := _TOKEN.match(text, position)) is not None:
        position = match.end()
        if (kind := match.lastgroup) is None:
            continue
        try:
            tokens.append(_canonical(kind, match[kind]))
        except ValueError:
            return None
        depth += (tokens[-1] in "{[") - (tokens[-1] in "}]")
        if depth == 0:
            return tokens, position
    return None


def _canonical(kind: str, text: str) -> str:
    """One token as JSON. Raises ValueError for bare words that are neither a key nor a literal nor a number."""
    if kind == "mark":
        return text
    if kind == "key":
        return json.dumps(text, ensure_ascii=False)
    if kind == "bare":
        return json.dumps(json.loads(_LITERALS.get(text, text)))
    escaped = _ESCAPE_OR_QUOTE.sub(lambda found: {"\\'": "'", '"': '\\"'}.get(found[0], found[0]), text)
    return json.dumps(json.loads(f'"{escaped}"', strict=False), ensure_ascii=False)
