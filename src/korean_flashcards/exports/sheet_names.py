"""Make names for the sheets of a workbook from any texts, such as card types."""

from collections.abc import Iterable

from korean_flashcards.domain.lazy_regex import lazy_regex

_LONGEST = 31  # UTF-16 code units, in Excel
# Excel does not accept brackets and the characters after them. Control characters and the last two cannot be stored.
_REFUSED = lazy_regex(r"[\s\[\]:*?/\\\x00-\x1f\x7f\ufffe\uffff]+")
_RESERVED = "history"  # Excel's name for the sheet of tracked changes


def sheet_names(texts: Iterable[str], default: str) -> dict[str, str]:
    """Return a name for each text. The names are different, also without regard to upper and lower case.

    A text without characters that a name can have gets the name ``default``.
    """
    names: dict[str, str] = {}
    used = {_RESERVED}
    for text in dict.fromkeys(texts):
        name = _REFUSED.sub(" ", text).strip(" '") or default
        names[text] = _unused(name, used)
        used.add(names[text].lower())
    return names


def _unused(name: str, used: set[str]) -> str:
    """Return the name or, if it is used, the name with a number."""
    found, number = _short(name, _LONGEST), 1
    while found.lower() in used:
        number += 1
        ending = f" ({number})"
        found = _short(name, _LONGEST - len(ending)) + ending
    return found


def _short(name: str, length: int) -> str:
    """Return the start of the name, in which no character is cut in half."""
    start = name.encode("utf-16-le")[: 2 * length].decode("utf-16-le", "ignore")
    return start.rstrip(" '")
