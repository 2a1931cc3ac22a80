"""Make file names from text that a user, a word list, or a model wrote, for every operating system."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from korean_flashcards.domain.clean_text import clean
from korean_flashcards.domain.lazy_regex import lazy_regex

_MOST_BYTES = 120  # Linux allows 255 bytes for a name, and the files in a stage have longer names.
_HASH = 8  # hex digits
_UNSAFE = lazy_regex(r'[<>:"/\\|?*{}\s]+')
_RESERVED = lazy_regex(r"(?i)(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?")
_EMPTY = "none"


def file_stems(values: Iterable[str]) -> dict[str, str]:
    """Return a file name, without an extension, for each different value.

    The names are unique even where upper and lower case are the same. A value that shares its name with a different value
    gets a suffix that depends only on the value, so the names do not change when values are added.
    """
    every = list(dict.fromkeys(values))
    stems = {value: _stem(value) for value in every}
    digits = _HASH
    while repeated := {key for key, count in Counter(map(_key, stems.values())).items() if count > 1}:
        for value, stem in stems.items():
            if _key(stem) in repeated:
                stems[value] = f"{_stem(value)}-{sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()[:digits]}"
        digits += _HASH
    return stems


def _stem(text: str) -> str:
    """Return the text without characters that a file name cannot have. The name cannot lead to a different folder."""
    printable = "".join(each if each.isprintable() else "_" for each in clean(text))
    safe = _cut(_UNSAFE.sub("_", printable).strip("._ "))
    if _RESERVED.fullmatch(safe):
        safe = f"_{safe}"
    return safe or _EMPTY


def _cut(text: str) -> str:
    return text.encode()[:_MOST_BYTES].decode(errors="ignore").strip("._ ")


def _key(stem: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", stem).casefold())
