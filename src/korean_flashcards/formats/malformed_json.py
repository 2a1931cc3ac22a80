"""Repair nearly valid JSON, and verify that no text is lost, merged, or invented.

The json-repair library guesses, and some guesses drop or move text. A repair is accepted only if it has the same
brackets, strings, numbers, and colons as the source, in the same order. Only commas, quotation marks, comments, and the
spelling of null, true, and false may differ.
"""

import json
import re
from typing import Any

# Matches a quoted part inside a string whose quotation marks should have been escaped, as in "the "big" man". The
# pattern matches only if the quotation marks cannot end the string: the part is between a space and more text, and
# contains no JSON punctuation.
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
_LITERALS = {"None": "null", "True": "true", "False": "false", "undefined": "null"}
_ESCAPE_OR_QUOTE = re.compile(r"\\.|\"", re.DOTALL)
# An unclosed string ends with the text. Without this, searching for its end at each quotation mark would take too long.
_STRING_OR_BRACKET = re.compile(r'"(?:\\.|[^"\\])*(?:"|\\?\Z)|[{}\[\]]', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}


def repaired_json(text: str) -> tuple[Any, int] | None:
    """Repair the JSON object or array at the start of ``text``.

    Returns:
        The value and its end position, or None if the JSON is ambiguous.
    """
    source = _tokens(text)
    if source is None:
        return None
    # Imported here, which saves 30 ms, because few replies need it.
    import json_repair

    tokens, end = source
    plain = _TOKEN.sub(lambda token: _LITERALS.get(token["bare"], token[0]), text[:end])
    try:
        value: Any = json_repair.repair_json(plain, return_objects=True, skip_json_loads=True)
        again = _tokens(json.dumps(value, ensure_ascii=False))
    except (ValueError, RecursionError):
        return None
    return (value, end) if again is not None and again[0] == tokens else None


def closed(text: str) -> tuple[Any, bool] | None:
    """Return the value of JSON that lacks only its closing brackets, or None for any other text.

    Trailing members may also be missing, so the caller has to check whether the record is complete. If the text ends in
    a list of plain values, completeness cannot be checked, because the expected number of values is unknown.

    Returns:
        The value, and whether the text ends in a list of plain values.
    """
    text = text.rstrip().removesuffix("```").rstrip()
    open_brackets: list[str] = []
    for bracket in _STRING_OR_BRACKET.findall(text):
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
    """Return the tokens of the JSON at the start of ``text``, without commas, and the length of the JSON.

    Returns None if the JSON is incomplete or contains anything that is not JSON.
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
    """Return a token as JSON.

    Raises:
        ValueError: The token is an unquoted word that is not a key, a literal, or a number.
    """
    if kind == "mark":
        return text
    if kind == "key":
        return json.dumps(text, ensure_ascii=False)
    if kind == "bare":
        return json.dumps(json.loads(_LITERALS.get(text, text)))
    escaped = _ESCAPE_OR_QUOTE.sub(lambda found: {"\\'": "'", '"': '\\"'}.get(found[0], found[0]), text)
    return json.dumps(json.loads(f'"{escaped}"', strict=False), ensure_ascii=False)
