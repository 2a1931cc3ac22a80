"""Compare the contents of notes through digests, so that the contents need not be stored a second time."""

from collections.abc import Sequence
from hashlib import blake2b

import polars as pl

from korean_flashcards.formats.anki_note import FIELDS

# These fields do not count: they describe where a note comes from, or are composed from fields that count.
_NOT_CONTENT = ("Primer", "CardType", "Source", "Key", "Version")
CONTENT = (*(name for name in FIELDS if name not in _NOT_CONTENT), "tags")
_DIGITS = 8  # for each field
_VERSION = "2:"  # A different list of fields needs a different version.


def content_digests(notes: pl.DataFrame) -> pl.Series:
    """Return the digests of everything on each note that a learner reads. Equal texts have equal digests."""
    tags = pl.col("tags").list.sort().list.join(" ")
    texts = notes.select(*CONTENT[:-1], tags)
    digests = [_digests(texts[name].to_list()) for name in CONTENT]
    return pl.Series([_VERSION + "".join(parts) for parts in zip(*digests, strict=True)], dtype=pl.String)


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


def _digests(texts: Sequence[str]) -> list[str]:
    """Return the digest of each text. Most texts appear on all cards of a word, or on many, and are digested once."""
    found = {text: blake2b(text.encode(), digest_size=_DIGITS // 2).hexdigest() for text in set(texts)}
    return [found[text] for text in texts]
