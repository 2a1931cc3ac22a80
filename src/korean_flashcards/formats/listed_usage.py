"""Write the list's example, translation, and note as the usage of an analysis, and read them back."""

import re
from typing import NamedTuple

from korean_flashcards.domain.lazy_regex import lazy_regex

_NOTE = " — "
_USAGE = lazy_regex(rf"(?P<example>[^“”]+?) “(?P<translation>[^“”]+)”(?:{_NOTE}(?P<note>.*))?", re.DOTALL)


class ListedUsage(NamedTuple):
    """A word's example, its translation, and a note on usage. Missing texts are ""."""

    example: str
    translation: str
    note: str


def written_usage(usage: ListedUsage) -> str | None:
    """Return the usage as one text, or None if there is neither an example nor a note."""
    example, translation, note = usage
    sentence = f"{example} “{translation}”" if example and translation else example
    return _NOTE.join(part for part in (sentence, note) if part) or None


def read_usage(text: str | None) -> ListedUsage:
    """Return the parts of a usage. A text without a translated example counts as a note."""
    found = _USAGE.fullmatch(text or "")
    if found is None:
        return ListedUsage("", "", text or "")
    return ListedUsage(found["example"], found["translation"], found["note"] or "")
