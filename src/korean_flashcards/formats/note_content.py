"""Compare the contents of notes through digests, so that the contents need not be stored a second time."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from korean_flashcards.formats.anki_note import FIELDS

# These fields do not count: they describe where a note comes from, or are composed from fields that count.
_NOT_CONTENT = ("Primer", "CardType", "Source", "Key", "Version")
CONTENT = (*(name for name in FIELDS if name not in _NOT_CONTENT), "tags")
_DIGITS = 8  # for each field
_VERSION = "2:"  # A different list of fields needs a different version.


def content_digest(note: Mapping[str, str | Sequence[str]]) -> str:
    """Return the digests of everything on a note that a learner reads. Equal texts have equal digests."""
    return _VERSION + "".join(_digest(note[name]) for name in CONTENT)


def changed_fields(before: str, after: str) -> list[str]:
    """Return the names of the fields whose digests differ: all of them if they belong to different note types."""
    if before[: len(_VERSION)] != after[: len(_VERSION)]:
        return list(CONTENT)
    starts = range(len(_VERSION), len(after), _DIGITS)
    return [
        name
        for name, start in zip(CONTENT, starts, strict=True)
        if before[start : start + _DIGITS] != after[start : start + _DIGITS]
    ]


def _digest(value: str | Sequence[str]) -> str:
    text = value if isinstance(value, str) else " ".join(sorted(value))
    return blake2b(text.encode(), digest_size=_DIGITS // 2).hexdigest()
