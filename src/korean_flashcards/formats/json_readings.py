"""Rewrite a reply that is not JSON but means it: quoted lines, typographic quotation marks, or class constructors.

A rewritten reply is only tried if the reply itself contains no complete record.
"""

import re
from collections.abc import Iterator

_QUOTED_LINE = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
# Quotation marks at the start or the end of a value. Inside a value, none is followed by JSON punctuation and a value.
_TYPOGRAPHIC = re.compile(
    r"([{\[,:]\s*|\\)[“”„‟«»]|[“”„‟«»](?=\s*(?:[:}\]]|,\s*(?:[“”„‟«»{\[\d-]|null\b|true\b|false\b)))"
)
# A constructor with keyword arguments, possibly in a list: Card(tab_name='Scene', …
_CALL = re.compile(r"[A-Za-z_][\w.]*\(\s*(?=(?:[a-z_]\w*\s*=(?!=)|[\[{]?\s*[A-Za-z_]\w*\(\s*[a-z_]\w*\s*=))")
_CALL_TOKEN = re.compile(
    r"""(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<call>[A-Za-z_][\w.]*)\(|(?P<name>[A-Za-z_]\w*)\s*=(?!=)
    |(?P<open>[(\[{])|(?P<close>[)\]}])""",
    re.VERBOSE | re.DOTALL,
)


def other_readings(text: str) -> Iterator[str]:
    """Yield rewritten versions of the text, each with ordinary JSON where the text has something else."""
    if _QUOTED_LINE.search(text):
        yield _QUOTED_LINE.sub("", text)
    if '"' not in text and _TYPOGRAPHIC.search(text):
        yield _TYPOGRAPHIC.sub(lambda match: f'{match[1] or ""}"', text)
    if _CALL.search(text):
        yield _without_calls(text)


def _without_calls(text: str) -> str:
    """Replace ``Name(key=value)`` by ``{"key": value}``."""
    parts: list[str] = []
    position = 0
    while (call := _CALL.search(text, position)) is not None:
        parts.append(text[position : call.start()])
        rewritten, position = _call(text, call.start())
        parts.append(rewritten)
    return "".join([*parts, text[position:]])


def _call(text: str, start: int) -> tuple[str, int]:
    """Return the call that begins at ``start`` as JSON, and the position of its end, which may be the end of the text."""
    parts: list[str] = []
    closing: list[str] = []
    position = start
    for token in _CALL_TOKEN.finditer(text, start):
        parts.append(text[position : token.start()])
        position = token.end()
        if token["call"] or token["open"] == "(":
            parts.append("{" if token["call"] else "[")
            closing.append("}" if token["call"] else "]")
        elif token["name"]:
            parts.append(f'"{token["name"]}":')
        elif token["close"] == ")" and closing:
            parts.append(closing.pop())
        else:
            parts.append(token[0])
        if token["close"] == ")" and not closing:
            return "".join(parts), position
    return "".join([*parts, text[position:]]), len(text)
