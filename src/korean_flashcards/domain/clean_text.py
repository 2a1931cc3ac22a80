"""Clean text where it enters the project: from word lists, models, edits, and imports.

Invisible characters make two words look the same but differ, and control characters break the formats that the project
writes. Every entry point calls this module. What leaves the project is escaped by the format that writes it.
"""

import re
import unicodedata
from typing import Any

_LINE_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters
    "\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # format characters
    "\u115f\u1160\u3164\uffa0"  # Hangul fillers
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]"  # surrogates, noncharacters, and tags
)
# Joiners mean something in emoji and in Arabic and Indic scripts. Beside Hangul, Hanja, Latin, and spaces, they are only
# invisible. The same applies to variation selectors after letters.
_LETTER = "A-Za-z\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff\u3400-\u9fff\uf900-\ufaff"
_USELESS = re.compile(
    rf"[\u200c\u200d]+(?=[{_LETTER}\s]|\Z)|(?:(?<=[{_LETTER}\s])|\A)[\u200c\u200d]+"
    rf"|(?<=[{_LETTER}])[\ufe00-\ufe0f\U000e0100-\U000e01ef]+"
)


# Invisible characters that ``str.isprintable`` accepts: Hangul fillers and variation selectors. The selectors above U+FFFF
# are rare, so text with characters above U+FFFF is cleaned to find out.
_PRINTABLE_BUT_INVISIBLE = ("\u115f", "\u1160", "\u3164", "\uffa0", *map(chr, range(0xFE00, 0xFE10)))


def clean(text: str) -> str:
    """Return the text in NFC, with ``\\n`` as the only line break, and without invisible and unstorable characters.

    NFC composes decomposed Hangul, as macOS writes it, and replaces compatibility hanja (U+F900 to U+FAFF) by the
    ordinary characters. Two halves of a surrogate pair become one character; a lone half is removed.
    """
    if not text.isprintable():
        # Encoding pairs up the halves of surrogate pairs and drops lone halves.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
        text = _LINE_BREAK.sub("\n", text)
    return unicodedata.normalize("NFC", _USELESS.sub("", _INVISIBLE.sub("", text)))


def is_clean(text: str) -> bool:
    """Return whether ``clean`` would change nothing. For most text, this takes a tenth of the time of ``clean``."""
    one_line = text.replace("\n", "") if "\n" in text else text
    if (
        one_line.isprintable()
        and unicodedata.is_normalized("NFC", one_line)
        and len(text.encode("utf-16-le")) == 2 * len(text)
    ):
        for sign in _PRINTABLE_BUT_INVISIBLE:
            if sign in text:
                break
        else:
            return True
    return clean(text) == text


def clean_values(value: Any) -> Any:
    """Return the JSON value with every string in it cleaned, including the keys of objects."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_values(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean_values(item) for key, item in value.items()}
    return value
