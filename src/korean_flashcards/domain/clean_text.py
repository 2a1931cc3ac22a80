"""Clean text where it enters the project: from word lists, models, edits, and imports.

Invisible characters make two words look the same but differ, and control characters break the formats that the project
writes. Every entry point calls this module. What leaves the project is escaped by the format that writes it.
"""

import unicodedata
from typing import Any

from korean_flashcards.domain.lazy_regex import lazy_regex

_LINE_BREAK = lazy_regex("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Sequences that color text on a terminal, as models copy them from logs.
_TERMINAL_CODE = lazy_regex("\x1b\\[[0-9;?]*[ -/]*[@-~]")
_INVISIBLE = lazy_regex(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters
    "\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U0001d173-\U0001d17a"
    "\u115f\u1160\u3164\uffa0"  # Hangul fillers
    "\ud800-\udfff\U000e0000-\U000e007f"  # surrogates and tags
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "\ufdd0-\ufdef]"  # noncharacters
)
# Characters that look like Hangul letters and hanja: half-width letters and the radicals of dictionaries.
_HALF_WIDTH = {
    code: chr(int(form.split()[1], 16))
    for code in range(0xFFA1, 0xFFDD)
    if (form := unicodedata.decomposition(chr(code)))
}
_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2E80, 0x2FD6)}
_LOOKALIKES = _HALF_WIDTH | _RADICALS
_HAS_LOOKALIKE = lazy_regex("[\u2e80-\u2fd5\uffa1-\uffdc]")
# Joiners mean something in emoji and in Arabic and Indic scripts. Beside Hangul, Hanja, Latin, and spaces, they are only
# invisible. The same applies to variation selectors after letters.
_LETTER = "A-Za-z\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff\u3400-\u9fff\uf900-\ufaff"
_USELESS = lazy_regex(
    rf"[\u200c\u200d]+(?=[{_LETTER}\s]|\Z)|(?:(?<=[{_LETTER}\s])|\A)[\u200c\u200d]+"
    rf"|(?<=[{_LETTER}])[\ufe00-\ufe0f\U000e0100-\U000e01ef]+"
)


# Characters that ``str.isprintable`` accepts but ``clean`` changes: Hangul fillers, variation selectors, and lookalikes.
# Some selectors are above U+FFFF. Text with any characters from there is rare, so it is cleaned to find out.
_PRINTABLE_BUT_UNCLEAN = lazy_regex(
    "[\u034f\u115f\u1160\u3164\ufe00-\ufe0f\u2e80-\u2fd5\uffa0-\uffdc\U00010000-\U0010ffff]"
)


def clean(text: str) -> str:
    """Return the text in NFC, with ``\\n`` as the only line break, and without invisible and unstorable characters.

    NFC composes decomposed Hangul, as macOS writes it, and replaces compatibility hanja (U+F900 to U+FAFF) by the
    ordinary characters. Half-width letters and radicals are replaced too. Two halves of a surrogate pair become one
    character; a lone half is removed.
    """
    # Most text is clean. Searching it for all invisible characters would take ten times as long.
    return text if _is_surely_clean(text) else _cleaned(text)


def is_clean(text: str) -> bool:
    """Return whether ``clean`` would change nothing."""
    return _is_surely_clean(text) or _cleaned(text) == text


def _is_surely_clean(text: str) -> bool:
    """Return whether cleaning the text would change nothing. A few clean texts need ``_cleaned`` to find out."""
    one_line = text.replace("\n", "") if "\n" in text else text
    if not one_line.isprintable():
        return False
    return text.isascii() or (unicodedata.is_normalized("NFC", one_line) and not _PRINTABLE_BUT_UNCLEAN.search(text))


def _cleaned(text: str) -> str:
    if not text.isprintable():
        # Encoding pairs up the halves of surrogate pairs and drops lone halves.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
        text = _LINE_BREAK.sub("\n", _TERMINAL_CODE.sub("", text))
    if _HAS_LOOKALIKE.search(text):
        text = text.translate(_LOOKALIKES)
    return unicodedata.normalize("NFC", _USELESS.sub("", _INVISIBLE.sub("", text)))


def clean_values(value: Any) -> Any:
    """Return the JSON value with every string in it cleaned, including the keys of objects."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_values(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean_values(item) for key, item in value.items()}
    return value
