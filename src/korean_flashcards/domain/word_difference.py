"""Compare two texts word by word. Pure."""

import difflib
import html
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

# Words, and the white space between them. A word of Korean text ends at white space, too.
_WORDS = re.compile(r"\S+|\s+")

Side = Literal["same", "only_a", "only_b"]


class TextPart(NamedTuple):
    """A part of two texts that both have, or that only one of them has."""

    side: Side
    text: str


def word_difference(a: str, b: str) -> list[TextPart]:
    """Return the parts of both texts in order. The parts that A has, together, are text A, and the same for B."""
    ours, theirs = _WORDS.findall(a), _WORDS.findall(b)
    return list(_parts(ours, theirs))


def marked(a: str, b: str) -> tuple[str, str]:
    """Return both texts as escaped HTML, in which the words that differ are marked with <del> and <ins>."""
    parts = word_difference(a, b)
    left = "".join(_tagged(part, "only_a", "del") for part in parts if part.side != "only_b")
    right = "".join(_tagged(part, "only_b", "ins") for part in parts if part.side != "only_a")
    return left, right


def plain_difference(a: str, b: str) -> str:
    """Return one text for terminals: [-words only in A-] and {+words only in B+}."""
    marks: dict[Side, str] = {"same": "{}", "only_a": "[-{}-]", "only_b": "{{+{}+}}"}
    return "".join(marks[part.side].format(part.text) for part in word_difference(a, b))


def _parts(ours: list[str], theirs: list[str]) -> Iterator[TextPart]:
    matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    for kind, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        left, right = "".join(ours[a_from:a_to]), "".join(theirs[b_from:b_to])
        if kind == "equal":
            yield TextPart("same", left)
            continue
        if left:
            yield TextPart("only_a", left)
        if right:
            yield TextPart("only_b", right)


def _tagged(part: TextPart, side: Side, tag: str) -> str:
    text = html.escape(part.text)
    return f"<{tag}>{text}</{tag}>" if part.side == side else text
