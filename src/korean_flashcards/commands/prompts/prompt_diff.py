"""Format the differences between two prompts: the changed lines, with the changed words marked."""

import difflib
from collections.abc import Iterator

import click

from korean_flashcards.commands.terminal import safe
from korean_flashcards.domain.word_difference import word_difference

_CONTEXT = 1  # unchanged lines around a change
_COLORS = {"only_a": "red", "only_b": "green"}
_SIGNS = {"\n": "¶"}
_MARKS = {"only_a": ("[-", "-]"), "only_b": ("{+", "+}")}


def diff_lines(a: str, b: str, colored: bool) -> Iterator[str]:
    """Yield the changed passages of two texts, each below the number of its first line in the second text.

    Args:
        a: The text before.
        b: The text after.
        colored: Whether changed words are red and green. Otherwise, they are marked as [-removed-] and {+added+}.
    """
    before, after = a.splitlines(), b.splitlines()
    for group in difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(_CONTEXT):
        yield click.style(f"Line {group[0][3] + 1}", bold=True) if colored else f"Line {group[0][3] + 1}"
        for kind, a_from, a_to, b_from, b_to in group:
            old, new = "\n".join(before[a_from:a_to]), "\n".join(after[b_from:b_to])
            text = old if kind == "equal" else _marked(old, new, colored)
            yield from (f"  {line}" for line in text.split("\n"))


def _marked(old: str, new: str, colored: bool) -> str:
    """Return one text with the words of both, and mark the changed ones.

    White space is marked only where nothing else has changed. Its signs are ␣ and ¶.
    """
    parts = []
    for side, text in word_difference(old, new):
        if side != "same" and not text.strip():
            signs = "".join(_SIGNS.get(char, "␣") for char in text)
            parts.append(_safe_words(signs, side, colored) + "\n" * (side == "only_b" and "\n" in text))
            continue
        words = text.rstrip()
        lines = [_safe_words(line, side, colored) for line in words.split("\n")]
        parts.append("\n".join(lines) + text[len(words) :])
    return "".join(parts)


def _safe_words(line: str, side: str, colored: bool) -> str:
    text = safe(line)
    if side == "same" or not text.strip():
        return text
    if colored:
        return click.style(text, fg=_COLORS[side], strikethrough=side == "only_a")
    before, after = _MARKS[side]
    return f"{before}{text}{after}"
