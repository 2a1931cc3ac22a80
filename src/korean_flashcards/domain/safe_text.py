"""Escape the characters in names and texts of others that a terminal would interpret instead of showing."""

import re

from korean_flashcards.domain.lazy_regex import lazy_regex

# Control characters (C0, DEL, C1), line separators, characters that change the text direction of the rest of the line
# (marks, embeddings, overrides, isolates), and surrogates.
UNSAFE = lazy_regex("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def one_line(text: str) -> str:
    r"""Return the text as one line, in which control and bidirectional characters are escaped ("\x1b")."""
    return UNSAFE.sub(_visible, text)


def _visible(found: re.Match[str]) -> str:
    if found[0] in "\n\r\t":
        return " "
    return f"\\x{ord(found[0]):02x}" if ord(found[0]) < 0x100 else f"\\u{ord(found[0]):04x}"
